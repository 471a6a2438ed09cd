"""How does a customer show who they are? By a one-time code that is sent to them, and that comes back.

The code itself is kept nowhere: it is sent while whoever asked for it waits, in no transaction.
"""

import hashlib
import hmac
import logging
import math
import re
import secrets
from datetime import datetime, timedelta
from functools import partial

from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.db import IntegrityError
from django.db.models import QuerySet
from django.utils.module_loading import import_string
from django.utils.translation import gettext_noop as _

from ..bots import words
from ..conf import secret_keys, settings
from ..database import atomic
from ..encryption import derived_keys
from ..events import CustomerVerified, VerificationSent
from ..exceptions import Conflict, Invalid, RateLimited, Unavailable
from ..models import Agent, Conversation, Verification, clock
from ..models.base import max_length, new_id
from ..queries.identity import TRIES, email_of, level_of, open_code
from . import own_words
from .participants import check_handles, living
from .recording import record

logger = logging.getLogger(__name__)

GOOD_FOR = timedelta(minutes=10)
TO_ADDRESS, ADDRESS_WITHIN = 3, timedelta(hours=1)  # codes to one address
IN_CONVERSATION, COUNTED_WITHIN = 6, timedelta(days=1)  # codes in one conversation; rows are kept for so long
ADDRESS_MAX = max_length(Verification, "address")
CODE = re.compile("[0-9]{6}")
PURPOSE = b"contactcenter_chat.verification_code"


def send_code(
    *, conversation_id: str, tenant_id: str | None = None, address: str = "", agent: Agent | None = None
) -> Verification:
    """Send the customer a one-time code, and return what is kept of it. It makes the codes before it void.

    ``address`` is by default the customer's e-mail address; with an ``agent``, that one must be in the chat, until the
    code is sent, and the customer is told there. May not be called in a transaction. Raises NotFound, Conflict,
    Invalid for a bad address or none, RateLimited after 3 codes to an address within an hour or 6 in a conversation
    within a day, and Unavailable when it could not be sent, which is counted as no code.
    """
    code = f"{secrets.randbelow(10**6):06}"
    with atomic(durable=True):
        conversation = living(conversation_id, tenant_id)
        if agent:
            check_handles(conversation, agent)
        planned = _planned(conversation, _checked_address(address or email_of(conversation)), code)
    if not _is_sent(planned.address, code, conversation):
        planned.delete()
        raise Unavailable(_("The code could not be sent. Try again later."))
    with atomic():
        conversation = living(conversation_id)
        if agent:  # who may have lost the chat while it was sent
            check_handles(conversation, agent)
        # Good from now on, with the fact that it was sent: neither is there without the other.
        planned.expires_at = planned.sent_at + GOOD_FOR
        planned.save(update_fields=["expires_at"])
        record(conversation, VerificationSent(address=planned.masked_address))
        if agent:
            told = partial(words.code_sent_for_agent, planned.masked_address)
            own_words.say(conversation, words.in_language(conversation.language, told))
    return planned


def check_code(
    *, conversation_id: str, code: str, tenant_id: str | None = None, agent: Agent | None = None
) -> Verification:
    """Check the code that the customer gives back, and return what was kept of it.

    With an ``agent``, that one must be in the chat. May not be called in a transaction: a wrong code is counted though
    this raises. Raises NotFound, Conflict where there is no code to check (any more), Invalid for a wrong one.
    """
    code = "".join(code.split())
    if not CODE.fullmatch(code):
        raise Invalid(_("A code has six digits."), field="code")
    with atomic(durable=True):
        conversation = living(conversation_id, tenant_id)
        if agent:
            check_handles(conversation, agent)
        now = clock.now()
        sent = open_code(conversation, now)
        if sent is None:
            raise Conflict(_("There is no code that could be checked. Have a new one sent."))
        is_right = _is_right(sent, code)
        _note(conversation, sent, now, is_right=is_right)
    if not is_right:
        raise _wrong(sent)
    return sent


