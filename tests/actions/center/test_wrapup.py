"""How an interaction is wrapped up: codes, more time, the finish."""

from datetime import timedelta

import pytest
from django.utils import timezone

from contactcenter_chat.actions import conversations
from contactcenter_chat.actions.center import interactions, wrapup
from contactcenter_chat.exceptions import CodesRequired, Conflict, Invalid, NotFound
from contactcenter_chat.models import Interaction, Queue
from contactcenter_chat.queries import desk
from tests import factories
from tests.facts import facts, fresh, nothing_written, owed, refused

VERBS = [wrapup.choose_codes, wrapup.extend, wrapup.finish]


@pytest.fixture
def fees(center):
    return factories.make_codes(center.tenant, "Fees")[0]


@pytest.fixture
def ended(agent, chat):
    """A chat to be wrapped up; its log ends with 8, ``conversation.idled``."""
    return interactions.end_interaction(interaction_id=chat.pk, agent=agent)


def choose(interaction, *codes):
    wrapup.choose_codes(interaction_id=interaction.pk, agent=interaction.agent, code_ids=[code.pk for code in codes])


def finish(interaction, *codes):
    ids = [code.pk for code in codes] or None
    return wrapup.finish(interaction_id=interaction.pk, agent=interaction.agent, code_ids=ids)


def chosen(interaction):
    return set(interaction.codes.values_list("code", flat=True))


def call(verb, interaction, agent):
    more = {"code_ids": []} if verb is wrapup.choose_codes else {}
    verb(interaction_id=interaction.pk, agent=agent, **more)


# Who


@pytest.mark.parametrize("verb", VERBS)
def test_only_whose_it_is(ended, colleague, verb):
    with refused(Conflict, message="This is not yours to wrap up."):
        call(verb, ended, colleague)


@pytest.mark.parametrize("verb", VERBS)
def test_an_agent_of_another_tenant_finds_no_such_chat(ended, stranger, verb):
    with refused(NotFound, resource_type="Interaction", resource_id=ended.pk):
        call(verb, ended, stranger)


@pytest.mark.parametrize("verb", VERBS)
def test_what_only_waits_is_nobodys(conversation, agent, verb):
    with refused(Conflict, code="conflict"):
        call(verb, Interaction.objects.get(), agent)


@pytest.mark.parametrize("verb", [wrapup.choose_codes, wrapup.extend])
def test_what_is_finished_is_over(ended, agent, verb):
    finish(ended)
    with refused(Conflict, message="This is not yours to wrap up."):
        call(verb, ended, agent)


def test_what_another_has_finished_is_not_mine(ended, colleague):
    finish(ended)
    with refused(Conflict, message="This is not yours to wrap up."):
        wrapup.finish(interaction_id=ended.pk, agent=colleague)


# Codes


def test_codes_are_chosen_instead_of_those_before(agent, chat):
    first, second, third = factories.make_codes(chat.queue.tenant, "A", "B", "C", selection="multiple")
    choose(chat, first, second)
    kept = chat.codes.get(code=second)
    choose(chat, second, third)
    assert list(chat.codes.order_by("pk").values_list("code", "short_code", "label", "chosen_by")) == [
        (second.pk, "b", "B", agent.pk),
        (third.pk, "c", "C", agent.pk),
    ]
    assert chat.codes.get(code=second) == kept
    choose(chat)
    assert chosen(chat) == set()


def test_chosen_again_nothing_changes(chat, fees):
    choose(chat, fees)
    with nothing_written():
        choose(chat, fees)


def test_codes_of_the_centres_own_stay(chat, fees):
    interactions.give_system_code(chat, "system:customer_idle")
    choose(chat, fees)
    choose(chat)
    assert list(chat.codes.values_list("short_code", flat=True)) == ["system:customer_idle"]


def test_codes_keep_the_path_and_label_they_had(center, chat):
    heading, leaf = factories.make_codes(center.tenant, "Enrolment", "Fees")
    leaf.parent = heading
    leaf.save()
    choose(chat, leaf)
    leaf.label = "Tuition"
    leaf.save()
    assert chat.codes.get().label == "Enrolment / Fees"
    with refused(Invalid, field="codes", value=heading.pk):
        choose(chat, heading)


def test_one_code_of_a_single_choice_list(center, chat):
    single = factories.make_codes(center.tenant, "A", "B")
    several = factories.make_codes(center.tenant, "C", "D", name="Topics", selection="multiple")
    with refused(Invalid, field="codes", message="Choose one code of Reason."):
        choose(chat, *single)
    choose(chat, single[0], *several)
    assert chosen(chat) == {single[0].pk, several[0].pk, several[1].pk}


