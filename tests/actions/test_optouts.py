"""Who wants no conversations that the business begins?"""

from datetime import timedelta

import pytest

from contactcenter_chat import signals
from contactcenter_chat.actions import optouts
from contactcenter_chat.actions.bots import starting
from contactcenter_chat.actions.cards import submit_card
from contactcenter_chat.actions.conversations import assign_to_queue, start_conversation, update_conversation
from contactcenter_chat.actions.messages import add_message
from contactcenter_chat.actions.upkeep.erasure import erase_customer
from contactcenter_chat.actions.upkeep.retention import purge
from contactcenter_chat.events import QUICK_REPLIES
from contactcenter_chat.exceptions import Conflict, Invalid, NotFound, OptedOut
from contactcenter_chat.models import (
    BotSpell,
    Channel,
    Conversation,
    Customer,
    Interaction,
    Message,
    OptOut,
    Webhook,
    clock,
)
from contactcenter_chat.queries.optouts import is_out as is_out_of
from tests import factories
from tests.facts import facts, fresh, refused

pytestmark = pytest.mark.django_db
GONE = "We will not write to you first any more. If you want us to again, write START."
BACK = "We may write to you first again. If you do not want that any more, write STOP."


@pytest.fixture
def center():
    center = factories.make_center()
    Webhook.objects.update(version="Chat Gateway v1.0")
    Channel.objects.update(bot="faq")
    center.channel = Channel.objects.get()
    return center


@pytest.fixture
def begun(center):
    customer = Customer.objects.create(tenant=center.tenant, name="Grace")
    return starting.start_with_bot(channel=center.channel, customer=customer, text="Your room is ready.", key="1")


def says(conversation, text, **options):
    return add_message(conversation_id=conversation.pk, author_type="user", text=text, **options)


def is_out():
    return Customer.objects.get().opted_out_at is not None


def centre_said(conversation):
    return list(conversation.messages.filter(author_type="system").order_by("number").values_list("text", flat=True))


def after(conversation, number):
    return [(kind, data.get("by")) for _number, kind, _interaction, data in facts(conversation, number)]


def test_stop_is_obeyed_and_confirmed_and_nobody_answers_it(begun):
    before = fresh(begun, "last_number")[0]
    says(begun, "Stop.")
    assert is_out()
    assert centre_said(begun) == [GONE]
    assert after(begun, before) == [("message.added", None), ("customer.opted_out", "user"), ("message.added", None)]
    spell = BotSpell.objects.get()
    assert (spell.due_at, spell.heard) == (None, before + 1)
    assert not Interaction.objects.exists()


def test_it_is_obeyed_when_all_is_over_and_opens_nothing(begun):
    BotSpell.objects.all().delete()
    type(begun).objects.update(state="idle", script="")
    says(begun, "STOP")
    assert is_out()
    assert fresh(begun, "state") == ("idle",)
    assert not Interaction.objects.exists()


def test_it_is_obeyed_while_an_agent_has_the_chat(begun, center):
    agent = factories.make_agent(center.tenant, center.queue)
    assign_to_queue(conversation_id=begun.pk)
    assert factories.accepted(begun).agent == agent
    says(begun, "STOP")
    assert is_out()
    assert fresh(begun, "control") == ("agent",)


def test_start_takes_it_back(begun):
    says(begun, "STOP")
    says(begun, "start")
    assert not is_out()
    assert centre_said(begun) == [GONE, BACK]


def test_said_twice_it_is_confirmed_twice_and_noted_once(begun):
    says(begun, "STOP")
    says(begun, "STOP")
    assert centre_said(begun) == [GONE, GONE]
    kinds = [kind for _number, kind, _interaction, _data in facts(begun)]
    assert kinds.count("customer.opted_out") == 1


def test_the_same_request_twice_is_one(begun):
    says(begun, "STOP", client_id="1")
    says(begun, "STOP", client_id="1")
    assert centre_said(begun) == [GONE]


def test_start_means_nothing_to_who_is_not_out(begun):
    says(begun, "Start")
    assert centre_said(begun) == []
    assert BotSpell.objects.get().due_at is not None


