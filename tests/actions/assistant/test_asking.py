"""Who may ask for a draft or a summary, how often, and what is kept of it."""

import threading
from datetime import timedelta

import pytest
from django.db import connection

from contactcenter_chat.actions.assistant import asking
from contactcenter_chat.actions.center.interactions import end_interaction
from contactcenter_chat.actions.conversations import erase_conversation
from contactcenter_chat.exceptions import Conflict, NotFound
from contactcenter_chat.models import AssistantRequest, Queue, clock
from contactcenter_chat.queries.assistant import newest, ready
from tests import factories
from tests.facts import fresh, nothing_written, refused

from .conftest import DRAFT, QUESTION, write_all, written


def ask(chat, agent, kind="draft"):
    return asking.ask(interaction_id=chat.pk, agent=agent, kind=kind)


def test_what_is_asked(chat, agent, model):
    asked = ask(chat, agent)
    row = AssistantRequest.objects.get()
    assert (row.pk, row.state, row.kind) == (asked.pk, "asked", "draft")
    assert (row.agent, row.tenant_id) == (agent, agent.tenant_id)
    assert row.answer_by - row.asked_at == timedelta(seconds=20)
    assert model.asked == []  # that is a worker's


def test_twice_is_once(chat, agent):
    assert ask(chat, agent).pk == ask(chat, agent).pk
    assert AssistantRequest.objects.count() == 1
    with refused(Conflict, message="The assistant is still writing something else for this chat."):
        ask(chat, agent, "summary")


@pytest.mark.postgresql
@pytest.mark.django_db(transaction=True)
def test_two_at_once_are_one(chat, agent):
    start, ids = threading.Barrier(2), []

    def press():
        start.wait()
        try:
            ids.append(ask(chat, agent).pk)
        finally:
            connection.close()

    threads = [threading.Thread(target=press) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(ids) == 2
    assert {*ids} == {AssistantRequest.objects.get().pk}


def test_after_its_time_it_is_asked_anew(chat, agent):
    first = ask(chat, agent)
    AssistantRequest.objects.update(answer_by=clock.now())
    second = ask(chat, agent)
    assert fresh(first, "state", "failure") == ("failed", "late")
    assert (second.pk != first.pk, second.state) == (True, "asked")


def test_what_was_another_agents_is_not_waited_for(chat, agent, center):
    first = ask(chat, agent)
    colleague = factories.make_agent(center.tenant, center.queue)
    type(chat).objects.filter(pk=chat.pk).update(agent=colleague)
    second = ask(chat, colleague)
    assert fresh(first, "state", "failure") == ("failed", "gone")
    assert (second.pk != first.pk, second.agent) == (True, colleague)


def test_who_may_not(chat, agent, center, settings):
    colleague = factories.make_agent(center.tenant, center.queue)
    other = factories.make_center()
    stranger = factories.make_agent(other.tenant, other.queue)
    for who in (colleague, stranger):
        for kind in ("draft", "summary"):
            with refused(NotFound):
                ask(chat, who, kind)
    Queue.objects.update(assisted=False)
    with refused(NotFound):
        ask(chat, agent)
    Queue.objects.update(assisted=True)
    settings.CONTACTCENTER_CHAT = {}
    with refused(NotFound):
        ask(chat, agent)
    settings.CONTACTCENTER_CHAT = {"ASSISTANT": {"base_url": "nowhere"}}  # a check says so
    with refused(NotFound):
        ask(chat, agent)


def test_in_wrap_up_there_are_summaries_alone(chat, agent):
    end_interaction(interaction_id=chat.pk, agent=agent)
    with refused(NotFound):
        ask(chat, agent)
    assert ask(chat, agent, "summary").state == "asked"


def test_what_is_ready_is_found_by_its_agent_in_its_chat_alone(chat, agent, center):
    row = written(chat, agent)
    assert ready(agent, chat.pk, row.pk, "draft") == row
    other = factories.accepted(factories.start_conversation(center.channel, customerId="another"))
    colleague = factories.make_agent(center.tenant, center.queue)
    stranger = factories.make_agent((foreign := factories.make_center()).tenant, foreign.queue)
    assert ready(agent, other.pk, row.pk, "draft") is None
    assert ready(colleague, chat.pk, row.pk, "draft") is None
    assert ready(stranger, chat.pk, row.pk, "draft") is None
    assert ready(agent, chat.pk, row.pk, "summary") is None
    assert ready(agent, chat.pk, "x" * 300, "draft") is None
    assert ready(agent, None, row.pk, "draft") is None


def test_what_is_made_of_it_is_noted_once(chat, agent):
    row = written(chat, agent)
    asking.note_used(row, " Yes, in three.\n")
    assert fresh(row, "is_edited") == (False,)
    asking.note_used(row, "No.")
    assert fresh(row, "is_edited") == (False,)
    assert newest(chat, agent, "draft") is None


def test_a_draft_marks_what_is_said_with_it_first(chat, agent):
    row, models = written(chat, agent), []
    about = {"conversation_id": chat.conversation_id, "agent": agent, "text": "No.", "say": models.append}
    asking.say_with_draft(draft_id="unknown", **about)
    asking.say_with_draft(draft_id=row.pk, **about)
    asking.say_with_draft(draft_id=row.pk, **about)
    assert models == ["", row.drafted_by, ""]
    assert fresh(row, "is_edited") == (True,)


def test_what_is_said_with_a_draft_and_refused_uses_nothing(chat, agent):
    row = written(chat, agent)

    def refuse(model):
        raise Conflict("No")

    with pytest.raises(Conflict):
        asking.say_with_draft(
            conversation_id=chat.conversation_id, agent=agent, draft_id=row.pk, text="No.", say=refuse
        )
    assert fresh(row, "used_at") == (None,)


def test_what_is_not_wanted(chat, agent):
    row = written(chat, agent)
    assert newest(chat, agent, "draft") == row
    asking.refuse(row)
    assert newest(chat, agent, "draft") is None


def test_erasing_takes_what_was_written(chat, agent):
    row = written(chat, agent)
    assert (row.text, len(row.sources)) == ("Yes, in three.", 1)
    open_one = ask(chat, agent)
    erase_conversation(conversation_id=chat.conversation_id)
    assert fresh(row, "state", "text", "sources") == ("ready", "", [])
    assert fresh(open_one, "state", "failure") == ("failed", "gone")
    assert write_all() == 0


def test_nothing_is_said_by_itself(chat, agent):
    messages = chat.conversation.messages
    before = list(messages.values_list("text", flat=True))
    assert written(chat, agent).text == DRAFT.partition(" [")[0]
    assert list(messages.values_list("text", flat=True)) == before
    assert QUESTION in before
    with nothing_written():
        assert write_all() == 0
