"""How does the business begin a conversation? With a bot, which goes on with it: a reminder, good news."""

import hashlib
from collections.abc import Mapping, Sequence
from typing import Any

from django.db import IntegrityError
from django.utils import timezone
from django.utils.translation import gettext_noop as _

from ... import events
from ...bots.base import QuickReply, Say, has_turns
from ...database import atomic
from ...exceptions import Closed, IdempotencyMismatch, Invalid, NotFound, OptedOut
from ...models import BusinessStart, Channel, Conversation, Customer, CustomerIdentity, Queue
from ...models.starts import KEY_MAX
from ...providers.base import Provider, provider_for
from ...queries import doors
from ...queries.identity import names_for
from ...queries.optouts import is_out
from ...storable import check_text
from ...wire.base import CustomerNames, known_format
from .. import conversations
from ..messages import check_words
from ..recording import record
from . import control, spells
from .saying import say


def start_with_bot(
    *,
    channel: Channel,
    customer: Customer,
    text: str,
    key: str,
    data: Mapping[str, Any] | None = None,
    quick_replies: Sequence[QuickReply] = (),
) -> Conversation:
    """Begin a conversation with a customer by these words, and return it; the channel's bot goes on with it.

    Before that the customer is told that it is a bot. With the same ``key``, at most 200 characters, the first
    conversation is returned and nothing is said again, so that a job can be run twice. ``data`` are the customer's, as
    in ``start_conversation``; by default what is known of them. Raises NotFound for a customer or channel of elsewhere
    or one that is gone, Invalid where the channel's application cannot be told of it, a remote centre answers, or no
    bot could go on, IdempotencyMismatch for the key of another customer or channel, Closed outside of the hours of
    the channel's queue (``opens_at`` says when that is over), OptedOut.
    """
    check_words(text)
    _check_key(key)
    digest = hashlib.sha256(key.encode()).hexdigest()
    try:
        with atomic():
            first = _once(channel, customer, digest)
            return first or _begin(channel, customer, digest, data, Say(text, quick_replies))
    except IntegrityError:
        # Another one with this key was first, for another customer: for the same one, it would have waited.
        with atomic():
            if first := _once(channel, customer, digest):
                return first
        raise


def _once(channel: Channel, customer: Customer, digest: str) -> Conversation | None:
    """The conversation that was begun with this key, if there is one. It locks the customer."""
    if channel.deleted_at:
        raise NotFound("Channel", channel.pk)
    known = Customer.objects.select_for_update(no_key=True).filter(pk=customer.pk, tenant=channel.tenant_id)
    if known.first() is None:
        raise NotFound("Customer", customer.pk)
    begun = BusinessStart.objects.select_related("conversation__channel", "conversation__customer")
    first = begun.filter(tenant=channel.tenant_id, key_digest=digest).first()
    if first is None:
        return None
    if (first.conversation.channel_id, first.conversation.customer_id) != (channel.pk, customer.pk):
        raise IdempotencyMismatch(_("This key was used for another customer or another channel."))
    return first.conversation


def _begin(
    channel: Channel, customer: Customer, digest: str, data: Mapping[str, Any] | None, said: Say
) -> Conversation:
    provider = _checked_provider(channel)
    _check_welcome(channel, customer)
    names = names_for(channel)
    data = _known_data(customer, names) if data is None else dict(data)
    conversations.check_data(data, names)
    conversation = conversations.created(channel, provider, customer, data, names, script=channel.bot)
    conversations.join(conversation, [])
    BusinessStart.objects.create(conversation=conversation, tenant_id=channel.tenant_id, key_digest=digest)
    record(conversation, events.ConversationStarted(channel_id=channel.pk, customer_id=customer.pk))
    control.give_to_script(conversation, channel.bot)
    spell = spells.open_of(conversation)
    if spell is None:
        raise RuntimeError("The bot that has just got the conversation does not have it.")
    conversation = say(conversation, spell, said)
    spells.wait_for_answer(spell)
    return conversation


def _check_key(key: str) -> None:
    check_text(key, "key")
    if not key or len(key) > KEY_MAX:
        raise Invalid(_("Must be text of 1 to %(most)s characters."), most=KEY_MAX, field="key", value=key)


def _checked_provider(channel: Channel) -> Provider:
    """Return who answers on the channel, where a conversation can be begun there."""
    provider, spoken = provider_for(channel), known_format(channel.webhook.version)
    if provider.is_remote:
        raise Invalid(_("A remote centre answers on this channel, and begins its conversations."), field="channel")
    if spoken is None or events.ConversationStarted not in spoken.tells:
        raise Invalid(
            _("The channel's application cannot be told of a conversation that it has not begun."), field="channel"
        )
    if not has_turns(channel.bot):
        raise Invalid(_("The channel has no bot that could go on with the conversation."), field="channel")
    return provider


def _check_welcome(channel: Channel, customer: Customer) -> None:
    now = Customer.objects.get(pk=customer.pk)
    if hasattr(now, "erasure"):
        raise NotFound("Customer", customer.pk)
    if is_out(now):
        raise OptedOut()
    door = doors.standing(Queue.objects.get(pk=channel.queue_id))
    if door.is_closed:
        raise Closed(door.opens_at and timezone.localtime(door.opens_at))


def _known_data(customer: Customer, names: CustomerNames) -> dict[str, Any]:
    """What is known of the customer, by the names of the channel's format."""
    kept = {names.name: customer.name, names.email: customer.email, names.company: customer.company}
    own = customer.identities.filter(kind=CustomerIdentity.Kind.CUSTOMER_ID).order_by("pk").first()
    ids = {names.own_ids[0]: own.value} if own and names.own_ids else {}
    known = {**ids, **kept, names.language: customer.language}
    return {name: value for name, value in known.items() if value}
