"""Who wants no conversations that the business begins? As the customer says, an agent, or the client application.

The customer's row is locked before the conversation's, as who begins a conversation does it.
"""

from collections.abc import Mapping
from typing import Any

from ..bots import consent, words
from ..database import atomic
from ..events import AGENT, CUSTOMER, CustomerOptedIn, CustomerOptedOut
from ..models import Agent, BotSpell, BusinessStart, Conversation, Customer, LogEntry, OptOut, clock
from ..queries.identity import level_of
from ..queries.optouts import digests_of, is_out, opt_outs_of
from ..wire.base import CustomerNames
from ..wire.levels import Level
from . import own_words
from .participants import check_handles, living
from .recording import record

CLIENT = "client"  # who says so, where it is neither the customer nor an agent


def set_opted_out(*, conversation_id: str, agent: Agent, opted_out: bool) -> Customer:
    """Note what the customer has told the agent of the chat; return the customer. A repeat changes nothing.

    Raises NotFound, and Conflict when the agent does not handle the conversation.
    """
    with atomic():
        lock_customer_of(conversation_id)
        conversation = living(conversation_id, agent.tenant_id)
        check_handles(conversation, agent)
        note(conversation, opted_out, by=AGENT, agent_id=agent.pk)
        return Customer.objects.get(pk=conversation.customer_id)


def lock_customer_of(conversation_id: str) -> None:
    """Lock the customer of a conversation, which is to be locked after that."""
    of_it = Conversation.objects.filter(pk=conversation_id).values("customer")
    list(Customer.objects.select_for_update(no_key=True).filter(pk__in=of_it).values_list("pk"))


def is_word_of_it(text: str) -> bool:
    """Whether this may be such a word, in a conversation that the business has begun."""
    return consent.wants_no_more(text) or consent.wants_again(text)


def is_obeyed(conversation: Conversation, text: str) -> bool:
    """Whether it is one here. Expects the customer and the conversation locked."""
    if not (is_word_of_it(text) and BusinessStart.objects.filter(conversation=conversation).exists()):
        return False
    # Whoever is not out has nothing to take back.
    return consent.wants_no_more(text) or is_out(Customer.objects.get(pk=conversation.customer_id))


def obeyed_of(conversation: Conversation, said: Mapping[int, str]) -> set[int]:
    """The numbers of what was obeyed, of what the customer has said here, by its number in the log."""
    may_be = {number: text for number, text in said.items() if is_word_of_it(text)}
    if not (may_be and BusinessStart.objects.filter(conversation=conversation).exists()):
        return set()
    taken_back = LogEntry.objects.filter(conversation=conversation, kind=CustomerOptedIn.name)
    noted = set(taken_back.filter(number__in=[number + 1 for number in may_be]).values_list("number", flat=True))
    return {number for number, text in may_be.items() if consent.wants_no_more(text) or number + 1 in noted}


def obey(conversation: Conversation, text: str) -> None:
    """Do what the customer's word, which is written by now, says, and confirm it in one sentence."""
    out = consent.wants_no_more(text)
    # A bot that has nothing to answer has nothing to answer still.
    idle = BotSpell.objects.filter(conversation=conversation, ended_at=None, due_at=None)
    idle.update(heard=conversation.last_number)
    note(conversation, out, by=CUSTOMER)
    told = words.in_language(conversation.language, words.opted_out if out else words.opted_in)
    own_words.say(conversation, told)


def note_told(
    conversation: Conversation, before: Mapping[str, Any], data: Mapping[str, Any], names: CustomerNames
) -> None:
    """The client application has told these data, and ``before`` those: note what they say of it.

    Only where it said yes before, no takes it back: what it sends along each time takes nothing back. Expects the
    customer and the conversation locked.
    """
    was, now = _says_out(before, names), _says_out(data, names)
    if was != now and (now or names.opted_out in data):
        note(conversation, now, by=CLIENT)


def note(conversation: Conversation, out: bool, *, by: str, agent_id: str = "") -> None:
    """Write it down; nothing happens where it is so already. Expects the customer and the conversation locked."""
    customer = Customer.objects.get(pk=conversation.customer_id)
    if is_out(customer) != out:
        event = CustomerOptedOut if out else CustomerOptedIn
        record(conversation, event(by=by, agent_id=agent_id))
    Customer.objects.filter(pk=customer.pk, opted_out_at__isnull=out).update(opted_out_at=clock.now() if out else None)
    # A client says it of whoever it takes the customer for; others have had it from the customer.
    is_sure = by != CLIENT or level_of(conversation, clock.now()) >= Level.CODE
    digests = digests_of(customer, with_claimed=is_sure)
    if out:
        rows = [OptOut(tenant_id=customer.tenant_id, digest=each) for each in digests]
        OptOut.objects.bulk_create(rows, ignore_conflicts=True)
    else:
        opt_outs_of(customer, digests).delete()


def _says_out(data: Mapping[str, Any], names: CustomerNames) -> bool:
    return bool(names.opted_out) and str(data.get(names.opted_out, "")).strip().lower() == "true"
