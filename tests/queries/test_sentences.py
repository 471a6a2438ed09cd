"""Does every fact have a sentence?"""

import pytest

from contactcenter_chat import events, signals
from contactcenter_chat.models import LogEntry
from contactcenter_chat.queries.sentences import sentence

NAMES = {
    "a1": "Ada Lovelace",
    "a2": "Grace Hopper",
    "q1": "Admissions",
    "k1 card.submitted": "Yes",
    "k1 card.executed": "Refund",
}
TELLING = [
    (events.ConversationStarted(channel_id="c", customer_id="u"), "The conversation started."),
    (events.ConversationActivated(), "The conversation became active."),
    (events.ConversationIdled(), "The conversation fell idle."),
    (events.ConversationUpdated(changed=("email", "name")), "The customer's data changed: email, name."),
    (events.ConversationAssigned(to="script", id="faq"), "The bot faq is to answer."),
    (events.ConversationAssigned(to="webhook", id="w"), "A bot is to answer."),
    (events.ConversationErased(), "What was said and who said it was erased."),
    (events.MessagesRead(participant_id="p", author_type="agent", agent_id="a1", read_at=1), "Read by: Ada Lovelace."),
    (events.MessagesRead(participant_id="p", author_type="user", read_at=1), "Read by: customer."),
    (events.InteractionQueued(queue_id="q1", queue_name="Admissions"), "Queued in Admissions."),
    (events.InteractionOffered(offer_id="o", agent_id="a1"), "Offered to Ada Lovelace."),
    (events.OfferEnded(offer_id="o", agent_id="a1", state="rejected"), "Ada Lovelace declined the offer."),
    (events.OfferEnded(offer_id="o", agent_id="a1", state="timed_out"), "Ada Lovelace missed the offer."),
    (
        events.OfferEnded(offer_id="o", agent_id="a1", state="withdrawn", reason="customer_left"),
        "The offer to Ada Lovelace was taken back. The customer had left.",
    ),
    (
        events.OfferEnded(offer_id="o", agent_id="a1", state="rejected", reason="not my subject"),
        "Ada Lovelace declined the offer. not my subject",
    ),
    (events.AgentJoined(agent_id="a1", first_name="Ada", last_name="Lovelace"), "Ada Lovelace joined."),
    (events.AgentLeft(agent_id="a1", first_name="", last_name=""), "An agent left."),
    (
        events.CardSubmitted(card_id="k1", message_id="m", content_type="x"),
        "The customer answered: Yes",
    ),
    (events.CardSubmitted(card_id="k2", message_id="m", content_type="x"), "The customer answered a card."),
    (events.CardExecuted(card_id="k1", message_id="m", content_type="x"), "Carried out: Refund"),
    (events.CardExecuted(card_id="k2", message_id="m", content_type="x"), "A card's action was carried out."),
    (
        events.AttachmentInfected(attachment_id="f", found="Eicar-Test"),
        "A file is not safe and cannot be opened: Eicar-Test",
    ),
    (events.CustomerLeft(), "The customer left."),
    (events.CustomerWarned(), "The customer was told that the chat will end soon."),
    (
        events.InteractionTransferred(from_agent_id="a1", to_queue_id="q1"),
        "Ada Lovelace transferred the chat to Admissions.",
    ),
    (
        events.InteractionTransferred(from_agent_id="a1", to_queue_id="q1", to_agent_id="a2", note="Fees"),
        "Ada Lovelace transferred the chat to Grace Hopper. Note: Fees",
    ),
    (
        events.InteractionRerouted(agent_id="a1", reason="no_reply"),
        "The chat was taken from Ada Lovelace and went back to its queue. There was no first reply.",
    ),
    (
        events.InteractionEnded(outcome="handled", ended_by="customer"),
        "The chat ended: handled, by the customer.",
    ),
    (events.MessageStateChanged(message_id="m1", state="sent"), "A message's state: sent."),
    (events.InteractionWrappedUp(agent_id="a1", codes=()), "Wrapped up without a code."),
    (
        events.InteractionWrappedUp(
            agent_id="a1", codes=({"id": "c", "short_code": "fees", "label": "Enrolment / Fees"},), timed_out=True
        ),
        "Wrapped up with Enrolment / Fees. The time had run out.",
    ),
]


@pytest.mark.parametrize(("event", "told"), TELLING)
def test_sentences(event, told):
    assert sentence(LogEntry(kind=event.name, data=event.data()), NAMES) == told


def test_every_fact_but_a_message_is_told():
    assert {event.name for event, _told in TELLING} == set(signals.BY_EVENT) - {events.MessageAdded.name}


def test_whoever_has_no_name_is_somebody():
    event = events.InteractionOffered(offer_id="o", agent_id="gone")
    assert sentence(LogEntry(kind=event.name, data=event.data()), NAMES) == "Offered to somebody."


def test_a_fact_of_a_later_version_is_shown_by_its_name():
    assert sentence(LogEntry(kind="cake.eaten", data={}), {}) == "cake.eaten"
