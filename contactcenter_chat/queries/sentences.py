"""How is a fact of a conversation told to people?"""

from django.utils.translation import gettext as _

from .. import events
from ..models import Agent, Participant, Queue
from ..models.conversations import EndedBy, OfferState, Outcome
from ..models.messages import DeliveryState
from . import message_contents

AGENT_IDS = ("agent_id", "from_agent_id", "to_agent_id")


def names_in(entries):
    """Return {id: name} of the agents, queues and cards' answers that these log entries name by their ids."""
    agents = {entry.data.get(key) for entry in entries for key in AGENT_IDS}
    queues = {entry.data.get("to_queue_id") for entry in entries}
    names = {agent.pk: str(agent) for agent in Agent.objects.filter(pk__in=agents - {None, ""}).select_related("user")}
    names |= message_contents.answers_in(entries)
    return names | dict(Queue.objects.filter(pk__in=queues - {None, ""}).values_list("pk", "name"))


def speaker(entry, names, customer):
    """Return who speaks in a log entry that is a message; ``customer`` is that one's name."""
    return {
        events.CUSTOMER: customer,
        events.BOT: _("Bot"),
        events.SYSTEM: _("System"),
        events.AGENT: names.get(entry.data.get("agent_id")) or _agent_of(entry.data) or _("Agent"),
    }[entry.message.author_type]


def _agent_of(data):
    """An agent's name as a message has it: of those who are not ours, we know no more."""
    return " ".join(part for part in (data.get("agent_first_name"), data.get("agent_last_name")) if part)


def sentence(entry, names):
    """Return what a log entry says, as a sentence; ``names`` maps the ids of agents and queues to their names."""
    told = SENTENCES.get(entry.kind)
    return told(entry.data, names) if told else entry.kind


def _name(names, pk):
    return names.get(pk) or _("somebody")


def _agent(data):
    return " ".join(part for part in (data.get("first_name"), data.get("last_name")) if part) or _("An agent")


def _read(data, names):
    who = names.get(data.get("agent_id")) or dict(Participant.Type.choices).get(data.get("author_type"), "")
    return _("Read by: %(reader)s.") % {"reader": who}


def _offer_ended(data, names):
    sentences = {
        OfferState.REJECTED: _("%(agent)s declined the offer."),
        OfferState.TIMED_OUT: _("%(agent)s missed the offer."),
        OfferState.WITHDRAWN: _("The offer to %(agent)s was taken back."),
    }
    told = sentences.get(data.get("state"), _("The offer to %(agent)s ended."))
    return told % {"agent": _name(names, data.get("agent_id"))} + _because(data.get("reason"))


def _transferred(data, names):
    if not data.get("from_agent_id"):
        return _("The chat was transferred.")
    told = _("%(agent)s transferred the chat to %(to)s.") % {
        "agent": _name(names, data.get("from_agent_id")),
        "to": _name(names, data.get("to_agent_id") or data.get("to_queue_id")),
    }
    return told + (" " + _("Note: %(note)s") % {"note": data["note"]} if data.get("note") else "")


def _rerouted(data, names):
    told = _("The chat was taken from %(agent)s and went back to its queue.")
    return told % {"agent": _name(names, data.get("agent_id"))} + _because(data.get("reason"))


def _answered(data, names):
    answer = names.get(f"{data.get('card_id')} {events.CardSubmitted.name}")
    return (
        _("The customer answered: %(answer)s") % {"answer": answer} if answer else _("The customer answered a card.")
    )


def _executed(data, names):
    answer = names.get(f"{data.get('card_id')} {events.CardExecuted.name}")
    return _("Carried out: %(answer)s") % {"answer": answer} if answer else _("A card's action was carried out.")


def _ended(data, names):
    return _("The chat ended: %(outcome)s, by the %(by)s.") % {
        "outcome": dict(Outcome.choices).get(data.get("outcome"), data.get("outcome")),
        "by": dict(EndedBy.choices).get(data.get("ended_by"), data.get("ended_by")),
    }


def _wrapped_up(data, names):
    codes = ", ".join(code["label"] for code in data.get("codes", ()))
    told = _("Wrapped up with %(codes)s.") % {"codes": codes} if codes else _("Wrapped up without a code.")
    return told + (" " + _("The time had run out.") if data.get("timed_out") else "")


def _because(reason):
    reasons = {
        "no_reply": _("There was no first reply."),
        "agent_lost": _("The agent's desk could not be reached."),
        "customer_left": _("The customer had left."),
        "transferred": _("The chat was transferred."),
        "presence": _("The agent was no longer available."),
        "assigned": _("The chat was assigned to another queue."),
        "cancelled": _("The conversation was erased."),
    }
    return f" {reasons.get(reason, reason)}" if reason else ""


SENTENCES = {
    events.ConversationStarted.name: lambda data, names: _("The conversation started."),
    events.ConversationActivated.name: lambda data, names: _("The conversation became active."),
    events.ConversationIdled.name: lambda data, names: _("The conversation fell idle."),
    events.ConversationUpdated.name: lambda data, names: (
        _("The customer's data changed: %(keys)s.") % {"keys": ", ".join(data.get("changed", ()))}
    ),
    events.ConversationAssigned.name: lambda data, names: (
        _("The bot %(bot)s is to answer.") % {"bot": data.get("id")}
        if data.get("to") == "script"
        else _("A bot is to answer.")
    ),
    events.ConversationErased.name: lambda data, names: _("What was said and who said it was erased."),
    events.MessageStateChanged.name: lambda data, names: (
        _("A message's state: %(state)s.") % {"state": dict(DeliveryState.choices).get(data.get("state"), "")}
    ),
    events.MessagesRead.name: _read,
    events.CardSubmitted.name: _answered,
    events.CardExecuted.name: _executed,
    events.AttachmentInfected.name: lambda data, names: (
        _("A file is not safe and cannot be opened: %(found)s") % {"found": data.get("found")}
    ),
    events.InteractionQueued.name: lambda data, names: _("Queued in %(queue)s.") % {"queue": data.get("queue_name")},
    events.InteractionOffered.name: lambda data, names: (
        _("Offered to %(agent)s.") % {"agent": _name(names, data.get("agent_id"))}
    ),
    events.OfferEnded.name: _offer_ended,
    events.AgentJoined.name: lambda data, names: _("%(agent)s joined.") % {"agent": _agent(data)},
    events.AgentLeft.name: lambda data, names: _("%(agent)s left.") % {"agent": _agent(data)},
    events.CustomerLeft.name: lambda data, names: _("The customer left."),
    events.CustomerWarned.name: lambda data, names: _("The customer was told that the chat will end soon."),
    events.InteractionTransferred.name: _transferred,
    events.InteractionRerouted.name: _rerouted,
    events.InteractionEnded.name: _ended,
    events.InteractionWrappedUp.name: _wrapped_up,
}
