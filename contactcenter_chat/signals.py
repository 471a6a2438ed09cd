"""What may a project listen to?

Every signal is sent after commit with ``send_robust``: a receiver that fails is logged and harms nothing, whatever it
is. The sender is the ``LogEntry`` class (for the last five ``Delivery``, ``Receiver``, ``Webhook``, ``Agent`` and
``InboundCallback``). Signals live in the process that wrote; code that must not miss anything even when that one dies
reads the log by number instead.
"""

import logging
from typing import Any

from django import dispatch

from . import events

logger = logging.getLogger(__name__)


class Signal(dispatch.Signal):
    """One of Django's that also endures receivers without a name, as a ``partial`` is one."""

    def _log_robust_failure(self, receiver: Any, err: Exception) -> None:
        # Django's own asks the receiver for its ``__qualname__``, and raises where there is none.
        logger.error("A receiver of a signal failed: %r", receiver, exc_info=err)


event_recorded = Signal()  # entry: any fact; entry.kind is its name, entry.data what it says

conversation_started = Signal()  # entry, conversation
conversation_activated = Signal()  # entry, conversation
conversation_idled = Signal()  # entry, conversation
conversation_updated = Signal()  # entry, conversation
conversation_assigned = Signal()  # entry, conversation
conversation_handed_over = Signal()  # entry, conversation
brief_renewed = Signal()  # entry, conversation
conversation_handed_back = Signal()  # entry, conversation, interaction
conversation_erased = Signal()  # entry, conversation
bot_disclosed = Signal()  # entry, conversation
tool_called = Signal()  # entry, conversation
message_added = Signal()  # entry, conversation, message
message_state_changed = Signal()  # entry, conversation, message
messages_read = Signal()  # entry, conversation
card_submitted = Signal()  # entry, conversation, card
card_executed = Signal()  # entry, conversation, card
attachment_infected = Signal()  # entry, conversation
interaction_queued = Signal()  # entry, conversation, interaction
interaction_offered = Signal()  # entry, conversation, interaction
interaction_picked = Signal()  # entry, conversation, interaction
offer_ended = Signal()  # entry, conversation, interaction
agent_joined = Signal()  # entry, conversation, interaction
agent_left = Signal()  # entry, conversation, interaction
customer_left = Signal()  # entry, conversation, interaction
customer_thanked = Signal()  # entry, conversation
customer_opted_out = Signal()  # entry, conversation
customer_opted_in = Signal()  # entry, conversation
verification_sent = Signal()  # entry, conversation
customer_verified = Signal()  # entry, conversation
customer_warned = Signal()  # entry, conversation, interaction
slot_freed = Signal()  # entry, conversation, interaction
slot_taken = Signal()  # entry, conversation, interaction
interaction_transferred = Signal()  # entry, conversation, interaction
interaction_handed_round = Signal()  # entry, conversation, interaction
interaction_overflowed = Signal()  # entry, conversation, interaction
interaction_rerouted = Signal()  # entry, conversation, interaction
interaction_ended = Signal()  # entry, conversation, interaction
interaction_wrapped_up = Signal()  # entry, conversation, interaction

delivery_dead = Signal()  # delivery: all attempts failed; its lane goes on
receiver_disabled = Signal()  # receiver, reason: a webhook or a remote centre; reasons as below
webhook_disabled = Signal()  # webhook, reason: "gone" (it answered 410) or "failing"
agents_lost = Signal()  # tenant, lost, of: many at once, of so many; nothing is taken from them for a while
callback_failed = Signal()  # callback: of a remote centre, could not be processed; it can be run again

BY_EVENT = {
    events.ConversationStarted.name: conversation_started,
    events.ConversationActivated.name: conversation_activated,
    events.ConversationIdled.name: conversation_idled,
    events.ConversationUpdated.name: conversation_updated,
    events.ConversationAssigned.name: conversation_assigned,
    events.ConversationHandedOver.name: conversation_handed_over,
    events.BriefRenewed.name: brief_renewed,
    events.ConversationHandedBack.name: conversation_handed_back,
    events.ConversationErased.name: conversation_erased,
    events.BotDisclosed.name: bot_disclosed,
    events.ToolCalled.name: tool_called,
    events.MessageAdded.name: message_added,
    events.MessageStateChanged.name: message_state_changed,
    events.MessagesRead.name: messages_read,
    events.CardSubmitted.name: card_submitted,
    events.CardExecuted.name: card_executed,
    events.AttachmentInfected.name: attachment_infected,
    events.InteractionQueued.name: interaction_queued,
    events.InteractionOffered.name: interaction_offered,
    events.InteractionPicked.name: interaction_picked,
    events.OfferEnded.name: offer_ended,
    events.AgentJoined.name: agent_joined,
    events.AgentLeft.name: agent_left,
    events.CustomerLeft.name: customer_left,
    events.CustomerThanked.name: customer_thanked,
    events.CustomerOptedOut.name: customer_opted_out,
    events.CustomerOptedIn.name: customer_opted_in,
    events.VerificationSent.name: verification_sent,
    events.CustomerVerified.name: customer_verified,
    events.CustomerWarned.name: customer_warned,
    events.SlotFreed.name: slot_freed,
    events.SlotTaken.name: slot_taken,
    events.InteractionTransferred.name: interaction_transferred,
    events.InteractionHandedRound.name: interaction_handed_round,
    events.InteractionOverflowed.name: interaction_overflowed,
    events.InteractionRerouted.name: interaction_rerouted,
    events.InteractionEnded.name: interaction_ended,
    events.InteractionWrappedUp.name: interaction_wrapped_up,
}
