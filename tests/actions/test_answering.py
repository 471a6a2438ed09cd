"""Who answers a customer: the channel's provider says it, here it is written down."""

import pytest
from django.core.exceptions import ImproperlyConfigured
from django.db import transaction

from contactcenter_chat.actions import answering
from contactcenter_chat.actions.bots.after_agent import assign_post_agent
from contactcenter_chat.actions.center import interactions
from contactcenter_chat.models import Conversation, Interaction, Participant
from contactcenter_chat.providers.base import Nobody, Provider, ToBot, ToQueue, ToRemote
from tests import factories
from tests.facts import facts, fresh, nothing_written, owed, refused


class Says(Provider):
    """Says what it was made with, and counts how often it is asked."""

    name = "ours"

    def __init__(self, answer):
        super().__init__()
        self.answer, self.asked = answer, 0

    def answered_by(self, conversation):
        self.asked += 1
        return self.answer


@pytest.fixture
def bots(settings):
    settings.CONTACTCENTER_CHAT = {"BOTS": ("guide",), "LIVE_HINTS": False}


@pytest.fixture
def idle(conversation):
    """A conversation that its customer has left; its log ends with 6, ``conversation.idled``."""
    end(conversation)
    return conversation


def have(conversation, provider=None):
    with transaction.atomic():
        answering.have_answered(Conversation.objects.lock(conversation.pk), provider)


def end(conversation):
    with transaction.atomic():
        answering.end_for_customer(Conversation.objects.lock(conversation.pk))


def customer_left_at():
    return Participant.objects.get(type="user").left_at


# Who


def test_a_queue(center, idle):
    fees = factories.make_queue(center.tenant, "Fees")
    have(idle, Says(ToQueue(fees)))
    opened = Interaction.objects.get(state="waiting")
    assert facts(idle, after=6) == [
        (7, "conversation.activated", opened.pk, {}),
        (8, "interaction.queued", opened.pk, {"queue_id": fees.pk, "queue_name": "Fees"}),
    ]
    assert owed(idle, center.webhook, after=6) == [(8, "QUEUED")]
    assert fresh(idle, "state", "open_interaction_id", "last_queue_id") == ("active", opened.pk, fees.pk)


def test_a_bot(bots, idle):
    have(idle, Says(ToBot("guide")))
    assert facts(idle, after=6) == [(7, "conversation.assigned", None, {"to": "script", "id": "guide"})]
    assert fresh(idle, "state", "script", "open_interaction_id") == ("active", "guide", None)


def test_a_remote_centre(idle):
    Conversation.objects.update(is_remote=True)
    have(idle, Says(ToRemote()))
    assert facts(idle, after=6) == [(7, "conversation.activated", None, {})]
    assert fresh(idle, "state", "open_interaction_id") == ("active", None)


def test_nobody(idle):
    have(idle, Says(Nobody()))
    assert facts(idle, after=6) == []
    assert fresh(idle, "state", "open_interaction_id", "script") == ("idle", None, "")


@pytest.mark.parametrize("answer", [None, ToBot("unknown"), ToRemote()], ids=["nothing", "no bot", "not remote"])
def test_what_is_no_answer(bots, idle, answer):
    with refused(ImproperlyConfigured):
        have(idle, Says(answer))


@pytest.mark.parametrize("answer", [ToBot("guide"), Nobody()], ids=["a bot", "nobody"])
def test_the_customer_is_back_whoever_answers(bots, idle, answer):
    assert customer_left_at() is not None
    have(idle, Says(answer))
    assert customer_left_at() is None


def test_the_customer_is_back_in_a_queue(idle):
    have(idle)
    assert customer_left_at() is None


def test_the_customer_is_back_at_a_remote_centre(idle):
    Conversation.objects.update(is_remote=True)
    have(idle, Says(ToRemote()))
    assert customer_left_at() is None


def test_by_default_the_channels_provider_says_it(center, idle):
    have(idle)
    assert Interaction.objects.get(state="waiting").queue == center.queue


# While somebody does nobody is asked


def test_while_it_waits_or_is_handled(conversation, agent):
    provider = Says(Nobody())
    with nothing_written():
        have(conversation, provider)
    factories.accepted(conversation)
    with nothing_written():
        have(conversation, provider)
    assert provider.asked == 0


def test_while_a_bot_answers(bots, idle):
    provider = Says(ToBot("guide"))
    have(idle, provider)
    with nothing_written():
        have(idle, provider)
    assert provider.asked == 1


def test_while_the_bot_of_after_the_agent_has_it(center, agent, chat):
    with_bot(center, agent, chat)
    provider = Says(Nobody())
    with nothing_written():
        have(chat.conversation, provider)
    assert provider.asked == 0


def with_bot(center, agent, chat):
    bot = factories.make_webhook(center.tenant, version="Chat Gateway v1.0")
    assign_post_agent(conversation_id=chat.conversation_id, webhook_id=bot.pk)
    interactions.end_interaction(interaction_id=chat.pk, agent=agent)


# The customer ends it


def test_the_customer_ends_what_waits(conversation):
    end(conversation)
    kinds = [kind for _number, kind, *_about in facts(conversation, after=3)]
    assert kinds == ["customer.left", "interaction.ended", "conversation.idled"]
    assert fresh(conversation, "state", "open_interaction_id") == ("idle", None)
    assert customer_left_at() is not None


def test_the_customer_ends_what_a_bot_has(bots, idle):
    have(idle, Says(ToBot("guide")))
    end(idle)
    assert [kind for _number, kind, *_about in facts(idle, after=7)] == ["customer.left", "conversation.idled"]
    assert fresh(idle, "state", "script") == ("idle", "")
    assert customer_left_at() is not None


def test_the_customer_ends_what_the_bot_of_after_the_agent_has(center, agent, chat):
    with_bot(center, agent, chat)
    end(chat.conversation)
    assert [kind for _number, kind, *_about in facts(chat.conversation, after=8)] == [
        "customer.left",
        "conversation.idled",
    ]
    assert fresh(chat.conversation, "state") == ("idle",)


def test_the_customer_ends_what_a_remote_centre_has(idle):
    Conversation.objects.update(is_remote=True)
    have(idle, Says(ToRemote()))
    end(idle)
    kinds = [kind for _number, kind, *_about in facts(idle, after=7)]
    assert (kinds[0], kinds[-1]) == ("customer.left", "conversation.idled")
    assert fresh(idle, "state") == ("idle",)
    assert customer_left_at() is not None


@pytest.mark.parametrize("is_remote", [False, True])
def test_where_nothing_goes_on_nothing_ends(idle, is_remote):
    Conversation.objects.update(is_remote=is_remote)
    with nothing_written():
        end(idle)
