"""What happens at a remote centre, as its callbacks tell it."""

from datetime import timedelta

import pytest
from django.db import transaction
from django.utils import timezone

from contactcenter_chat import events
from contactcenter_chat.actions.messages import add_message
from contactcenter_chat.actions.remote import hearing
from contactcenter_chat.models import Attachment, Conversation, Interaction, Message, Participant
from tests.factories import start_conversation
from tests.facts import facts, fresh, nothing_written

SAID = ("author_type", "text", "number", "client_id", "interaction_id", "created_at", "delivery_state")
FILE = {"id": "f-1", "type": "image", "file_name": "map.png", "url": "https://there.test/map.png"}


@pytest.fixture
def own(here):
    """A conversation that the centre is to answer; its log ends with 2, ``conversation.activated``."""
    return start_conversation(here.channel)


@pytest.fixture
def now():
    return timezone.now()


def words(text="Hello", author_type=events.AGENT, **fields):
    who = {"agent_id": "ada", "agent_first_name": "Ada", "agent_last_name": "Lovelace"}
    who = who if author_type == events.AGENT else {}
    return events.MessageAdded(
        message_id="", author_type=author_type, participant_id="", text=text, **{**who, **fields}
    )


def hear(conversation, event, at, event_id="e-1"):
    with transaction.atomic():
        conversation = Conversation.objects.lock(conversation.pk)
        hearing.apply_event(conversation, event, at=at, event_id=event_id, reports_idle=False)


def read(conversation, until, at=None):
    with transaction.atomic():
        conversation = Conversation.objects.lock(conversation.pk)
        hearing.note_read(conversation, until, agent_id="ada", at=at or timezone.now())


def joins(conversation, at):
    hear(conversation, events.AgentJoined(agent_id="ada", first_name="Ada", last_name="Lovelace"), at, "joined")


# Words


def test_what_an_agent_says_there(own, now):
    joins(own, now)
    episode, at = Interaction.objects.get(), now + timedelta(seconds=9)
    hear(own, words(), at)
    message, ada = Message.objects.get(), Participant.objects.get(type="agent")
    told = {
        "message_id": message.pk,
        "author_type": "agent",
        "participant_id": ada.pk,
        "agent_id": "ada",
        "agent_first_name": "Ada",
        "agent_last_name": "Lovelace",
        "history": False,
    }
    assert facts(own, after=3) == [(4, "message.added", episode.pk, told)]
    assert fresh(message, *SAID) == ("agent", "Hello", 4, "e-1", episode.pk, at, "")
    assert message.participant == ada
    assert fresh(own, "last_word_by", "last_word_at") == ("agent", at)
    assert fresh(episode, "first_reply_at") == (at,)


def test_the_same_callback_again_says_nothing_new(own, now):
    hear(own, words(), now)
    with nothing_written():
        hear(own, words("Something else"), now)


@pytest.mark.parametrize("length", [64, 65, 128])
def test_however_long_its_id_is(own, now, length):
    event_id = "e" * length
    hear(own, words(), now, event_id)
    with nothing_written():
        hear(own, words(), now, event_id)
    kept = Message.objects.get().client_id
    assert (kept == event_id, len(kept)) == (length == 64, 64)
    hear(own, words(), now, event_id[:-1] + "f")
    assert Message.objects.count() == 2


def test_only_the_first_reply_is_the_first(own, now):
    joins(own, now)
    hear(own, words(), now + timedelta(seconds=5))
    hear(own, words(), now + timedelta(seconds=9), "e-2")
    assert fresh(Interaction.objects.get(), "first_reply_at") == (now + timedelta(seconds=5),)


@pytest.mark.parametrize(("seconds", "last"), [(-1, "user"), (0, "agent"), (1, "agent")])
def test_what_was_said_before_is_not_the_last_word(own, seconds, last):
    message = add_message(conversation_id=own.pk, author_type=events.CUSTOMER, text="Hi")
    at = message.created_at + timedelta(seconds=seconds)
    hear(own, words(), at)
    assert fresh(own, "last_word_by", "last_word_at") == (last, max(at, message.created_at))


def test_what_a_bot_says_there(own, now):
    joins(own, now)
    hear(own, words(author_type=events.BOT), now + timedelta(seconds=1))
    message = Message.objects.get()
    assert (message.author_type, message.participant.type, message.participant.remote_id) == ("bot", "bot", "")
    assert fresh(Interaction.objects.get(), "first_reply_at") == (None,)


def test_its_files_are_expected(own, now):
    hear(own, words(text="", attachments=(FILE,)), now)
    (file,) = Attachment.objects.filter(message=Message.objects.get())
    assert (file.name, file.remote_id, file.source, file.state) == ("map.png", "f-1", FILE["url"], "receiving")


def test_what_else_happens_there_is_settled(own, now):
    hear(own, events.InteractionQueued(queue_id="q", queue_name="Help"), now)
    assert [kind for _number, kind, *_about in facts(own, after=2)] == ["interaction.queued"]
    assert Interaction.objects.get().state == "waiting"


# Read


def test_an_agent_there_has_read_it(own):
    sent = add_message(conversation_id=own.pk, author_type=events.CUSTOMER, text="Hi")
    Message.objects.update(delivery_state="sent")
    read(own, sent.created_at)
    ada = Participant.objects.get(type="agent")
    told = {
        "participant_id": ada.pk,
        "author_type": "agent",
        "agent_id": "ada",
        "read_at": int(sent.created_at.timestamp() * 1000),
    }
    changed = {"message_id": sent.pk, "state": "read", "reason": ""}
    assert facts(own, after=3) == [
        (4, "messages.read", None, told),
        (5, "message.state_changed", None, changed),
    ]
    assert fresh(ada, "read_at", "remote_id") == (sent.created_at, "ada")
    assert fresh(sent, "delivery_state") == ("read",)
    with nothing_written():
        read(own, sent.created_at - timedelta(seconds=1))
        read(own, sent.created_at)


@pytest.mark.parametrize(
    ("state", "read_state"),
    [("sent", "read"), ("delivered", "read"), ("queued", "queued"), ("failed", "failed"), ("", "")],
)
def test_only_what_has_arrived_is_read(own, state, read_state):
    message = add_message(conversation_id=own.pk, author_type=events.CUSTOMER, text="Hi")
    Message.objects.update(delivery_state=state)
    read(own, message.created_at)
    assert fresh(message, "delivery_state") == (read_state,)


def test_what_was_said_since_is_not_read(own):
    message = add_message(conversation_id=own.pk, author_type=events.CUSTOMER, text="Hi")
    Message.objects.update(delivery_state="sent")
    read(own, message.created_at - timedelta(milliseconds=1))
    assert fresh(message, "delivery_state") == ("sent",)


def test_nobody_has_read_what_is_not_said_yet(own):
    read(own, timezone.now() + timedelta(hours=1), at=timezone.now() + timedelta(hours=1))
    ada = Participant.objects.get(type="agent")
    assert ada.read_at <= timezone.now()
    assert ada.joined_at <= timezone.now()
    assert own.log.latest("number").at <= timezone.now()
