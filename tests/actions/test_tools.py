"""Functions of the project are called once, by whoever may, and what they write stands or falls with the fact."""

import math
import re
from concurrent.futures import ThreadPoolExecutor
from types import SimpleNamespace

import pytest
from django.core import mail
from django.db import connection

from contactcenter_chat.actions.conversations import erase_conversation
from contactcenter_chat.actions.tools import NotConfirmed, NotVerified, call_tool
from contactcenter_chat.actions.verification import check_code, send_code
from contactcenter_chat.exceptions import Conflict, InvalidFields, NotFound
from contactcenter_chat.models import Customer, Queue, ToolCall
from contactcenter_chat.tools.registry import contact_tool
from tests import factories
from tests.facts import facts, fresh, refused

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("own_tools")]
OPENED = {"name": "Rooms", "size": "l", "day": "2026-12-01"}


@pytest.fixture
def center():
    return factories.make_center()


@pytest.fixture
def chat(center):
    conversation = factories.start_conversation(center.channel, email="grace@example.org")
    factories.make_agent(center.tenant, center.queue)
    return SimpleNamespace(conversation=conversation, agent=factories.accepted(conversation).agent)


def verify(conversation):
    """The customer has given back a code."""
    send_code(conversation_id=conversation.pk)
    check_code(conversation_id=conversation.pk, code=re.search("[0-9]{6}", mail.outbox[-1].body)[0])


def call(conversation, tool, key="k1", **options):
    return call_tool(
        conversation_id=conversation.pk, tool=tool, key=key, **{"bot": "helper", "arguments": {}, **options}
    )


class TestCalling:
    def test_by_a_bot(self, center, own_tools):
        conversation = factories.start_conversation(center.channel)
        before = conversation.last_number + 1
        done = call(conversation, "add_up", arguments={"first": 3})
        assert fresh(done, "tool", "arguments", "state", "result", "bot", "agent", "identity") == (
            "add_up", {"first": 3}, "done", "It is 5.", "helper", None, "claimed",
        )  # fmt: skip
        data = {"tool": "add_up", "state": "done", "call_id": done.pk, "bot": "helper", "agent_id": ""}
        assert facts(conversation, after=before - 1) == [(before, "tool.called", None, data)]
        calling, first, second = own_tools.CALLED.pop()
        assert (calling.customer, calling.bot, calling.agent, calling.key) == (
            conversation.customer, "helper", None, "k1",
        )  # fmt: skip
        assert (first, second) == (3, 2)

    def test_by_an_agent(self, chat):
        done = call(chat.conversation, "add_up", arguments={"first": "3", "second": "4"}, agent=chat.agent, bot="")
        assert (done.result, done.agent_id, done.bot) == ("It is 7.", chat.agent.pk, "")

    def test_the_same_again(self, center, own_tools):
        conversation = factories.start_conversation(center.channel)
        done = call(conversation, "add_up", arguments={"first": 3})
        again = call(conversation, "add_up", arguments={"first": 3})
        assert (again.pk, len(own_tools.CALLED)) == (done.pk, 1)
        with refused(Conflict):
            call(conversation, "add_up", arguments={"first": 4})
        with refused(Conflict):
            call(conversation, "break_it", arguments={"how": "raise"})

    def test_the_same_again_is_told_in_the_same_order(self, chat, own_tools):
        verify(chat.conversation)
        about = {"arguments": {"name": "Rooms", "size": "l"}, "is_confirmed": True}
        done, again = (call(chat.conversation, "open_queue", **about) for _ in range(2))
        assert again.pk == done.pk
        assert [name for name, _value in again.result_lines] == ["queue", "size", "day", "price"]
        assert list(again.told.items()) == list(done.told.items()) == done.result_lines
        erase_conversation(conversation_id=chat.conversation.pk)
        again.refresh_from_db()
        assert (again.told, again.result_lines, again.result_order) == (None, [], [])

    def test_one_that_writes_here(self, chat):
        call(chat.conversation, "rename", arguments={"name": "Grace"}, bot="", agent=chat.agent)
        kinds = [kind for _, kind, _, _ in facts(chat.conversation)][-2:]
        assert kinds == ["conversation.updated", "tool.called"]

    def test_with_a_code_and_a_yes(self, chat):
        verify(chat.conversation)
        done = call(chat.conversation, "open_queue", arguments=OPENED, is_confirmed=True)
        assert done.result == {"queue": "Rooms", "size": "l", "day": "2026-12-01", "price": "1"}
        assert Queue.objects.filter(name="Rooms").exists()


