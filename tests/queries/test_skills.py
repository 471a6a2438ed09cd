"""What agents are good at and how that came about, and who could take what now: exactly, with a number of statements
that does not grow."""

import pytest

from contactcenter_chat.actions.center.presence import set_presence
from contactcenter_chat.actions.center.releasing import release_agent
from contactcenter_chat.actions.center.skills import create_skill, set_levels
from contactcenter_chat.models import Queue
from contactcenter_chat.models.clock import database_now
from contactcenter_chat.queries import skills
from contactcenter_chat.queries.skills import Cell, Cover, Levels
from tests.factories import accepted, make_agent, make_center, make_queue, make_user, start_conversation

pytestmark = pytest.mark.django_db


@pytest.fixture
def center():
    return make_center()


@pytest.fixture
def fees(center):
    return create_skill(tenant=center.tenant, name="fees")


@pytest.fixture
def visas(center):
    return create_skill(tenant=center.tenant, name="visas")


@pytest.fixture
def ada(center, fees, visas):
    agent = make_agent(center.tenant, center.queue)
    set_levels(agent=agent, skills={visas: 2, fees: 4}, languages={"es": 3, "en": 5})
    return agent


@pytest.fixture
def alan(center, fees):
    agent = make_agent(center.tenant, center.queue, capacity=1)
    set_levels(agent=agent, skills={fees: 1}, languages={"en": 5})
    return agent


def test_levels_of_many_agents(center, ada, alan, fees, visas, django_assert_num_queries):
    grace = make_agent(center.tenant)
    with django_assert_num_queries(2):
        found = skills.levels_of([ada.pk, alan.pk, grace.pk])
    assert found == {
        ada.pk: Levels({visas.pk: 2, fees.pk: 4}, {"en": 5, "es": 3}),
        alan.pk: Levels({fees.pk: 1}, {"en": 5}),
        grace.pk: Levels(),
    }
    assert list(found[ada.pk].languages) == ["en", "es"]


def test_only_the_cells_that_are_asked_for(ada, alan, fees, visas):
    asked = [Cell(ada.pk, fees.pk), Cell(alan.pk, visas.pk), Cell(alan.pk, language="en")]
    assert {cell: row.level for cell, row in skills.rows_of(asked).items()} == {asked[0]: 4, asked[2]: 5}
    assert skills.rows_of([]) == {}


def test_languages_that_are_spoken_here(center, ada, alan):
    set_levels(agent=make_agent(make_center().tenant), languages={"fr": 3})
    assert skills.languages_of(center.tenant) == ["en", "es"]
    release_agent(agent_id=ada.pk)
    assert skills.languages_of(center.tenant) == ["en"]


def test_how_levels_came_about(ada, alan, fees, django_assert_num_queries):
    boss = make_user(first_name="Grace", last_name="Hopper")
    set_levels(agent=ada, skills={fees: 5}, by=boss, reason="Course")
    with django_assert_num_queries(1):
        told = [(each.skill_name, each.language, each.before, each.after, each.by) for each in skills.history_of(ada)]
    assert told[0] == ("fees", "", 4, 5, boss)
    assert sorted(told[1:]) == [
        ("", "en", None, 5, None),
        ("", "es", None, 3, None),
        ("fees", "", None, 4, None),
        ("visas", "", None, 2, None),
    ]


def test_who_changed_a_cell_last(ada, alan, fees, visas, django_assert_num_queries):
    boss = make_user()
    set_levels(agent=ada, skills={fees: 5}, languages={"es": None}, by=boss)
    asked = [Cell(ada.pk, fees.pk), Cell(ada.pk, language="es"), Cell(ada.pk, visas.pk), Cell(alan.pk, visas.pk)]
    with django_assert_num_queries(1):
        found = skills.last_changes(asked)
        assert {cell: (each.after, each.by) for cell, each in found.items()} == {
            asked[0]: (5, boss),
            asked[1]: (None, boss),
            asked[2]: (2, None),
        }


def test_queues_where_something_waits_for_these_agents(center, ada, alan):
    other = make_queue(center.tenant)
    other.members.create(agent=ada)
    assert list(skills.queues_waiting_for([ada.pk, alan.pk])) == []
    start_conversation(center.channel)
    assert list(skills.queues_waiting_for([ada.pk, alan.pk])) == [center.queue.pk]
    assert list(skills.queues_waiting_for([make_agent(center.tenant).pk])) == []


def test_who_could_take_what_now(center, ada, alan, django_assert_num_queries):
    empty = make_queue(center.tenant, "Empty")
    second = make_queue(center.tenant, "Second")
    second.members.create(agent=ada)
    released = make_agent(center.tenant, center.queue)
    set_levels(agent=released, languages={"fr": 3})
    release_agent(agent_id=released.pk)
    queues = list(Queue.objects.filter(tenant=center.tenant).order_by("name"))
    now = database_now()
    with django_assert_num_queries(3):
        found = {each.queue: each for each in skills.coverage_of(queues, now)}
    here = found[center.queue]
    assert (here.agents, here.available) == (2, 2)
    assert here.skills == [Cover("fees", 2, 2), Cover("visas", 1, 1)]
    assert here.languages == [Cover("en", 2, 2), Cover("es", 1, 1)]
    assert (found[second].agents, found[second].skills) == (1, [Cover("fees", 1, 1), Cover("visas", 1, 1)])
    assert (found[empty].agents, found[empty].available, found[empty].skills, found[empty].languages) == (0, 0, [], [])


def test_who_is_on_a_break_or_has_all_they_can_is_not_available(center, ada, alan):
    set_presence(agent_id=ada.pk, presence="on_break", reason="lunch")
    accepted(start_conversation(center.channel))
    (here,) = skills.coverage_of([center.queue], database_now())
    assert (here.agents, here.available) == (2, 0)
    assert here.skills == [Cover("fees", 2, 0), Cover("visas", 1, 0)]