def test_what_cannot_be_chosen(center, chat, fees):
    today = timezone.localdate()
    (foreign,) = factories.make_codes(factories.make_tenant().tenant, "X")
    (elsewhere,) = factories.make_codes(
        center.tenant, "X", name="Another queue's", queues=[factories.make_queue(center.tenant)]
    )
    (inactive,) = factories.make_codes(center.tenant, "X", name="Inactive", active=False)
    changes = {
        "Retired": {"retired_at": timezone.now()},
        "Not yet": {"active_from": today + timedelta(days=1)},
        "No more": {"active_to": today - timedelta(days=1)},
    }
    refused_codes = [foreign, elsewhere, inactive]
    for name, fields in changes.items():
        (code,) = factories.make_codes(center.tenant, "X", name=name)
        type(code).objects.filter(pk=code.pk).update(**fields)
        refused_codes.append(code)
    for code in refused_codes:
        with refused(Invalid, field="codes", value=code.pk):
            choose(chat, fees, code)


# More time


def test_more_time_is_taken(agent, ended):
    extended = wrapup.extend(interaction_id=ended.pk, agent=agent)
    assert fresh(ended, "wrap_up_extensions", "wrap_up_until") == (1, ended.wrap_up_until + timedelta(seconds=60))
    assert extended.wrap_up_until == ended.wrap_up_until + timedelta(seconds=60)
    assert facts(ended.conversation, after=8) == []


def test_more_time_counts_from_now_when_the_clock_was_late(agent, ended):
    Interaction.objects.update(wrap_up_until=timezone.now() - timedelta(hours=1))
    before = timezone.now()
    extended = wrapup.extend(interaction_id=ended.pk, agent=agent)
    assert before <= extended.wrap_up_until - timedelta(seconds=60) <= timezone.now()


def test_more_time_is_taken_three_times_at_most(agent, ended):
    for _ in range(3):
        wrapup.extend(interaction_id=ended.pk, agent=agent)
    with refused(Conflict, message="The time was extended as often as is allowed."):
        wrapup.extend(interaction_id=ended.pk, agent=agent)


def test_where_no_time_runs_none_is_taken(agent, chat):
    with refused(Conflict, message="There is no time limit to extend."):
        wrapup.extend(interaction_id=chat.pk, agent=agent)
    Queue.objects.update(wrap_up_mode="required")
    interactions.end_interaction(interaction_id=chat.pk, agent=agent)
    with refused(Conflict, message="There is no time limit to extend."):
        wrapup.extend(interaction_id=chat.pk, agent=agent)


# Finished


def test_what_another_system_calls_a_code_is_told(ended, fees):
    type(fees).objects.update(external_id="00Q-7")
    finish(ended, fees)
    type(fees).objects.update(external_id="another since")
    ((*_where, wrapped_up),) = facts(ended.conversation, after=8)
    told = {"id": fees.pk, "short_code": "fees", "label": "Fees", "external_id": "00Q-7"}
    assert wrapped_up["codes"] == [told]


def test_finished_with_a_code(center, agent, ended, fees):
    now = timezone.now()
    finished = finish(ended, fees)
    wrapped_up = {
        "agent_id": agent.pk,
        "codes": [{"id": fees.pk, "short_code": "fees", "label": "Fees"}],
        "timed_out": False,
    }
    assert facts(ended.conversation, after=8) == [(9, "interaction.wrapped_up", ended.pk, wrapped_up)]
    assert owed(ended.conversation, center.webhook, after=8) == []
    assert finished.pk == ended.pk
    assert fresh(ended, "state", "codes_missing", "outcome") == ("finished", False, "handled")
    assert fresh(ended, "finished_at")[0] >= now
    assert fresh(agent, "load", "presence") == (0, "available")
    assert fresh(agent, "idle_since")[0] >= now


def test_finished_with_what_was_chosen_before(ended, fees):
    choose(ended, fees)
    finish(ended)
    assert chosen(ended) == {fees.pk}


def test_finished_with_none_instead_of_what_was_chosen_before(agent, ended, fees):
    choose(ended, fees)
    wrapup.finish(interaction_id=ended.pk, agent=agent, code_ids=[])
    assert chosen(ended) == set()


def test_finished_twice_is_once(ended, fees):
    finish(ended, fees)
    with nothing_written():
        finish(ended)


def test_the_chat_is_ended_first(chat):
    with refused(Conflict, message="End the chat first."):
        finish(chat)


def test_a_code_that_cannot_be_chosen_finishes_nothing(agent, ended):
    with refused(Invalid, field="codes", value="none"):
        wrapup.finish(interaction_id=ended.pk, agent=agent, code_ids=["none"])


