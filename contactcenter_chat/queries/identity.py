"""How sure is it who the customer of a conversation is?

What was typed, or said by a client application, is claimed. A code that came back makes it sure for a while, the
channel's own log-in for as long as the channel says so.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import F

from ..models import Channel, Conversation, Verification
from ..models.channels import ChannelIdentity
from ..models.identity import masked
from ..wire.base import CustomerNames, formats, known_format
from ..wire.levels import Level

VERIFIED_FOR = timedelta(minutes=30)
TRIES = 3  # wrong ones that a code takes


@dataclass(frozen=True)
class Standing:
    """How sure it is. ``address`` is masked: where a code was sent, or would be; empty where none is known.

    ``verified_until`` is None without a code that came back, ``code_expires_at`` where none is to be checked.
    """

    level: Level
    address: str = ""
    verified_until: datetime | None = None
    code_expires_at: datetime | None = None
    tries_left: int = 0


def level_of(conversation: Conversation, at: datetime) -> Level:
    """Return how sure it is at this time who the customer is."""
    return _level(conversation, _verified_at(conversation, at))


def counted(conversation: Conversation, level: Level) -> Level:
    """Return how sure a call of a function may take it to be: a code to an address that the row has not shows nothing.

    A row may be shared by conversations that only claim to be of the same customer.
    """
    own = conversation.customer.email.strip().lower()
    is_of_another = level == Level.CODE and own not in ("", email_of(conversation))
    return Level.CLAIMED if is_of_another else level


def standing_of(conversation: Conversation, at: datetime) -> Standing:
    """Return the same with what the level is due to, and with the code that is still to come back."""
    verified_at, waiting = _verified_at(conversation, at), open_code(conversation, at)
    return Standing(
        level=_level(conversation, verified_at),
        address=waiting.masked_address if waiting else masked(email_of(conversation)),
        verified_until=verified_at and verified_at + VERIFIED_FOR,
        code_expires_at=waiting.expires_at if waiting else None,
        tries_left=TRIES - waiting.tries if waiting else 0,
    )


def open_code(conversation: Conversation, at: datetime) -> Verification | None:
    """Return the code that may come back; None where there is none, as it was used, is too old, or was tried out.

    It is the last that was sent, and is known to have been: those before are void.
    """
    sent = Verification.objects.filter(conversation=conversation.pk, expires_at__gt=F("sent_at"))
    last = sent.order_by("-sent_at", "-pk").first()
    is_open = last and last.verified_at is None and last.expires_at > at and last.tries < TRIES
    return last if is_open else None


def email_of(conversation: Conversation) -> str:
    """Return the customer's e-mail address in small letters, as this conversation has it; empty for none."""
    said = conversation.data.get(names_for(conversation.channel).email)
    return str(said or conversation.customer.email).strip().lower()


def names_for(channel: Channel) -> CustomerNames:
    """Return what the customer's data are called in the format of a channel's webhook."""
    spoken = known_format(channel.webhook.version) or formats()[0]
    names: CustomerNames = spoken.customer
    return names


def _level(conversation: Conversation, verified_at: datetime | None) -> Level:
    known = {name for name, value in conversation.data.items() if value}
    is_signed = conversation.channel.identity == ChannelIdentity.SIGNED
    if is_signed and not known.isdisjoint(names_for(conversation.channel).own_ids):
        return Level.SIGNED
    if verified_at:
        return Level.CODE
    return Level.CLAIMED if known else Level.NONE


def _verified_at(conversation: Conversation, at: datetime) -> datetime | None:
    """When a code came back last from the customer's e-mail address; None if that is too long ago."""
    address = email_of(conversation)
    if not address:  # where no code can have been sent to
        return None
    came_back = Verification.objects.filter(
        conversation=conversation.pk, address=address, verified_at__gt=at - VERIFIED_FOR
    )
    return came_back.order_by("-verified_at").values_list("verified_at", flat=True).first()
