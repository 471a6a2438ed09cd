"""How is a customer verified? In all formats alike: none of the vendors' has anything of it."""

from .base import iso_time
from .limits import CODE_MAX
from .members import Text, read

VERIFICATION = {
    "address": Text(
        default="",
        limit="address",
        description="Where a code is sent to; without it, the customer's e-mail address.",
    ),
    "code": Text(default="", limit=CODE_MAX, description="The code that the customer was sent, to be checked."),
}


def read_verification(body, limits=None):
    """Return the address to send a code to and the code to check; each may be empty."""
    given = read(body, VERIFICATION, limits)
    return given["address"].strip(), given["code"].strip()


def verification(conversation_id, standing):
    """How sure it is who a conversation's customer is; ``standing`` is a ``queries.identity.Standing``."""
    until, expires = standing.verified_until, standing.code_expires_at
    return {
        "conversationId": conversation_id,
        "level": standing.level,
        "address": standing.address or None,
        "verifiedUntil": until and iso_time(until),
        "codeExpiresAt": expires and iso_time(expires),
        "triesLeft": standing.tries_left,
    }
