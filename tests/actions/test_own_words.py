"""What the app itself says in a conversation."""

import pytest

from contactcenter_chat.actions import own_words
from contactcenter_chat.actions.conversations import start_conversation
from tests.factories import make_center
from tests.facts import facts, fresh, locked

pytestmark = pytest.mark.django_db


def test_it_is_the_next_of_the_log():
    conversation = start_conversation(channel=make_center().channel, data={})
    before = fresh(conversation, "last_number")[0]
    message = locked(own_words.say, conversation, "We are closed.")
    participant = conversation.participants.get(type="system")
    assert (message.number, message.author_type, message.text) == (before + 1, "system", "We are closed.")
    data = facts(conversation, before)[0][3]
    assert data["participant_id"] == participant.pk
    assert not {"text", "bot", "courtesy"} & data.keys()


def test_a_bots_words_are_known_as_such():
    conversation = start_conversation(channel=make_center().channel, data={})
    before = fresh(conversation, "last_number")[0]
    locked(own_words.say, conversation, "Soon.", author_type="bot", bot="faq", courtesy=True)
    data = facts(conversation, before)[0][3]
    assert (data["author_type"], data["bot"], data["courtesy"]) == ("bot", "faq", True)