def test_more_than_the_word_is_no_such_word(begun):
    says(begun, "Stop, I have a question")
    assert not is_out()
    assert BotSpell.objects.get().due_at is not None


def test_what_the_bot_has_still_to_answer_it_answers(begun):
    says(begun, "Where is it?")
    heard = BotSpell.objects.get().heard
    says(begun, "STOP")
    assert BotSpell.objects.get().due_at is not None
    assert BotSpell.objects.get().heard == heard


def test_in_the_customers_own_conversation_it_is_a_word_like_others(center):
    Channel.objects.update(bot="")
    conversation = start_conversation(channel=Channel.objects.get(), data={})
    says(conversation, "STOP")
    assert not is_out()
    assert Interaction.objects.count() == 1


def test_in_the_customers_language(center):
    customer = Customer.objects.create(tenant=center.tenant, language="es")
    conversation = starting.start_with_bot(channel=center.channel, customer=customer, text="Hola", key="1")
    says(conversation, "Baja")
    assert centre_said(conversation) == [
        "Ya no le escribiremos primero. Si quiere que volvamos a hacerlo, escriba START."
    ]


@pytest.fixture
def chat(center):
    """A chat that the agent has."""
    Channel.objects.update(bot="")
    agent = factories.make_agent(center.tenant, center.queue)
    conversation = factories.start_conversation(Channel.objects.get())
    factories.accepted(conversation)
    return conversation, agent


def test_an_agent_notes_it_and_takes_it_back(chat):
    conversation, agent = chat
    before = fresh(conversation, "last_number")[0]
    for out in (True, True, False):
        customer = optouts.set_opted_out(conversation_id=conversation.pk, agent=agent, opted_out=out)
        assert (customer.opted_out_at is not None) is out
    told = [(kind, data) for _number, kind, _interaction, data in facts(conversation, before)]
    assert told == [
        ("customer.opted_out", {"by": "agent", "agent_id": agent.pk}),
        ("customer.opted_in", {"by": "agent", "agent_id": agent.pk}),
    ]


def test_only_the_agent_of_the_chat_does(chat, center):
    conversation, _agent = chat
    other = factories.make_agent(center.tenant, center.queue)
    with refused(Conflict):
        optouts.set_opted_out(conversation_id=conversation.pk, agent=other, opted_out=True)


def test_to_an_agent_of_elsewhere_it_is_not_there(chat):
    conversation, _agent = chat
    other = factories.make_center("other")
    stranger = factories.make_agent(other.tenant, other.queue)
    with refused(NotFound):
        optouts.set_opted_out(conversation_id=conversation.pk, agent=stranger, opted_out=True)


def test_the_application_says_it_from_the_beginning(center):
    conversation = start_conversation(channel=center.channel, data={"name": "Grace", "optedOut": "true"})
    assert is_out()
    assert ("customer.opted_out", "client") in after(conversation, 0)


def test_the_application_changes_it(center):
    conversation = start_conversation(channel=center.channel, data={"name": "Grace"})
    update_conversation(conversation_id=conversation.pk, data={"optedOut": "True"}, merge=True)
    assert is_out()
    update_conversation(conversation_id=conversation.pk, data={"optedOut": "false"}, merge=True)
    assert not is_out()


def test_what_it_sends_along_each_time_takes_nothing_back(begun):
    update_conversation(conversation_id=begun.pk, data={"optedOut": "false"}, merge=True)
    says(begun, "STOP")
    update_conversation(conversation_id=begun.pk, data={"optedOut": "false", "name": "G"}, merge=True)
    start_conversation(channel=begun.channel, data={"optedOut": "false"})
    assert Customer.objects.filter(opted_out_at__isnull=False).count() == 1


def test_data_that_say_nothing_of_it_change_nothing(center):
    conversation = start_conversation(channel=center.channel, data={"name": "Grace", "optedOut": "true"})
    update_conversation(conversation_id=conversation.pk, data={"name": "Ada"})
    assert is_out()


def test_it_is_kept_when_the_customer_is_forgotten_and_says_nothing_of_who_it_was(begun):
    says(begun, "STOP")
    erase_customer(customer_id=begun.customer_id)
    assert is_out()
    assert fresh(begun, "erased_at")[0] is not None
    assert set(Message.objects.values_list("text", flat=True)) == {""}


