"""What the customer wants to know now is what was said since somebody answered, if that is enough to go by."""

import pytest

from contactcenter_chat.actions import messages
from contactcenter_chat.queries.questions import asked_in, text_of
from tests import factories

pytestmark = pytest.mark.django_db


@pytest.fixture
def chat(db):
    center = factories.make_center()
    factories.make_agent(center.tenant, center.queue)
    return factories.accepted(factories.start_conversation(center.channel, history=["Hello"]))


def say(chat, *lines):
    """Lines of the customer; those of the agent begin with a dash."""
    for line in lines:
        by = {"author_type": "agent", "agent": chat.agent} if line.startswith("-") else {"author_type": "user"}
        messages.add_message(conversation_id=chat.conversation_id, text=line.lstrip("- "), **by)


@pytest.mark.parametrize(
    ("said", "asked"),
    [
        ([], None),
        (["- Hello, how can I help?"], None),
        (["Hi"], "Hi"),
        (["Hi", "can I pay", "in parts?", "or later?"], "can I pay\nin parts?\nor later?"),
        (["Can I pay in parts?", "- Yes.", "And where is the library, please?"], "And where is the library, please?"),
        (["Can I pay in parts?", "- Yes.", "really?"], "Can I pay in parts?\nreally?"),
        (["Can I pay in parts?", "- Yes."], "Can I pay in parts?"),
        (["one", "- a", "two", "- b", "three", "- c", "four"], "two\nthree\nfour"),
    ],
)
def test_what_is_asked(chat, said, asked):
    say(chat, *said)
    found = asked_in(chat.conversation)
    assert (found and found.text) == asked
    if found and "- " not in "".join(said):
        assert text_of(chat.conversation_id, found.first, found.last) == found.text


def test_it_is_no_longer_than_a_model_reads(chat):
    say(chat, "x" * 15_000)
    assert len(asked_in(chat.conversation).text) == 1500
