"""What would waits be if the centre were as a file says? By the command, as somebody calls it."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
from bs4 import BeautifulSoup
from django.core.management import CommandError, call_command
from django.utils import timezone

from contactcenter_chat.routing.base import Router
from tests import factories
from tests.simulation.what_if.test_from_file import COLLEGE

ROOT = Path(__file__).resolve().parent.parent.parent
COMES = ("--arrivals", "synthetic", "--hours", "8", "--rate", "20", "--rate", "Refunds=4", "--language", "es=0.3")


@pytest.fixture
def other(tmp_path):
    """The college, with more of petra, without Refunds."""
    text = COLLEGE.read_text().replace("petra: {", "petra: {capacity: 5, ")
    file = tmp_path / "<other>.yaml"
    file.write_text(text)
    return file


def said(capsys, *arguments):
    call_command("simulate_routing", *map(str, arguments))
    return capsys.readouterr().out


def test_a_table_of_each_queue_side_by_side(capsys, other):
    lines = said(capsys, COLLEGE, "--against", other, *COMES).splitlines()
    assert lines[0].startswith("8 hours from 2026-06-01 09:00+01:00, ")
    assert lines[2].split() == ["all", "queues", str(COLLEGE), str(other)]
    titles = [line.partition("  ")[0] for line in lines if line and not line.startswith(" ")]
    assert titles == [lines[0], "all queues", "Student finance", "Refunds", "General"]
    assert [line[:12] for line in lines[3:5]] == ["  came      ", "  answered  "]
    came = lines[3].split()
    assert came[1] == came[2]  # the same come to both


def test_the_goal_is_said_beside_the_service_level(capsys):
    lines = said(capsys, COLLEGE, *COMES).splitlines()
    goals = [line.partition("goal of that")[2].strip() for line in lines if "goal of that" in line]
    levels = [line.split()[-2] for line in lines if "answered within target" in line]
    told = [("90", levels[1]), ("80", levels[2]), ("80", levels[3])]
    met = [float(level) >= float(goal) for goal, level in told]
    assert {True, False} == set(met)
    words = ["met" if each else "not met" for each in met]
    assert goals[1:] == [f"{goal} %: {word}" for (goal, _level), word in zip(told, words, strict=True)]
    assert goals[0] == f"met in {sum(met)} of 3"


def test_as_json(capsys, other):
    told = json.loads(said(capsys, COLLEGE, "--against", other, *COMES, "--json"))
    assert told.keys() == {"start", "hours", "seed", "arrivals", "centres"}
    one, two = told["centres"]
    assert (one["name"], two["name"]) == (str(COLLEGE), str(other))
    assert one["queues"].keys() == {"Student finance", "Refunds", "General"}
    assert one["all"]["entered"] == told["arrivals"] == two["all"]["entered"] > 300
    assert one["all"]["waits"].keys() == {"p50", "p90", "p99"}
    assert 0 < one["all"]["service_level"] < two["all"]["service_level"] <= 1
    entered = sum(each["entered"] for each in one["queues"].values())
    assert entered == told["arrivals"] + one["all"]["overflowed"]


def test_the_same_seed_says_the_same_in_another_process(capsys, tmp_path):
    def run(hash_seed):
        page = tmp_path / f"{hash_seed}.html"
        command = [sys.executable, "manage.py", "simulate_routing", str(COLLEGE), *COMES, "--json"]
        database = f"sqlite:///{tmp_path}/gone"
        environment = {**os.environ, "PYTHONHASHSEED": hash_seed, "DEBUG": "1", "DATABASE_URL": database}
        command += ["--seed", "7", "--html", str(page)]
        return subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, check=True).stdout, page

    (said_first, page), (said_then, page_then) = run("1"), run("2")
    assert said_first == said_then
    assert page.read_bytes() == page_then.read_bytes()
    assert said(capsys, COLLEGE, *COMES, "--json", "--seed", "7").encode() == said_first
    assert said(capsys, COLLEGE, *COMES, "--json", "--seed", "8").encode() != said_first


def test_without_a_database(capsys):
    # There is no mark for one here: whoever asked it would be refused.
    assert said(capsys, COLLEGE, *COMES)


def test_arrivals_of_a_file(capsys, tmp_path):
    file = tmp_path / "came.csv"
    file.write_text(
        "at,queue,handle_seconds,patience_seconds\n"
        "2026-06-01T10:20,Refunds,60,600\n2026-06-01T10:20:01,Refunds,60,600\n2026-06-01T12:20,Refunds,60,600\n"
    )
    told = json.loads(said(capsys, COLLEGE, "--arrivals", file, "--hours", "2", "--json"))
    assert (told["start"], told["arrivals"]) == ("2026-06-01T10:00:00+01:00", 2)
    told = json.loads(
        said(capsys, COLLEGE, "--arrivals", file, "--hours", "1", "--json", "--start", "2026-06-01T12:00")
    )
    assert (told["start"], told["arrivals"]) == ("2026-06-01T12:00:00+01:00", 1)


@pytest.mark.django_db
def test_todays_arrivals_at_todays_centre_and_at_another(capsys, tmp_path, settings):
    settings.CONTACTCENTER_CHAT = {"LIVE_HINTS": False}
    center = factories.make_center("riverside")
    factories.make_agent(center.tenant, center.queue)
    start = timezone.localtime().isoformat()
    for _ in range(3):
        factories.start_conversation(center.channel)
    asked = (
        "--tenant",
        "riverside",
        "--arrivals",
        "today",
        "--start",
        start,
        "--hours",
        "1",
        "--patience-seconds",
        "0",
        "--json",
    )
    told = json.loads(said(capsys, *asked))
    assert [each["name"] for each in told["centres"]] == ["riverside"]
    assert told["centres"][0]["queues"][center.queue.name]["answered"] == told["arrivals"] == 3
    file = tmp_path / "centre.yaml"
    file.write_text(f"queues: {{{center.queue.name}: {{}}}}")
    told = json.loads(said(capsys, *asked, "--against", file))
    assert [each["all"]["answered"] for each in told["centres"]] == [3, 0]
    assert json.loads(said(capsys, file, *asked))["centres"][0]["all"]["waiting"] == 3


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["--arrivals", "synthetic"], "Name a centre file, or a tenant."),
        ([COLLEGE, "--arrivals", "today"], "Name the tenant whose day it is to be."),
        ([COLLEGE, "--arrivals", "synthetic"], "Say how many come an hour: --rate 20, or --rate QUEUE=20."),
        ([COLLEGE, "--arrivals", "synthetic", "--rate", "Refund=2"], "no queue Refund. Did you mean Refunds?"),
        ([COLLEGE, "--arrivals", "synthetic", "--rate", "-2"], "-2 must be a number from 0 to 1000000."),
        ([COLLEGE, "--arrivals", "synthetic", "--rate", "many"], "many"),
        ([COLLEGE, "--arrivals", "synthetic", "--handle-seconds", "0"], "--handle-seconds must be more than 0."),
        ([COLLEGE, "--arrivals", "synthetic", "--patience-seconds", "-1"], "--patience-seconds must not be less"),
        (["gone.yaml", "--arrivals", "synthetic"], "gone.yaml"),
        ([COLLEGE, "--arrivals", "gone.csv"], "gone.csv"),
        (
            [COLLEGE, "--arrivals", "synthetic", "--rate", "2", "--language", "es=0.7", "--language", "cy=0.4"],
            "--language names shares, which are 1 at most together.",
        ),
    ],
)
def test_what_is_wrong_is_said(arguments, message):
    with pytest.raises(CommandError, match=message):
        call_command("simulate_routing", *map(str, arguments), "--hours", "1")


def test_arrivals_that_one_of_the_centres_has_no_queue_or_skill_for(tmp_path):
    file = tmp_path / "came.csv"
    file.write_text("at,queue\n2026-06-01T10:20,Refund\n")
    with pytest.raises(CommandError, match=r"has no queue Refund\. Did you mean Refunds\?"):
        call_command("simulate_routing", str(COLLEGE), "--arrivals", str(file), "--hours", "1")
    file.write_text('at,queue,skills\n2026-06-01T10:20,Refunds,"Fees 3, visas 1"\n')
    with pytest.raises(CommandError, match=r"has no skill Fees\. Did you mean fees\?"):
        call_command("simulate_routing", str(COLLEGE), "--arrivals", str(file), "--hours", "1")
    file.write_text("at,queue,skills\n2026-06-01T10:20,Refund,Fees 3\n2026-06-01T10:20,Loans,\n")
    with pytest.raises(CommandError) as refused:
        call_command("simulate_routing", str(COLLEGE), "--arrivals", str(file), "--hours", "1")
    assert [line.rpartition(" has ")[2] for line in str(refused.value).splitlines()] == [
        "no queue Refund. Did you mean Refunds?",
        "no queue Loans.",
        "no skill Fees. Did you mean fees?",
    ]
    file.write_text("at,queue\n")
    with pytest.raises(CommandError, match=r"^Nobody comes\.$"):
        call_command("simulate_routing", str(COLLEGE), "--arrivals", str(file), "--hours", "1")


class Fails(Router):
    def choose(self, request, candidates):
        raise LookupError("nobody")


def test_a_router_that_fails_is_said_to(settings):
    settings.CONTACTCENTER_CHAT = {"ROUTER": f"{__name__}.Fails"}
    with pytest.raises(CommandError, match=r"^The router failed with a chat in .+\. LookupError: nobody$"):
        call_command("simulate_routing", str(COLLEGE), *COMES)


def test_a_page(capsys, other, tmp_path):
    page = tmp_path / "page.html"
    text = said(capsys, COLLEGE, "--against", other, *COMES, "--html", page)
    soup = BeautifulSoup(page.read_text(encoding="utf-8"), "html.parser")
    assert soup.select("script, link, img, [src]") == []  # it stands by itself
    assert [each["aria-label"].partition(":")[0] for each in soup.select("svg[role=img]")] == ["Bars", "Bars", "Lines"]
    assert [each.get_text() for each in soup.select(".key bdi")] == [str(COLLEGE), str(other)]
    tables = {table.caption.get_text(): table for table in soup.select("table")}
    assert list(tables) == ["all queues", "Student finance", "Refunds", "General"]
    rows = [[cell.get_text() for cell in row.select("th, td")] for row in tables["Refunds"].select("tbody tr")]
    lines = text.split("\nRefunds")[1].split("\nGeneral")[0].splitlines()[1:]
    assert [" ".join(row).split() for row in rows] == [line.split() for line in lines if line]
    assert [each.get_text() for each in soup.select(".bars.only .name")] == list(tables)
    assert len(soup.select(".bars.only rect")) == 2 * len(tables)
    assert len(soup.select(".bars.part rect")) == 3 * 2 * len(tables)
    assert [len(each["points"].split()) for each in soup.select("polyline")] == [241, 241]


def test_names_in_a_page_are_told_as_they_are(tmp_path, capsys):
    file, page = tmp_path / "<b>.yaml", tmp_path / "page.html"
    file.write_text("queues: {<i>fees: {}}")
    said(capsys, file, "--arrivals", "synthetic", "--hours", "1", "--rate", "5", "--html", page)
    assert not BeautifulSoup(page.read_text(encoding="utf-8"), "html.parser").select("i, .key b b")
