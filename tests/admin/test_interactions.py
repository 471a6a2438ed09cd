"""What does the page of an interaction say of when and why?"""

from datetime import datetime
from zoneinfo import ZoneInfo

import pytest
from bs4 import BeautifulSoup

from contactcenter_chat.admin.times import moment
from contactcenter_chat.models import Interaction, RoutingDecision
from contactcenter_chat.queries.decisions import router_told
from contactcenter_chat.routing.longest_idle import ASKED
from tests.factories import accepted, give, make_agent, make_skill, plan, start_conversation

from .conftest import address, chat


@pytest.fixture
def interaction(center):
    return chat(center).interactions.get()


def page_of(client, interaction):
    answer = client.get(address("interaction_change", interaction.pk))
    assert answer.status_code == 200
    return BeautifulSoup(answer.content, "html.parser")


def test_times_are_shown_to_the_second(root, interaction):
    at = datetime(2031, 3, 4, 5, 6, 7, tzinfo=ZoneInfo("UTC"))
    names = ("entered", "accepted", "first_reply", "ended")
    Interaction.objects.filter(pk=interaction.pk).update(**{f"{name}_at": at for name in names}, finished_at=None)
    soup = page_of(root, interaction)
    shown = {name: soup.select_one(f".field-{name} .readonly").get_text() for name in (*names, "finished")}
    assert shown == {**dict.fromkeys(names, moment(at)), "finished": "–"}
    assert moment(at).endswith(":06:07")


def test_how_often_it_was_handed_on(root, interaction):
    shown = page_of(root, interaction).select_one(".field-handed_on .readonly")
    assert shown.get_text() == "–"
    Interaction.objects.filter(pk=interaction.pk).update(handed_round=3)
    shown = page_of(root, interaction).select_one(".field-handed_on .readonly")
    assert shown.get_text() == "for the third time within an hour, or more often: 3 times"


def test_a_decision_names_its_rule_in_words(root, interaction):
    RoutingDecision.objects.filter(interaction=interaction).delete()
    path = "contactcenter_chat.routing.longest_idle.LongestIdle"
    decision = RoutingDecision.objects.create(interaction=interaction, router=path, candidates=[])
    caption = page_of(root, interaction).select_one(".field-decisions_made .cc-decision")
    assert caption.small.attrs == {"title": path}
    assert caption.small.get_text() == "longest idle first"
    assert caption.get_text().strip().startswith(moment(decision.made_at))


@pytest.mark.parametrize(
    ("path", "told"), [("college.routing.BestSkillFirst", "best skill first"), ("Router", "router"), ("", "")]
)
def test_a_projects_own_rule_is_told_by_its_name(path, told):
    assert router_told(path) == told


@pytest.fixture
def fees(center):
    return make_skill(center.tenant, "Fees")


@pytest.fixture
def routed(center, fees):
    """A chat that required fees and Spanish, which one of three agents has."""
    plan(center.queue, requires={fees.pk: 3}, steps=[{"after": 60, "requires": {}, "language": "any"}])
    ada = make_agent(center.tenant, center.queue, first_name="Ada", last_name="Lovelace")
    give(ada, {fees: 4}, {"es": 3})
    give(make_agent(center.tenant, center.queue, first_name="Alan", last_name="Turing"), {fees: 2}, {"es": 3})
    give(make_agent(center.tenant, center.queue, first_name="Emmy", last_name="Noether"), {fees: 5})
    return accepted(start_conversation(center.channel, language="es"))


def words_of(element):
    return " ".join(element.get_text().split())


def test_who_only_came_after_another_could_have_taken_it(root, center):
    for name in ("Ada", "Alan"):
        make_agent(center.tenant, center.queue, first_name=name)
    soup = page_of(root, accepted(start_conversation(center.channel)))
    caption = words_of(soup.select_one(".field-decisions_made .cc-decision"))
    assert caption.endswith("Nothing was required; before the first step. 2 could take it, 0 could not.")


def test_a_decision_says_what_was_required_and_who_could_not(root, routed):
    soup = page_of(root, routed)
    caption = words_of(soup.select_one(".field-decisions_made .cc-decision"))
    assert caption.endswith(
        "Required: Fees 3, Spanish (es); before the first step. "
        "1 could take it, 2 could not (does not speak the language: 1, lacks a skill: 1)."
    )
    rows = [[words_of(cell) for cell in row.select("td")] for row in soup.select(".field-decisions_made tbody tr")]
    assert (rows[0][0], rows[0][2], rows[0][-1]) == ("Ada Lovelace", "Fees 4, Spanish (es) 3", "–")
    assert sorted((row[0], row[2], row[-1]) for row in rows[1:]) == [
        ("Alan Turing", "–", "lacks a skill"),
        ("Emmy Noether", "–", "does not speak the language"),
    ]


def test_what_is_required_now_and_when_it_is_due_are_shown(root, routed):
    soup = page_of(root, routed)
    shown = {name: words_of(soup.select_one(f".field-{name} .readonly")) for name in ("required_now", "step", "due")}
    assert shown == {"required_now": "Fees 3, Spanish (es)", "step": "0", "due": moment(routed.due_at)}
    assert soup.select_one(".field-is_follow_up img")["alt"] == "False"


def test_a_decision_after_a_step_says_which(root, interaction, fees):
    RoutingDecision.objects.filter(interaction=interaction).delete()
    agent = interaction.agent_id
    considered = [{"agent": agent, "level": 3, "load": 0, "capacity": 3, "idle_since": "", "ruled_out": "", "step": 2}]
    RoutingDecision.objects.create(
        interaction=interaction,
        request={"required": {"skills": {}, "language": ""}},
        step=2,
        candidates=considered,
        ruled_out={ASKED: 5, "of the project": 2},
    )
    decisions = page_of(root, interaction).select_one(".field-decisions_made")
    table = decisions.table
    told = "Nothing was required; step 2. 1 could take it, 7 could not (asked already: 5, of the project: 2)."
    assert words_of(decisions.select_one(".cc-decision")).endswith(told)
    assert [words_of(cell) for cell in table.select("thead th")] == [
        *("Agent", "Level", "Skills and languages", "Step", "Load", "Idle since", "Ruled out")
    ]


def test_a_skill_that_is_gone_since_is_said_to_be(root, interaction):
    RoutingDecision.objects.update(request={"required": {"skills": {"gone": 3}, "language": ""}})
    caption = words_of(page_of(root, interaction).select_one(".field-decisions_made .cc-decision"))
    assert "Required: a skill that was deleted 3; before the first step." in caption


def test_since_when_each_was_idle_is_told_as_all_moments_are(root, interaction):
    decision = RoutingDecision.objects.get()
    [candidate] = decision.candidates
    shown = page_of(root, interaction).select(".field-decisions_made tbody td")
    assert moment(datetime.fromisoformat(candidate["idle_since"])) in [words_of(cell) for cell in shown]


def test_decisions_of_before_still_show(root, interaction):
    old = [{"agent": interaction.agent_id, "load": 0, "capacity": 3, "idle_since": "", "ruled_out": ASKED}]
    RoutingDecision.objects.update(request={}, ruled_out={}, candidates=old)
    table = page_of(root, interaction).select_one(".field-decisions_made table")
    assert "Required" not in words_of(table)
    assert [words_of(cell) for cell in table.select("tbody td")] == ["Ada Lovelace", "–", "0/3", "–", "asked already"]
