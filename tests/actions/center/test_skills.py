"""Are levels given and taken away within one contact centre, each change noted with who and why, and nothing else?"""

import pytest
from django.db import IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext

from contactcenter_chat.actions.center import releasing, skills
from contactcenter_chat.actions.center.skills import Cell, ChangedMeanwhile, set_levels, set_many
from contactcenter_chat.exceptions import Conflict, Invalid, NotFound
from contactcenter_chat.models import AgentLanguage, AgentSkill, LevelChange, Skill
from contactcenter_chat.models.clock import database_now
from tests.factories import make_center, make_user, start_conversation

pytestmark = pytest.mark.django_db


@pytest.fixture
def fees(center):
    return skills.create_skill(tenant=center.tenant, name="fees")


@pytest.fixture
def visas(center):
    return skills.create_skill(tenant=center.tenant, name="visas")


def levels(agent):
    """All that an agent is good at."""
    of_skills = AgentSkill.objects.filter(agent=agent).values_list("skill__name", "level")
    return dict(of_skills.union(AgentLanguage.objects.filter(agent=agent).values_list("tag", "level")))


def noted(**of):
    """What was noted, in its order."""
    changes = LevelChange.objects.filter(**of).order_by("pk")
    return [(each.skill_name or each.language, each.before, each.after) for each in changes]


# Skills


def test_a_skill_is_named_renamed_and_taken_away(center, fees):
    assert Skill.objects.values_list("tenant", "name").get() == (center.tenant.pk, "fees")
    assert skills.rename_skill(skill=fees, name="fees and fines").name == "fees and fines"
    assert Skill.objects.get().name == "fees and fines"
    skills.delete_skill(skill=fees)
    assert not Skill.objects.exists()
    for verb in (skills.delete_skill, lambda skill: skills.rename_skill(skill=skill, name="fees")):
        with pytest.raises(NotFound):
            verb(skill=fees)


@pytest.mark.parametrize("name", ["", "\u200b", "a\nb", "a\x00", "x" * 61])
def test_what_no_name_may_be_no_skill_is_called(center, fees, name):
    for verb in (
        lambda: skills.create_skill(tenant=center.tenant, name=name),
        lambda: skills.rename_skill(skill=fees, name=name),
    ):
        with pytest.raises(Invalid) as refusal:
            verb()
        assert refusal.value.field == "name"
    assert Skill.objects.get().name == "fees"


def test_a_name_is_of_one_skill_in_each_contact_centre(center, fees, visas):
    with pytest.raises(Conflict):
        skills.create_skill(tenant=center.tenant, name="fees")
    with pytest.raises(Conflict):
        skills.rename_skill(skill=visas, name="fees")
    skills.create_skill(tenant=make_center().tenant, name="fees")
    assert sorted(Skill.objects.values_list("name", flat=True)) == ["fees", "fees", "visas"]


def test_who_loses_a_skill_with_it_has_that_noted(agent, colleague, fees, visas):
    set_levels(agent=agent, skills={fees: 4, visas: 2})
    set_levels(agent=colleague, skills={fees: 1})
    boss = make_user()
    skills.delete_skill(skill=fees, by=boss)
    assert (levels(agent), levels(colleague)) == ({"visas": 2}, {})
    assert noted(reason=skills.DELETED, by=boss, agent=agent, skill=None) == [("fees", 4, None)]
    assert noted(reason=skills.DELETED, by=boss, agent=colleague, skill=None) == [("fees", 1, None)]
    assert noted(agent=agent) == [("fees", None, 4), ("visas", None, 2), ("fees", 4, None)]


# Levels of one agent


