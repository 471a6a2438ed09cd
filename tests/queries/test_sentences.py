"""Does every fact have a sentence?"""

import re

import pytest

from contactcenter_chat import events, signals
from contactcenter_chat.actions.recording import record
from contactcenter_chat.database import atomic
from contactcenter_chat.isolates import as_html, unturned
from contactcenter_chat.models import Conversation, LogEntry
from contactcenter_chat.queries import log_lines, transcripts
from contactcenter_chat.queries.sentences import sentence
from tests import factories

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
    (events.ConversationAssigned(to="script", id="faq"), "The bot FAQ is to answer."),
    (events.ConversationAssigned(to="webhook", id="w"), "A bot is to answer."),
    (events.ConversationErased(), "What was said and who said it was erased."),
    (
        events.ConversationHandedOver(bot="faq", reason="asked"),
        "The bot FAQ handed over: the customer wants a person.",
    ),
    (
        events.ConversationHandedOver(bot="faq", reason="asked", by_key="Helper"),
        "The API key Helper handed over for the bot FAQ: the customer wants a person.",
    ),
    (
        events.ConversationHandedOver(bot="fees_helper", reason="failed"),
        "The bot Fees helper handed over: it did not know on.",
    ),
    (
        events.ConversationHandedOver(bot="faq", reason="asked", left_out=("queue: 'Rooms'", "skills: x")),
        "The bot FAQ handed over: the customer wants a person. Left out, as it could not be obeyed:"
        " queue: 'Rooms', skills: x.",
    ),
    (events.BriefRenewed(bot="faq", reason="asked"), "What agents should know was said anew."),
    (events.ConversationHandedBack(agent_id="a1", bot="faq"), "Ada Lovelace gave the chat back to the bot FAQ."),
    (events.BotDisclosed(bot="faq"), "The customer was told that a bot answers."),
    (events.ToolCalled(tool="add_up", state="done", call_id=1, bot="faq"), "FAQ called “add_up”."),
    (
        events.ToolCalled(tool="add_up", state="failed", call_id=1, agent_id="a1"),
        "Ada Lovelace called “add_up”, which failed.",
    ),
    (events.MessagesRead(participant_id="p", author_type="agent", agent_id="a1", read_at=1), "Read by: Ada Lovelace."),
    (events.MessagesRead(participant_id="p", author_type="user", read_at=1), "Read by: customer."),
    (events.InteractionQueued(queue_id="q1", queue_name="Admissions"), "Queued in Admissions."),
    (events.InteractionOffered(offer_id="o", agent_id="a1"), "Offered to Ada Lovelace."),
    (events.InteractionPicked(offer_id="o", agent_id="a1", skipped=0), "Ada Lovelace picked the chat."),
    (
        events.InteractionPicked(offer_id="o", agent_id="a1", skipped=1),
        "Ada Lovelace picked the chat. 1 was due before it.",
    ),
    (
        events.InteractionPicked(offer_id="o", agent_id="a1", skipped=3),
        "Ada Lovelace picked the chat. 3 were due before it.",
    ),
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
    (
        events.InteractionTransferred(from_agent_id="m", to_queue_id="q", to_department_name="Finance"),
        "somebody transferred the chat to the department Finance, queue somebody.",
    ),
    (events.CustomerThanked(message_id="m"), "The customer said thanks: nobody is asked to answer."),
    (events.CustomerOptedOut(by="user"), "The customer wants no more conversations that we begin."),
    (
        events.CustomerOptedOut(by="client"),
        "The application says that the customer wants no conversations that we begin.",
    ),
    (
        events.CustomerOptedIn(by="agent", agent_id="m"),
        "somebody noted that the customer is content with conversations that we begin.",
    ),
    (events.InteractionHandedRound(times=3), "The chat was handed on 3 times within an hour."),
    (events.VerificationSent(address="a•••@example.org"), "A code was sent to a•••@example.org."),
    (events.VerificationSent(address=""), "A code was sent to the customer."),
    (
        events.CustomerVerified(level="code", address="a•••@example.org"),
        "The customer was verified by a code: a•••@example.org.",
    ),
    (events.CustomerVerified(level="code", address=""), "The customer was verified by a code."),
    (events.CustomerWarned(), "The customer has been silent: the chat ends soon."),
    (events.SlotFreed(agent_id="a1"), "The customer is silent: the chat takes no slot."),
    (events.SlotTaken(agent_id="a1"), "The customer wrote again: the chat takes its slot."),
    (
        events.InteractionRerouted(agent_id="a1", reason="no_room"),
        "The chat was taken from Ada Lovelace and went back to its queue. The agent had no room for it any more.",
    ),
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
        events.InteractionOverflowed(
            from_queue_id="q1", from_queue_name="Fees", queue_id="q2", queue_name="General", reason="max_wait"
        ),
        "Passed on from Fees to General. It had waited for as long as may be there.",
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
    assert unturned(sentence(LogEntry(kind=event.name, data=event.data()), NAMES)) == told