def others(customer, **known):
    return Customer.objects.create(tenant=customer.tenant, **known)


def begin(center, customer, key):
    return starting.start_with_bot(channel=center.channel, customer=customer, text="Your room is ready.", key=key)


def test_it_holds_for_everybody_with_the_same_address(center):
    first = Customer.objects.create(tenant=center.tenant, email="Grace@example.org")
    says(begin(center, first, "1"), "STOP")
    same = others(first, email="grace@Example.org")
    with refused(OptedOut):
        begin(center, same, "2")
    stranger = factories.make_center("other").tenant
    assert not is_out_of(Customer.objects.create(tenant=stranger, email="grace@example.org"))
    assert not is_out_of(others(first, email="ada@example.org"))
    assert not is_out_of(others(first))


def test_it_outlasts_the_customers_row(center, settings):
    settings.CONTACTCENTER_CHAT = {"CONVERSATION_KEEP_DAYS": 1}
    customer = Customer.objects.create(tenant=center.tenant)
    customer.identities.create(tenant=center.tenant, kind="customer_id", value="4711")
    says(begin(center, customer, "1"), "STOP")
    long_ago = clock.now() - timedelta(days=3)
    Conversation.objects.update(last_active_at=long_ago, last_ended_at=long_ago, state="idle")
    Customer.objects.update(created_at=long_ago)
    purge()
    assert not Customer.objects.exists()
    again = Customer.objects.create(tenant=center.tenant)
    again.identities.create(tenant=center.tenant, kind="customer_id", value="4711")
    with refused(OptedOut):
        begin(center, again, "2")
    assert "4711" not in OptOut.objects.get().digest


def test_taken_back_for_the_address_it_holds_for_who_said_it(center):
    first = Customer.objects.create(tenant=center.tenant, email="grace@example.org")
    second = others(first, email="grace@example.org")
    begun = begin(center, second, "1")
    says(begin(center, first, "2"), "STOP")
    assert is_out_of(second)
    says(begun, "START")
    assert centre_said(begun) == [BACK]
    assert is_out_of(Customer.objects.get(pk=first.pk))
    assert not is_out_of(second)
    assert not OptOut.objects.exists()


BUTTONS = {"options": [{"title": "Where is it?", "data": "where"}, {"title": "Stop", "data": "no more"}]}


@pytest.mark.parametrize("pressed", [{"title": "Stop"}, {"data": "no more"}])
def test_a_button_that_is_pressed_is_such_a_word(begun, pressed):
    message = add_message(conversation_id=begun.pk, author_type="bot", cards=[(QUICK_REPLIES, BUTTONS)])
    card = message.cards.get()
    for _repeated in range(2):
        submit_card(conversation_id=begun.pk, card_id=card.pk, given=pressed)
    assert is_out()
    assert centre_said(begun) == [GONE]
    assert BotSpell.objects.get().due_at is None


@pytest.mark.parametrize("pressed", [{"title": "Where is it?"}, {"title": "none"}, [], "Stop"])
def test_other_buttons_are_none(begun, pressed):
    message = add_message(conversation_id=begun.pk, author_type="bot", cards=[(QUICK_REPLIES, BUTTONS)])
    try:
        submit_card(conversation_id=begun.pk, card_id=message.cards.get().pk, given=pressed)
    except Invalid:
        assert pressed != {"title": "Where is it?"}
    assert not is_out()
    assert (BotSpell.objects.get().due_at is not None) is (pressed == {"title": "Where is it?"})


def test_signals_are_sent(begun, django_capture_on_commit_callbacks):
    heard = []

    def listen(sender, entry, conversation, **kwargs):
        heard.append((entry.kind, conversation.pk))

    for signal in (signals.customer_opted_out, signals.customer_opted_in):
        signal.connect(listen)
    try:
        with django_capture_on_commit_callbacks(execute=True):
            says(begun, "STOP")
            says(begun, "START")
    finally:
        for signal in (signals.customer_opted_out, signals.customer_opted_in):
            signal.disconnect(listen)
    assert heard == [("customer.opted_out", begun.pk), ("customer.opted_in", begun.pk)]