def test_what_differs_is_written_and_noted(agent, fees, visas):
    before, boss = database_now(), make_user()
    set_levels(agent=agent, skills={fees: 4, visas: 2}, languages={"EN": 5, "pt-br": 3}, by=boss, reason="Course")
    assert levels(agent) == {"fees": 4, "visas": 2, "en": 5, "pt-BR": 3}
    changes = set_levels(agent=agent, skills={fees: 4, visas: 3}, languages={"en": 5, "es": 1})
    assert {(each.skill_name, each.language, each.before, each.after) for each in changes} == {
        ("visas", "", 2, 3),
        ("", "es", None, 1),
    }
    assert levels(agent) == {"fees": 4, "visas": 3, "en": 5, "pt-BR": 3, "es": 1}
    assert noted() == [
        ("fees", None, 4),
        ("visas", None, 2),
        ("en", None, 5),
        ("pt-BR", None, 3),
        ("visas", 2, 3),
        ("es", None, 1),
    ]
    first, last = LevelChange.objects.order_by("pk").first(), LevelChange.objects.order_by("pk").last()
    assert (first.tenant, first.agent, first.skill, first.by, first.reason) == (
        agent.tenant,
        agent,
        fees,
        boss,
        "Course",
    )
    assert (last.skill, last.by, last.reason) == (None, None, "")
    assert before <= first.at <= last.at <= database_now()


@pytest.mark.parametrize("nothing", [0, None])
def test_a_level_is_taken_away(agent, fees, nothing):
    set_levels(agent=agent, skills={fees: 4}, languages={"es": 2})
    set_levels(agent=agent, skills={fees: nothing}, languages={"es": nothing, "fr": nothing})
    assert levels(agent) == {}
    assert noted()[2:] == [("fees", 4, None), ("es", 2, None)]


def test_nothing_that_differs_is_nothing_noted(agent, colleague, fees, woken):
    set_levels(agent=agent, skills={fees: 4})
    start_conversation(make_center().channel)
    assert woken(set_levels, agent=agent, skills={fees: 4}) == []
    assert woken(set_levels, agent=agent) == []
    assert noted() == [("fees", None, 4)]
    assert levels(colleague) == {}


@pytest.mark.parametrize("level", [-1, 6])
def test_a_level_out_of_range_is_refused(agent, fees, level):
    for given in ({"skills": {fees: level}}, {"languages": {"es": level, "en": 3}}):
        with pytest.raises(Invalid) as refusal:
            set_levels(agent=agent, **given)
        assert refusal.value.message == "A level is a whole number from 1 to 5."
    assert noted() == []


@pytest.mark.parametrize(
    ("given", "field"),
    [({"languages": {"Spanish": 3}}, "language"), ({"reason": "x" * 256}, "reason"), ({"reason": "a\nb"}, "reason")],
)
def test_what_cannot_be_kept_is_refused(agent, fees, given, field):
    with pytest.raises(Invalid) as refusal:
        set_levels(agent=agent, skills={fees: 3}, **given)
    assert refusal.value.field == field
    assert levels(agent) == {}


def test_a_skill_of_another_contact_centre_is_not_there(agent, fees):
    foreign = skills.create_skill(tenant=make_center().tenant, name="fees")
    with pytest.raises(NotFound) as refusal:
        set_levels(agent=agent, skills={fees: 3, foreign: 3})
    assert (refusal.value.resource_type, refusal.value.resource_id) == ("Skill", foreign.pk)
    assert levels(agent) == {}
    assert noted() == []


def test_who_is_no_agent_any_more_learns_nothing(agent, fees):
    releasing.release_agent(agent_id=agent.pk)
    with pytest.raises(Conflict):
        set_levels(agent=agent, skills={fees: 3})
    assert noted() == []


def test_the_tables_keep_levels_in_range_and_single(agent, fees):
    set_levels(agent=agent, skills={fees: 3}, languages={"es": 3})
    for make in (
        lambda: AgentSkill.objects.create(agent=agent, skill=fees, level=4),
        lambda: AgentSkill.objects.update(level=6),
        lambda: AgentSkill.objects.update(level=0),
        lambda: AgentLanguage.objects.create(agent=agent, tag="es", level=4),
        lambda: AgentLanguage.objects.update(level=6),
        lambda: LevelChange.objects.create(tenant=agent.tenant, agent=agent, at=database_now()),
    ):
        with pytest.raises(IntegrityError), transaction.atomic():
            make()


# Who is woken


def test_the_queue_of_somebody_who_learnt_is_woken_when_something_waits(center, agent, fees, woken):
    assert woken(set_levels, agent=agent, skills={fees: 3}) == []
    start_conversation(center.channel)
    assert woken(set_levels, agent=agent, skills={fees: 4}) == [("wake_routing", center.queue.pk)]