def test_what_others_wrote_is_isolated_each_by_itself_and_shown_so_by_elements():
    coded = {"codes": ({"label": "A\u202e"}, {"short_code": "b", "label": "B"})}
    for event, told in (
        (events.InteractionOffered(offer_id="o", agent_id="a3"), "Offered to \u2068<b> & Co\u2069."),
        (events.InteractionWrappedUp(agent_id="a1", **coded), "Wrapped up with \u2068A\u2069, \u2068B\u2069."),
        (
            events.ConversationUpdated(changed=("a\u2069\u202e", "b")),
            "The customer's data changed: \u2068a\u2069, \u2068b\u2069.",
        ),
        (
            events.OfferEnded(offer_id="o", agent_id="a1", state="rejected", reason="not mine\u202e"),
            "\u2068Ada Lovelace\u2069 declined the offer. \u2068not mine\u2069",
        ),
    ):
        assert sentence(LogEntry(kind=event.name, data=event.data()), {**NAMES, "a3": "<b>\u202e & Co"}) == told
    assert as_html("Offered to \u2068<b> & Co\u2069.") == "Offered to <bdi>&lt;b&gt; &amp; Co</bdi>."


def test_every_word_of_others_in_a_sentence_is_isolated():
    """Whatever stands in an event: nothing of it is in the sentence outside an isolate."""
    for event, _told in TELLING:
        words = {name: value for name, value in event.data().items() if not isinstance(value, int)}
        data = {name: [f"x{name}"] if isinstance(value, list) else f"x{name}" for name, value in words.items()}
        data |= {"codes": [{"label": "xlabel"}]} if "codes" in data else {}
        told = sentence(LogEntry(kind=event.name, data=data), {})
        assert not re.search(r"\bx[a-z_]+", re.sub("\u2068[^\u2069]*\u2069", "", told)), told


def test_every_fact_but_a_message_is_told():
    assert {event.name for event, _told in TELLING} == set(signals.BY_EVENT) - {events.MessageAdded.name}


def test_whoever_has_no_name_is_somebody():
    event = events.InteractionOffered(offer_id="o", agent_id="gone")
    assert unturned(sentence(LogEntry(kind=event.name, data=event.data()), NAMES)) == "Offered to somebody."


def test_a_fact_of_a_later_version_is_shown_by_its_name():
    assert sentence(LogEntry(kind="cake.eaten", data={}), {}) == "cake.eaten"


@pytest.mark.django_db
def test_what_of_a_handover_could_not_be_obeyed_is_not_told_at_the_desk():
    """It is for whoever runs the bot, who reads it in the transcript."""
    talk = factories.start_conversation(factories.make_center().channel)
    with atomic():
        talk = Conversation.objects.lock(talk.pk)
        record(talk, events.ConversationHandedOver(bot="faq", reason="asked", left_out=("skills: x",)))
    at_desk = unturned(log_lines.read_before(talk).lines[-1].text)
    assert at_desk == "The bot FAQ handed over: the customer wants a person."
    [transcript] = transcripts.transcripts_of([talk])
    assert unturned(transcript.lines[-1].text) == f"{at_desk} Left out, as it could not be obeyed: skills: x."
