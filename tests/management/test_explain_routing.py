"""Does the command say why, as the admin's page does, and whether it would be so once more?"""

import json

import pytest
from django.core.management import CommandError, call_command

from contactcenter_chat.models import Interaction, RoutingDecision
from contactcenter_chat.routing.base import Decision, Router
from tests import factories

pytestmark = pytest.mark.django_db


class Last(Router):
    """A project's router, which chose the last one when the decision was made."""

    def choose(self, request, candidates):
        return Decision(candidates[-1].agent_id, {})


@pytest.fixture
def interaction(settings):
    settings.CONTACTCENTER_CHAT = {"LIVE_HINTS": False}
    center = factories.make_center()
    fees = factories.make_skill(center.tenant, "Fees")
    ada = factories.make_agent(center.tenant, center.queue, first_name="Ada", last_name="Lovelace")
    factories.give(ada, {fees: 4}, {"es": 3})
    alan = factories.make_agent(center.tenant, center.queue, first_name="Alan\u202e\x1b", last_name="Turing")
    factories.give(alan, {fees: 2}, {"es": 3})
    factories.plan(center.queue, requires={fees.pk: 3})
    return factories.accepted(factories.start_conversation(center.channel, language="es"))


def explained(capsys, interaction, *options):
    """What the command says, and its exit code."""
    code = 0
    try:
        call_command("explain_routing", interaction.pk, *options)
    except SystemExit as end:
        code = end.code
    return capsys.readouterr().out, code


def test_a_sentence_a_table_and_the_replay(interaction, capsys):
    said, code = explained(capsys, interaction)
    lines = said.splitlines()
    assert lines[0].endswith("Ada Lovelace was chosen (by skill)")
    assert lines[1] == (
        "Required: Fees 3, Spanish (es); before the first step. 1 could take it, 1 could not (lacks a skill: 1)."
    )
    assert [line.split() for line in lines[2:5]] == [
        ["agent", "level", "skills", "and", "languages", "step", "load", "idle", "since", "ruled", "out"],
        ["Ada", "Lovelace", "3", "Fees", "4,", "Spanish", "(es)", "3", "–", "0/3", *lines[3].split()[10:12], "–"],
        ["Alan", "Turing", "–", "–", "–", "–", "–", "lacks", "a", "skill"],
    ]
    assert lines[5:] == ["replayed: same", ""]
    assert "\x1b" not in said
    assert "\u202e" not in said
    assert code == 0


def test_as_json(interaction, capsys):
    said, code = explained(capsys, interaction, "--json")
    told = json.loads(said)
    (decision,) = told["decisions"]
    assert (told["interaction"], decision["agent"], code) == (interaction.pk, interaction.agent_id, 0)
    assert decision["replayed"] == {"same": True, "why": ""}
    assert decision["candidates"][1]["ruled_out_because"] == "lacks a skill"
    assert decision["sentence"].startswith("Required: Fees 3, Spanish (es); before the first step.")


def test_another_choice_differs(interaction, capsys):
    other = factories.make_agent(interaction.tenant, interaction.queue)
    RoutingDecision.objects.update(agent=other)
    said, code = explained(capsys, interaction)
    assert "replayed: differs (it would choose Ada Lovelace)\n" in said
    assert code == 1


def test_other_reasons_differ(interaction, capsys):
    decision = RoutingDecision.objects.get()
    decision.candidates[0]["ruled_out"] = "others_first"
    decision.save()
    said, code = explained(capsys, interaction)
    assert "replayed: differs (it would rule out otherwise: Ada Lovelace)\n" in said
    assert code == 1


@pytest.mark.parametrize(
    ("changes", "why"),
    [
        ({"router": "mysite.routing.Gone"}, "ModuleNotFoundError: No module named 'mysite'"),
        ({"agent": None}, "who was chosen is gone"),
        ({"request": {}}, "less was kept then than is needed"),
    ],
)
def test_what_cannot_be_replayed_says_why(interaction, capsys, changes, why):
    RoutingDecision.objects.update(**changes)
    said, code = explained(capsys, interaction)
    assert f"replayed: cannot be replayed ({why})\n" in said
    assert code == 0


def test_a_projects_router_is_asked(settings, capsys):
    settings.CONTACTCENTER_CHAT = {"LIVE_HINTS": False, "ROUTER": f"{__name__}.Last"}
    center = factories.make_center()
    for name in ("Ada", "Alan"):
        factories.make_agent(center.tenant, center.queue, first_name=name)
    said, code = explained(capsys, factories.accepted(factories.start_conversation(center.channel)))
    assert said.splitlines()[0].endswith("was chosen (last)")
    assert "replayed: same\n" in said
    assert code == 0


def test_one_for_which_nobody_was_chosen(settings, capsys):
    settings.CONTACTCENTER_CHAT = {"LIVE_HINTS": False}
    factories.start_conversation(factories.make_center().channel)
    said, code = explained(capsys, Interaction.objects.get())
    assert (said, code) == ("Nobody was chosen for it.\n", 0)


def test_one_that_is_not_there():
    with pytest.raises(CommandError, match=r"^There is no interaction gone\.$"):
        call_command("explain_routing", "gone")