def test_one_queue_is_woken_once_for_many(center, agent, colleague, fees, woken):
    start_conversation(center.channel)
    given = {Cell(agent.pk, fees.pk): 3, Cell(colleague.pk, fees.pk): 4}
    assert woken(set_many, tenant=center.tenant, levels=given) == [("wake_routing", center.queue.pk)]
    assert woken(skills.delete_skill, skill=fees) == [("wake_routing", center.queue.pk)]


# Levels of many


def test_many_levels_are_given_at_once(center, agent, colleague, fees, visas):
    given = {
        Cell(agent.pk, fees.pk): 3,
        Cell(agent.pk, language="es"): 5,
        Cell(colleague.pk, visas.pk): 1,
        Cell(colleague.pk, fees.pk): None,
    }
    boss = make_user()
    assert len(set_many(tenant=center.tenant, levels=given, seen={}, by=boss, reason="Review")) == 3
    assert (levels(agent), levels(colleague)) == ({"fees": 3, "es": 5}, {"visas": 1})
    assert {(each.by, each.reason) for each in LevelChange.objects.all()} == {(boss, "Review")}


def test_it_takes_as_many_statements_for_many(center, agent, colleague, fees, visas):
    few = {Cell(agent.pk, fees.pk): 3, Cell(agent.pk, language="es"): 3}
    many = {
        Cell(each.pk, **of): 4
        for each in (agent, colleague)
        for of in ({"skill_id": fees.pk}, {"skill_id": visas.pk}, {"language": "es"}, {"language": "en"})
    }
    counts = []
    for given in (few, many):
        with CaptureQueriesContext(connection) as statements:
            set_many(tenant=center.tenant, levels=given)
        counts.append(len(statements))
    assert counts[0] == counts[1]


def test_all_or_none(center, agent, fees):
    stranger = make_center()
    given = {Cell(agent.pk, fees.pk): 3, Cell("nobody", fees.pk): 3}
    with pytest.raises(NotFound):
        set_many(tenant=center.tenant, levels=given)
    with pytest.raises(NotFound):
        set_many(tenant=stranger.tenant, levels={Cell(agent.pk, language="es"): 3})
    assert (levels(agent), noted()) == ({}, [])


def test_what_another_changed_meanwhile_is_refused_and_told(center, agent, fees, visas):
    set_levels(agent=agent, skills={fees: 2, visas: 2}, languages={"es": 2})
    seen = {Cell(agent.pk, fees.pk): 2, Cell(agent.pk, visas.pk): 2, Cell(agent.pk, language="es"): 2}
    wanted = {Cell(agent.pk, fees.pk): 3, Cell(agent.pk, visas.pk): 5, Cell(agent.pk, language="es"): None}
    set_levels(agent=agent, skills={fees: 4, visas: 5}, languages={"es": 1})
    with pytest.raises(ChangedMeanwhile) as refusal:
        set_many(tenant=center.tenant, levels=wanted, seen=seen)
    # Visas are as they should be.
    assert refusal.value.levels == {Cell(agent.pk, fees.pk): 4, Cell(agent.pk, language="es"): 1}
    assert levels(agent) == {"fees": 4, "visas": 5, "es": 1}
    assert len(set_many(tenant=center.tenant, levels=wanted, seen={**seen, **refusal.value.levels})) == 2
    assert levels(agent) == {"fees": 3, "visas": 5}


def test_what_was_taken_away_meanwhile_is_told(center, agent, fees):
    seen = {Cell(agent.pk, fees.pk): 2}
    with pytest.raises(ChangedMeanwhile) as refusal:
        set_many(tenant=center.tenant, levels={Cell(agent.pk, fees.pk): 3}, seen=seen)
    assert refusal.value.levels == {Cell(agent.pk, fees.pk): None}
    given = {Cell(agent.pk, fees.pk): 3}
    assert len(set_many(tenant=center.tenant, levels=given, seen={Cell(agent.pk, fees.pk): 0})) == 1
