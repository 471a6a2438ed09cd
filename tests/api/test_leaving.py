"""Is what a client shows of a customer's leaving shown in transcripts too, and in no case in the customer's way?"""

import pytest

from contactcenter_chat.actions.conversations import erase_conversation
from contactcenter_chat.isolates import unturned
from contactcenter_chat.models import Interaction, LogEntry
from contactcenter_chat.queries.log_lines import read_after
from contactcenter_chat.queries.transcripts import transcripts_of
from tests.factories import start_conversation

from .chat_gateway_v1.caller import Gateway

BYE = "Grace closed the window"


@pytest.fixture
def conversation(center):
    return start_conversation(center.channel)


@pytest.fixture
def leave(api, center, conversation):
    """The customer leaves, by either API, with this body."""

    path = f"conversations/{conversation.pk}/participants"

    def leave(wire, body):
        if wire == "v1":
            return Gateway(center).patch(f"{path}/user", {"removed": True, **body})
        return api.call("DELETE", f"{path}/customer", body)

    return leave


def lines(conversation):
    (transcript,) = transcripts_of([conversation])
    read = transcript.lines, read_after(conversation, 0).lines
    return [[unturned(line.text) for line in lines] for lines in read]


@pytest.mark.parametrize("wire", ["v1", "v2"])
def test_what_is_shown_of_it_is_a_line(leave, conversation, wire):
    assert leave(wire, {"displayMessage": f" {BYE} "}).status_code == 204
    for shown in lines(conversation):
        assert f"The customer left: {BYE}" in shown
    erase_conversation(conversation_id=conversation.pk)
    assert BYE not in str(list(LogEntry.objects.values_list("data", flat=True)))
    for shown in lines(conversation):
        assert "The customer left." in shown


@pytest.mark.parametrize("body", [{}, {"displayMessage": None}, {"displayMessage": "  "}])
@pytest.mark.parametrize("wire", ["v1", "v2"])
def test_without_it_there_is_the_usual_line(leave, conversation, wire, body):
    assert leave(wire, body).status_code == 204
    assert "The customer left." in lines(conversation)[0]


@pytest.mark.parametrize(
    "body", [b"", b"{", b"\xff", b"[]", {"displayMessage": 5}, {"displayMessage": "x" * 16_001}, b"x" * 1_000_001]
)
def test_no_body_keeps_a_customer_of_v2_from_leaving(leave, conversation, body):
    assert leave("v2", body).status_code == 204
    assert Interaction.objects.get().ended_by == "customer"
    assert "The customer left." in lines(conversation)[0]
