"""What is no more than thanks after the end."""

from datetime import timedelta

import pytest
from django.utils import timezone

from contactcenter_chat import signals
from contactcenter_chat.actions import conversations, messages, thanks
from contactcenter_chat.actions.center import interactions
from contactcenter_chat.models import Channel, Conversation, Interaction
from contactcenter_chat.queries.sentences import sentence
from tests import factories
from tests.facts import facts, fresh, owed


@pytest.mark.parametrize(
    "text",
    [
        "Thanks",
        "thank you!",
        "THANK YOU...",
        "Ok, thanks",
        "ok thank you",
        "Thanks 👍🏽",
        "👍",
        "Thanks :)",
        "thanks :D",
        "¡Muchas gracias!",
        "Vale, gracias",
        "Danke schön",
        "Tausend Dank!",
        "merci beaucoup",
        "D’accord, merci",
        "Diolch yn fawr",
        "Dziękuję",
        "Obrigada",
        "grazie mille",
        "  thanks \n",
    ],
)
def test_thanks(text):
    assert thanks.only_thanks(text)


@pytest.mark.parametrize(
    "text",
    [
        "Thanks, but it does not work",
        "thanks but",
        "Thanks?",
        "ok?",
        "¿ok",
        "ok؟",
        "no",
        "no thanks",
        "not ok",
        "you",
        "thank",
        "thanks thanks thanks thanks",
        "ok great thanks bye",
        "thanks gracias",  # of two languages
        "thanks 2",
        "thanks http://example.org",
        "thanks @maria",
        "thanks 😡",
        "😡",
        "",
        "   ",
        "...",
        ":)?",
        "help",
        "danke aber",
        "gracias pero",
    ],
)
def test_what_is_more_or_something_else(text):
    assert not thanks.only_thanks(text)


def test_other_words_by_the_settings(settings):
    assert not thanks.only_thanks("takk")
    settings.CONTACTCENTER_CHAT = {"THANKS": {"no": ["Takk", "mange takk"], "en": ["much obliged"]}}
    assert thanks.only_thanks("Mange takk!")
    assert thanks.only_thanks("Thanks, much obliged")
    assert thanks.only_thanks("gracias")
    assert not thanks.only_thanks("mange")


@pytest.fixture
def idle(center, agent, chat):
    """A conversation that its agent has ended a moment ago, on a channel that keeps thanks."""
    Channel.objects.update(keeps_thanks=True)
    interactions.end_interaction(interaction_id=chat.pk, agent=agent)
    return chat.conversation


def says(conversation, text="Thanks!", **more):
    return messages.add_message(conversation_id=conversation.pk, author_type="user", text=text, **more)


def number_of(conversation):
    return fresh(conversation, "last_number")[0]


def test_it_is_kept_and_nobody_is_asked(center, idle, agent, django_capture_on_commit_callbacks):
    before, heard = number_of(idle), []

    def listen(sender, entry, conversation, **kwargs):
        heard.append((entry.kind, conversation.pk))

    signals.customer_thanked.connect(listen)
    try:
        with django_capture_on_commit_callbacks(execute=True):
            message = says(idle)
    finally:
        signals.customer_thanked.disconnect(listen)
    assert [name for _n, name, _i, _data in facts(idle, after=before)] == ["message.added", "customer.thanked"]
    entry = idle.log.get(kind="customer.thanked")
    assert (entry.data, sentence(entry, {})) == (
        {"message_id": message.pk},
        "The customer said thanks: nobody is asked to answer.",
    )
    assert owed(idle, center.webhook, after=before) == []
    assert fresh(idle, "state", "open_interaction_id") == ("idle", None)
    assert Interaction.objects.count() == 1
    assert message.interaction_id is None


@pytest.mark.parametrize(
    "text",
    ["Thanks, but it does not work", "Thanks. Can I pay in parts?", "Where do I pay?", "thanks for that, Maria"],
)
def test_what_is_more_is_queued(idle, text):
    says(idle, text)
    assert fresh(idle, "state") == ("active",)
    assert Interaction.objects.filter(state="waiting").count() == 1
    assert not idle.log.filter(kind="customer.thanked").exists()


def test_so_is_what_has_a_file_or_a_card(idle):
    file = factories.make_attachment(idle)
    says(idle, attachments=[file.pk])
    assert fresh(idle, "state") == ("active",)


def test_so_is_what_is_said_elsewhere(idle):
    says(idle, external_provider={"name": "elsewhere"})
    assert fresh(idle, "state") == ("active",)


def test_so_is_what_follows_a_chat_that_nobody_answered(center):
    Channel.objects.update(keeps_thanks=True)
    conversation = factories.start_conversation(center.channel)
    conversations.leave_as_customer(conversation_id=conversation.pk)
    says(conversation, "ok")
    assert Interaction.objects.filter(conversation=conversation, state="waiting").exists()


def test_so_it_is_later(idle):
    Conversation.objects.update(last_ended_at=timezone.now() - timedelta(seconds=601))
    says(idle)
    assert fresh(idle, "state") == ("active",)


def test_so_it_is_on_other_channels(idle):
    Channel.objects.update(keeps_thanks=False)
    says(idle)
    assert fresh(idle, "state") == ("active",)


def test_while_somebody_is_there_it_is_a_message_as_any(center, agent, chat):
    Channel.objects.update(keeps_thanks=True)
    message = says(chat.conversation)
    assert message.interaction_id == chat.pk
    assert not chat.conversation.log.filter(kind="customer.thanked").exists()


def test_what_opens_it_afterwards_opens_it_as_ever(idle):
    says(idle)
    says(idle, "One more question")
    assert fresh(idle, "state") == ("active",)
