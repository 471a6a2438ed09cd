"""How is a fact of a conversation told to people?

What others wrote is isolated in a sentence.
"""

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from .. import events
from ..bots import base as bots
from ..isolates import filled, isolated
from ..models import Agent, Participant, Queue
from ..models.conversations import EndedBy, OfferState, Outcome, Reason
from ..models.messages import DeliveryState
from ..models.tool_calls import ToolState
from ..models.wrapup import label_of
from ..tools.registry import title_of
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
        events.BOT: _("Bot, while waiting") if entry.data.get("courtesy") else _("Bot"),
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


def _opted_out(data, names):
    by = {
        events.AGENT: _("%(agent)s noted that the customer wants no conversations that we begin."),
        events.CUSTOMER: _("The customer wants no more conversations that we begin."),
    }.get(data.get("by")) or _("The application says that the customer wants no conversations that we begin.")
    return filled(by, agent=_name(names, data.get("agent_id")))


def _opted_in(data, names):
    by = {
        events.AGENT: _("%(agent)s noted that the customer is content with conversations that we begin."),
        events.CUSTOMER: _("The customer is content again with conversations that we begin."),
    }.get(data.get("by")) or _("The application says that the customer is content with conversations that we begin.")
    return filled(by, agent=_name(names, data.get("agent_id")))


def _read(data, names):
    who = names.get(data.get("agent_id")) or dict(Participant.Type.choices).get(data.get("author_type"), "")
    return filled(_("Read by: %(reader)s."), reader=who)


def _customer_left(data, names):
    return filled(_("The customer left: %(said)s"), said=data["said"]) if data.get("said") else _("The customer left.")


def _picked(data, names):
    told = filled(_("%(agent)s picked the chat."), agent=_name(names, data.get("agent_id")))
    skipped = int(data.get("skipped") or 0)
    before = ngettext("%(count)d was due before it.", "%(count)d were due before it.", skipped) % {"count": skipped}
    return f"{told} {before}" if skipped else told


def _offer_ended(data, names):
    sentences = {
        OfferState.REJECTED: _("%(agent)s declined the offer."),
        OfferState.TIMED_OUT: _("%(agent)s missed the offer."),
        OfferState.WITHDRAWN: _("The offer to %(agent)s was taken back."),
    }
    told = sentences.get(data.get("state"), _("The offer to %(agent)s ended."))
    return filled(told, agent=_name(names, data.get("agent_id"))) + _because(data.get("reason"))


def passed_on(data, names):
    """Return who transferred a chat to whom, as a sentence, without the sender's note."""
    if not data.get("from_agent_id"):
        return _("The chat was transferred.")
    if data.get("to_department_name"):
        return filled(
            _("%(agent)s transferred the chat to the department %(department)s, queue %(to)s."),
            agent=_name(names, data.get("from_agent_id")),
            department=data["to_department_name"],
            to=_name(names, data.get("to_queue_id")),
        )
    return filled(
        _("%(agent)s transferred the chat to %(to)s."),
        agent=_name(names, data.get("from_agent_id")),
        to=_name(names, data.get("to_agent_id") or data.get("to_queue_id")),
    )


def _transferred(data, names):
    told = passed_on(data, names)
    if not data.get("note"):
        return told
    note = _("Note, drafted by a model: %(note)s") if data.get("drafted_by") else _("Note: %(note)s")
    return told + " " + filled(note, note=data["note"])


def _rerouted(data, names):
    told = _("The chat was taken from %(agent)s and went back to its queue.")
    return filled(told, agent=_name(names, data.get("agent_id"))) + _because(data.get("reason"))


def _answered(data, names):
    answer = names.get(f"{data.get('card_id')} {events.CardSubmitted.name}")
    told = _("The customer answered: %(answer)s")
    return filled(told, answer=answer) if answer else _("The customer answered a card.")


def _executed(data, names):
    answer = names.get(f"{data.get('card_id')} {events.CardExecuted.name}")
    return filled(_("Carried out: %(answer)s"), answer=answer) if answer else _("A card's action was carried out.")


def _overflowed(data, names):
    told = _("Passed on from %(queue)s to %(other)s.")
    passed = filled(told, queue=data.get("from_queue_name"), other=data.get("queue_name"))
    return passed + _because(data.get("reason"))


def _ended(data, names):
    return _("The chat ended: %(outcome)s, by the %(by)s.") % {
        "outcome": dict(Outcome.choices).get(data.get("outcome")) or isolated(data.get("outcome")),
        "by": dict(EndedBy.choices).get(data.get("ended_by")) or isolated(data.get("ended_by")),
    }


def _wrapped_up(data, names):
    codes = [label_of(code.get("short_code", ""), code["label"]) for code in data.get("codes", ())]
    told = filled(_("Wrapped up with %(codes)s."), codes=codes) if codes else _("Wrapped up without a code.")
    return told + (" " + _("The time had run out.") if data.get("timed_out") else "")


def _tool_called(data, names):
    failed = data.get("state") == ToolState.FAILED
    told = _("%(who)s called “%(tool)s”, which failed.") if failed else _("%(who)s called “%(tool)s”.")
    who = _bot(data) or _name(names, data.get("agent_id"))
    return filled(told, who=who, tool=title_of(data.get("tool") or ""))


def _because(reason):
    return f" {_reasons().get(reason) or isolated(reason)}" if reason else ""