@pytest.mark.parametrize(
    ("mode", "is_required", "is_refused"),
    [
        ("optional", False, False),
        ("optional", True, True),
        ("required", False, True),
        ("required", True, True),
        ("required_timed", False, True),
    ],
)
def test_whether_a_code_is_needed(center, ended, mode, is_required, is_refused):
    Queue.objects.update(wrap_up_mode=mode)
    code, _other = factories.make_codes(center.tenant, "A", "B", required=is_required)
    if is_refused:
        with refused(CodesRequired, message="Choose a code first: Reason."):
            finish(ended)
    finish(ended, *([code] if is_refused else []))
    assert fresh(ended, "state") == ("finished",)


def test_all_that_is_missing_is_named(center, ended, fees):
    factories.make_codes(center.tenant, "A", name="Topic", required=True, order=2)
    factories.make_codes(center.tenant, "A", name="Mood", required=True, order=1)
    with refused(CodesRequired, message="Choose a code first: Mood, Topic."):
        finish(ended, fees)


def test_where_there_is_no_code_none_is_needed(ended):
    Queue.objects.update(wrap_up_mode="required")
    assert finish(ended).state == "finished"


def test_the_customer_may_leave_without_a_code(center, agent, chat):
    factories.make_codes(center.tenant, "Fees", required=True)
    conversations.leave_as_customer(conversation_id=chat.conversation_id)
    assert fresh(chat, "state") == ("wrap_up",)
    assert fresh(agent, "load") == (3,)


def test_a_chat_that_is_erased_keeps_no_agent(center, agent, chat, fees):
    wrapup.choose_codes(interaction_id=chat.pk, agent=agent, code_ids=[fees.pk])
    conversations.erase_conversation(conversation_id=chat.conversation_id)
    assert fresh(chat, "state", "outcome") == ("finished", "cancelled")
    assert chosen(chat) == {fees.pk}
    assert fresh(agent, "load") == (0,)


@pytest.mark.parametrize("timed_out", [False, True])
def test_what_is_to_be_wrapped_up_ends_when_it_is_erased(center, agent, ended, timed_out):
    factories.make_codes(center.tenant, "Other", name="Other", required=True, queues=[center.queue])
    if timed_out:
        Interaction.objects.update(wrap_up_until=timezone.now())
        wrapup.time_out(interaction_id=ended.pk, now=timezone.now())
    conversations.erase_conversation(conversation_id=ended.conversation_id)
    assert fresh(ended, "state", "codes_missing") == ("finished", False)
    assert fresh(agent, "load") == (0,)
    assert desk.own_interactions(agent, ended.conversation) == []


# The time is over


def test_the_time_is_over(agent, ended):
    Interaction.objects.update(wrap_up_until=timezone.now())
    assert wrapup.time_out(interaction_id=ended.pk, now=timezone.now()) is True
    wrapped_up = {"agent_id": agent.pk, "codes": [], "timed_out": True}
    assert facts(ended.conversation, after=8) == [(9, "interaction.wrapped_up", ended.pk, wrapped_up)]
    assert fresh(ended, "state", "codes_missing") == ("finished", False)
    assert fresh(agent, "load") == (0,)
    with nothing_written():
        assert wrapup.time_out(interaction_id=ended.pk, now=timezone.now()) is False


def test_without_a_required_code_it_stays_to_be_done(center, agent, ended):
    (code,) = factories.make_codes(center.tenant, "Fees", required=True)
    Interaction.objects.update(wrap_up_until=timezone.now())
    assert wrapup.time_out(interaction_id=ended.pk, now=timezone.now()) is True
    timeout = {"id": "", "short_code": "system:wrapup_timeout", "label": "system:wrapup_timeout"}
    wrapped_up = {"agent_id": agent.pk, "codes": [timeout], "timed_out": True}
    assert facts(ended.conversation, after=8) == [(9, "interaction.wrapped_up", ended.pk, wrapped_up)]
    assert fresh(ended, "state", "codes_missing") == ("finished", True)
    assert fresh(agent, "load") == (0,)
    with refused(CodesRequired, code="codes_required"):
        finish(ended)
    finished_at = fresh(ended, "finished_at")
    finish(ended, code)
    assert fresh(ended, "state", "codes_missing") == ("finished", False)
    assert fresh(ended, "finished_at") == finished_at
    assert fresh(agent, "load") == (0,)  # once and not twice
    assert [kind for _number, kind, _interaction, _data in facts(ended.conversation, after=9)] == [
        "interaction.wrapped_up"
    ]


@pytest.mark.parametrize("until", [None, timezone.now() + timedelta(hours=1)])
def test_the_time_is_not_over(ended, until):
    Interaction.objects.update(wrap_up_until=until)
    with nothing_written():
        assert wrapup.time_out(interaction_id=ended.pk, now=timezone.now()) is False


def test_no_time_runs_while_it_is_handled(chat):
    Interaction.objects.update(wrap_up_until=timezone.now())
    with nothing_written():
        assert wrapup.time_out(interaction_id=chat.pk, now=timezone.now()) is False
