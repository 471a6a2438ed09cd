"""``apply_centre`` and ``export_centre``: what they print, what they refuse, with which exit code."""

import io
import json
import sys

import pytest
from django.core.management import CommandError, call_command

from contactcenter_chat.models import Agent, Queue, Tenant
from tests import factories

pytestmark = pytest.mark.django_db

FILE = """\
version: 1
centre: {name: Riverside College}
skills: [fees]
agents: {maria: {capacity: 3, languages: {en: 5}, skills: {fees: 4}}}
queues: {General: {members: {maria: 4}, requires: {fees: 3}}}
"""
MADE = [
    "+ centre / college",
    "+ skills / fees",
    "+ agents / maria",
    "+ queues / General",
]


@pytest.fixture
def file(tmp_path):
    path = tmp_path / "centre.yaml"
    path.write_text(FILE)
    return path


def run(*arguments):
    """What a command prints, to both outputs."""
    out, err = io.StringIO(), io.StringIO()
    call_command(*map(str, arguments), stdout=out, stderr=err)
    return out.getvalue().splitlines(), err.getvalue().splitlines()


def apply(file, *options):
    return run("apply_centre", file, "--tenant", "college", *options)


def test_it_is_made_shown_and_the_second_time_there_is_nothing_to_do(file):
    assert apply(file, "--create", "--create-users") == (MADE, [])
    assert apply(file) == (["nothing to do"], [])
    assert apply(file, "--create", "--create-users", "--prune") == (["nothing to do"], [])
    assert Agent.objects.get().user.get_username() == "maria"


def test_a_dry_run_shows_the_plan_alone(file):
    assert apply(file, "--create", "--create-users", "--dry-run") == (MADE, ["dry run: nothing is applied"])
    assert not Tenant.objects.exists()


def test_for_programs_there_is_one_object(file):
    out, err = apply(file, "--create", "--create-users", "--json")
    assert json.loads("".join(out)) == {
        "made": [{"path": line[2:].split(" / ")} for line in MADE],
        "changed": [],
        "removed": [],
    }
    file.write_text("skills: []\nqueues: {General: {requires: {}, priority: 2}}\n")
    out, err = apply(file, "--prune", "--json")
    assert json.loads("".join(out)) == {
        "made": [],
        "changed": [
            {"path": ["queues", "General", "requires"], "old": {"fees": 3}, "new": {}},
            {"path": ["queues", "General", "priority"], "old": 0, "new": 2},
        ],
        "removed": [{"path": ["skills", "fees"]}],
    }
    assert apply(file, "--prune", "--json") == (['{"made": [], "changed": [], "removed": []}'], [])
    assert err == []


def test_what_stays_is_told_beside_it(file):
    apply(file, "--create", "--create-users")
    file.write_text("skills: []\n")
    assert apply(file, "--prune") == (
        ["nothing to do"],
        ["stays: skills / fees: The queue General requires this skill."],
    )


def test_all_errors_are_told_and_nothing_is_applied(file):
    file.write_text("skills: [fees]\nqueues:\n  General: {membres: {}}\n  Other: {hours: office}\n")
    out, err = io.StringIO(), io.StringIO()
    with pytest.raises(CommandError, match=r"Nothing was applied: 2 errors in .*centre\.yaml\.") as refused:
        call_command("apply_centre", str(file), "--tenant", "college", "--create", stdout=out, stderr=err)
    assert refused.value.returncode == 1
    assert (out.getvalue(), err.getvalue().splitlines()) == (
        "",
        [
            "line 3: queues / General: Unknown key “membres”. Did you mean “members”?",
            "line 4: queues / Other / hours: There are no hours “office”. Make it first, or leave it out.",
        ],
    )
    assert not Tenant.objects.exists()


def test_of_very_many_errors_the_first_hundred_are_told(file):
    out, err = io.StringIO(), io.StringIO()
    file.write_text("skills:\n" + "  - [a]\n" * 2000)
    with pytest.raises(CommandError, match=r"Nothing was applied: 1000 errors or more in .*centre\.yaml\."):
        call_command("apply_centre", str(file), "--tenant", "college", "--create", stdout=out, stderr=err)
    told = err.getvalue().splitlines()
    assert [line.partition(":")[0] for line in told[:100]] == [f"line {number}" for number in range(2, 102)]
    assert told[100:] == ["and 900 more errors, and there may be others: no more were looked for"]
    assert not Tenant.objects.exists()


def test_users_are_not_made_without_being_asked_for(file):
    with pytest.raises(CommandError, match="Nothing was applied: 1 error in"):
        apply(file, "--create")
    factories.make_user("maria")
    assert apply(file, "--create") == (MADE, [])


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["apply_centre", "{file}", "--tenant", "nowhere"], "There is no tenant nowhere; --create makes it."),
        (
            ["apply_centre", "/nowhere/centre.yaml", "--tenant", "x"],
            "/nowhere/centre.yaml cannot be read: No such file",
        ),
        (["apply_centre", "/", "--tenant", "x"], "/ cannot be read: Is a directory"),
        (["apply_centre", "{file}", "--tenant", "two words", "--create", "--create-users"], "Letters, digits, hyphen"),
        (["export_centre", "--tenant", "nowhere"], "There is no tenant nowhere."),
        (["export_centre"], "one of the arguments --tenant --schema is required"),
    ],
)
def test_what_cannot_be_done_is_a_sentence(file, arguments, message):
    with pytest.raises(CommandError, match=message):
        run(*(each.format(file=file) for each in arguments))
    assert not Tenant.objects.exists()


def test_without_the_extra_it_says_so(file, monkeypatch):
    factories.make_tenant("college")
    monkeypatch.setitem(sys.modules, "ruamel.yaml", None)
    for command in (["apply_centre", file, "--tenant", "college"], ["export_centre", "--tenant", "college"]):
        with pytest.raises(CommandError, match="needs the extra “centre”"):
            run(*command)


def test_it_reads_the_standard_input(monkeypatch):
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(b"queues: {General: }")))
    assert apply("-", "--create") == (["+ centre / college", "+ queues / General"], [])


def test_what_is_exported_can_be_applied(file, tmp_path):
    apply(file, "--create", "--create-users")
    out, err = io.StringIO(), io.StringIO()
    call_command("export_centre", "--tenant", "college", stdout=out, stderr=err)
    exported = tmp_path / "exported.yaml"
    exported.write_text(out.getvalue())
    assert apply(exported, "--prune") == (["nothing to do"], [])
    Queue.objects.update(priority=9)
    assert apply(exported) == (["~ queues / General / priority: 9 → 0"], [])
    assert err.getvalue() == ""


def test_the_schema_needs_no_contact_centre():
    out, _err = run("export_centre", "--schema")
    assert json.loads("\n".join(out))["title"] == "A contact centre"