def reason_told(reason):
    """Return why something was taken back or given back, as a sentence; what is not known as it is."""
    return _reasons().get(reason, reason)


def _reasons():
    return {
        "declined": _("The agent did not take it."),
        "no_reply": _("There was no first reply."),
        "agent_lost": _("The agent's desk could not be reached."),
        "no_room": _("The agent had no room for it any more."),
        "agent_gone": _("The agent is not there any more."),
        "customer_left": _("The customer had left."),
        "presence": _("The agent was no longer available."),
        "assigned": _("The chat was assigned to another queue."),
        "cancelled": _("The conversation was erased."),
        "recalled": _("The bot took it back."),
        "max_wait": _("It had waited for as long as may be there."),
        "closed": _("The queue was closed."),
        "empty": _("Nobody was there."),
    }


def _bot(data):
    return bots.title_of(data.get("bot") or "")


def handed_over(data):
    """Return who handed over and why, without what could not be obeyed, which is for who runs the bot."""
    named = {"bot": _bot(data), "reason": dict(Reason.choices).get(data.get("reason"), data.get("reason"))}
    if key := data.get("by_key"):
        return filled(_("The API key %(key)s handed over for the bot %(bot)s: %(reason)s."), key=key, **named)
    return filled(_("The bot %(bot)s handed over: %(reason)s."), **named)


def _handed_over(data):
    left_out = data.get("left_out")
    more = filled(_("Left out, as it could not be obeyed: %(named)s."), named=left_out) if left_out else ""
    return f"{handed_over(data)} {more}".strip()


SENTENCES = {
    events.ConversationStarted.name: lambda data, names: _("The conversation started."),
    events.ConversationActivated.name: lambda data, names: _("The conversation became active."),
    events.ConversationIdled.name: lambda data, names: _("The conversation fell idle."),
    events.ConversationUpdated.name: lambda data, names: filled(
        _("The customer's data changed: %(keys)s."), keys=list(data.get("changed", ()))
    ),
    events.ConversationAssigned.name: lambda data, names: (
        filled(_("The bot %(bot)s is to answer."), bot=bots.title_of(data.get("id") or ""))
        if data.get("to") == "script"
        else _("A bot is to answer.")
    ),
    events.ConversationHandedOver.name: lambda data, names: _handed_over(data),
    events.BriefRenewed.name: lambda data, names: _("What agents should know was said anew."),
    events.ConversationHandedBack.name: lambda data, names: filled(
        _("%(agent)s gave the chat back to the bot %(bot)s."),
        agent=_name(names, data.get("agent_id")),
        bot=_bot(data),
    ),
    events.BotDisclosed.name: lambda data, names: _("The customer was told that a bot answers."),
    events.ToolCalled.name: _tool_called,
    events.ConversationErased.name: lambda data, names: _("What was said and who said it was erased."),
    events.MessageStateChanged.name: lambda data, names: (
        _("A message's state: %(state)s.") % {"state": dict(DeliveryState.choices).get(data.get("state"), "")}
    ),
    events.MessagesRead.name: _read,
    events.CardSubmitted.name: _answered,
    events.CardExecuted.name: _executed,
    events.AttachmentInfected.name: lambda data, names: filled(
        _("A file is not safe and cannot be opened: %(found)s"), found=data.get("found")
    ),
    events.InteractionQueued.name: lambda data, names: filled(_("Queued in %(queue)s."), queue=data.get("queue_name")),
    events.InteractionOffered.name: lambda data, names: filled(
        _("Offered to %(agent)s."), agent=_name(names, data.get("agent_id"))
    ),
    events.InteractionPicked.name: _picked,
    events.OfferEnded.name: _offer_ended,
    events.AgentJoined.name: lambda data, names: filled(_("%(agent)s joined."), agent=_agent(data)),
    events.AgentLeft.name: lambda data, names: filled(_("%(agent)s left."), agent=_agent(data)),
    events.CustomerLeft.name: _customer_left,
    events.CustomerThanked.name: lambda data, names: _("The customer said thanks: nobody is asked to answer."),
    events.CustomerOptedOut.name: _opted_out,
    events.CustomerOptedIn.name: _opted_in,
    events.VerificationSent.name: lambda data, names: (
        filled(_("A code was sent to %(address)s."), address=data["address"])
        if data.get("address")
        else _("A code was sent to the customer.")
    ),
    events.CustomerVerified.name: lambda data, names: (
        filled(_("The customer was verified by a code: %(address)s."), address=data["address"])
        if data.get("address")
        else _("The customer was verified by a code.")
    ),
    events.CustomerWarned.name: lambda data, names: _("The customer has been silent: the chat ends soon."),
    events.SlotFreed.name: lambda data, names: _("The customer is silent: the chat takes no slot."),
    events.SlotTaken.name: lambda data, names: _("The customer wrote again: the chat takes its slot."),
    events.InteractionTransferred.name: _transferred,
    events.InteractionHandedRound.name: lambda data, names: filled(
        _("The chat was handed on %(times)s times within an hour."), times=data.get("times")
    ),
    events.InteractionOverflowed.name: _overflowed,
    events.InteractionRerouted.name: _rerouted,
    events.InteractionEnded.name: _ended,
    events.InteractionWrappedUp.name: _wrapped_up,
}