def _planned(conversation: Conversation, address: str, code: str) -> Verification:
    """The row of a code that is to be sent: it is counted from now on, and good for nothing until it was sent.

    Expects the conversation locked.
    """
    now, pk = clock.now(), new_id()
    in_conversation = Verification.objects.filter(conversation=conversation, sent_at__gt=now - COUNTED_WITHIN)
    if in_conversation.count() >= IN_CONVERSATION:
        raise _too_many(in_conversation, COUNTED_WITHIN, now)
    planned = Verification(
        pk=pk,
        tenant_id=conversation.tenant_id,
        conversation=conversation,
        address=address,
        code_hash=_hashes(pk, code)[0],
        sent_at=now,
        expires_at=now,
    )
    to_address = Verification.objects.filter(tenant=conversation.tenant_id, address=address)
    for planned.slot in _free_slots(to_address, now):
        try:
            with atomic():
                planned.save(force_insert=True)
        except IntegrityError:  # another conversation was faster, with a code to the same address
            continue
        return planned
    raise _too_many(to_address.exclude(slot=None), ADDRESS_WITHIN, now)


def _free_slots(to_address: QuerySet[Verification], now: datetime) -> list[int]:
    """Which slots of an address are free, those that have become so among them."""
    over = to_address.exclude(slot=None).filter(sent_at__lte=now - ADDRESS_WITHIN).order_by("pk")
    if ids := list(over.select_for_update().values_list("pk", flat=True)):
        Verification.objects.filter(pk__in=ids).update(slot=None)
    taken = set(to_address.exclude(slot=None).values_list("slot", flat=True))
    return [slot for slot in range(TO_ADDRESS) if slot not in taken]


def _too_many(counted: QuerySet[Verification], within: timedelta, now: datetime) -> RateLimited:
    first = counted.order_by("sent_at").values_list("sent_at", flat=True).first() or now
    wait = (first + within - now).total_seconds()
    return RateLimited(_("Too many codes were sent. Try again later."), retry_after=max(1, math.ceil(wait)))


def _checked_address(address: str) -> str:
    address = address.strip().lower()
    if not address:
        raise Invalid(_("No e-mail address of the customer is known."), field="address")
    try:
        validate_email(address)
    except ValidationError:
        raise Invalid(_("This is no e-mail address."), field="address") from None
    if len(address) > ADDRESS_MAX:
        raise Invalid(_("This is no e-mail address."), field="address")
    return address


def _is_sent(address: str, code: str, conversation: Conversation) -> bool:
    try:
        import_string(settings.VERIFICATION_SENDER)(address, code, conversation)
    except Exception as error:  # whatever the project's sender, or its mail server, brings about
        # Without the traceback, whose frames hold the code: reports of errors show them.
        logger.error("%s failed: %s", settings.VERIFICATION_SENDER, type(error).__name__)
        return False
    return True


def _is_right(sent: Verification, code: str) -> bool:
    matches = [hmac.compare_digest(each, sent.code_hash) for each in _hashes(sent.pk, code)]
    return any(matches)


def _note(conversation: Conversation, sent: Verification, now: datetime, *, is_right: bool) -> None:
    if not is_right:
        sent.tries += 1
        sent.save(update_fields=["tries"])
        return
    sent.verified_at = now
    sent.save(update_fields=["verified_at"])
    record(conversation, CustomerVerified(level=level_of(conversation, now), address=sent.masked_address))


def _wrong(sent: Verification) -> Invalid:
    if sent.tries < TRIES:
        return Invalid(_("This is not the code."), field="code")
    return Invalid(_("This is not the code, and it cannot be tried again. Have a new one sent."), field="code")


def _hashes(pk: str, code: str) -> list[str]:
    """Hashes of a code, one by each of the project's secret keys; the first is kept."""
    keys = derived_keys(PURPOSE, secret_keys())
    return [hmac.new(key, f"{pk}.{code}".encode(), hashlib.sha256).hexdigest() for key in keys]