@pytest.mark.parametrize(
    "how", ["raise", "database", "return", "caught", pytest.param("later", marks=pytest.mark.postgresql)]
)
def test_what_fails_writes_nothing(center, how, caplog):
    conversation = factories.start_conversation(center.channel)
    done = call(conversation, "break_it", arguments={"how": how})
    raised = {"raise": "RuntimeError", "return": "TypeError", "caught": "RuntimeError"}
    assert (done.state, done.result) == ("failed", raised.get(how, "IntegrityError"))
    assert not Queue.objects.filter(name="Broken").exists()
    assert facts(conversation)[-1][1:3] == ("tool.called", None)
    assert call(conversation, "break_it", arguments={"how": how}).pk == done.pk


class TestRefused:
    def test_what_is_not_there_or_not_the_callers(self, chat):
        conversation, agent = chat.conversation, chat.agent
        for name, who in [
            ("nothing", {}),
            ("rename", {}),
            ("add_up", {"bot": "faq"}),
            ("open_queue", {"bot": "", "agent": agent}),
        ]:
            with refused(NotFound):
                call(conversation, name, **who)

    def test_who_is_not_in_the_chat(self, chat, center):
        other = factories.make_agent(center.tenant, center.queue)
        with refused(Conflict):
            call(chat.conversation, "add_up", arguments={"first": 1}, bot="", agent=other)
        with refused(Conflict):
            call(chat.conversation, "add_up", arguments={"first": 1}, bot="")

    def test_another_contact_centre(self, chat):
        other = factories.make_tenant().tenant
        with refused(NotFound):
            call(chat.conversation, "add_up", arguments={"first": 1}, tenant_id=other.pk)

    def test_arguments(self, chat):
        with refused(InvalidFields):
            call(chat.conversation, "add_up", arguments={"first": "x"})
        with refused(Conflict):
            call(chat.conversation, "add_up", arguments={"first": 1}, key="k" * 129)
        with refused(Conflict):
            call(chat.conversation, "add_up", arguments={"first": 1}, key="")

    def test_who_is_not_verified(self, chat):
        with refused(NotVerified):
            call(chat.conversation, "open_queue", arguments=OPENED, is_confirmed=True)

    def test_what_nobody_has_confirmed(self, chat):
        verify(chat.conversation)
        with refused(NotConfirmed):
            call(chat.conversation, "open_queue", arguments=OPENED)


def test_what_is_returned_can_be_kept(center):
    conversation = factories.start_conversation(center.channel)

    @contact_tool(bots=["helper"])
    def odd(calling):
        """Return what no database keeps."""
        return {"a\x00": ["b\ud800", 1, None]}

    assert call(conversation, "odd").result == {"a\ufffd": ["b\ufffd", 1, None]}


def test_a_code_is_for_an_address_alone(chat, center):
    """A row that another conversation only claims to be of is not shown by it."""
    verify(chat.conversation)
    Customer.objects.update(email="ada@example.org")
    with refused(NotVerified):
        call(chat.conversation, "open_queue", arguments=OPENED, is_confirmed=True)


def test_what_is_left_when_a_conversation_is_erased(center):
    conversation = factories.start_conversation(center.channel)
    done = call(conversation, "add_up", arguments={"first": 3})
    erase_conversation(conversation_id=conversation.pk)
    assert fresh(done, "tool", "state", "arguments", "result") == ("add_up", "done", {}, None)


@pytest.mark.postgresql
@pytest.mark.django_db(transaction=True)
def test_two_at_once(center, own_tools):
    conversation = factories.start_conversation(center.channel)

    def one(_):
        try:
            return call(conversation, "add_up", arguments={"first": 3}).pk
        finally:
            connection.close()

    with ThreadPoolExecutor(8) as threads:
        assert len(set(threads.map(one, range(16)))) == 1
    assert (ToolCall.objects.count(), len(own_tools.CALLED)) == (1, 1)


@pytest.mark.parametrize(
    ("size", "others"),
    [
        (1e23, [1e22, 1e24, math.nextafter(1e23, 2e23)]),
        (1e22, [1e23, math.nextafter(1e22, 0)]),
        (1.7976931348623157e308, [1e308]),
        (0.1, [0.10000000000000002]),
        (10**22, [10**22 + 2**22]),
    ],
)
def test_a_large_number_is_the_same_the_second_time_and_no_other_is(center, own_tools, size, others):
    @contact_tool(bots=["helper"])
    def weigh(calling, size: float) -> str:
        """Say how heavy something is."""
        return f"It is {size}."

    conversation = factories.start_conversation(center.channel)
    first = call(conversation, "weigh", arguments={"size": size})
    assert call(conversation, "weigh", arguments={"size": size}) == first
    assert call(conversation, "weigh", arguments={"size": str(size)}) == first
    for other in others:
        with pytest.raises(Conflict):
            call(conversation, "weigh", arguments={"size": other})
    assert ToolCall.objects.count() == 1
