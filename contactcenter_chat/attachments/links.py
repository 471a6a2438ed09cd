"""Which link lets somebody read an attachment without logging in, and for how long?

The link names the attachment and when it expires, and is signed with a key derived from ``SECRET_KEY``
(``SECRET_KEY_FALLBACKS`` are accepted). Whoever has it can read that one file until then.
"""

import base64
import hashlib
import hmac
import time
from urllib.parse import urlencode

from django.urls import reverse

from ..conf import secret_keys, settings
from ..encryption import derived_keys

PURPOSE = b"contactcenter_chat.attachment_link"


def link_to(attachment_id: str) -> str:
    """Return a link that is good for ATTACHMENT_LINK_SECONDS; it begins with PUBLIC_URL."""
    return settings.PUBLIC_URL.rstrip("/") + path_to(attachment_id, settings.ATTACHMENT_LINK_SECONDS)


def path_to(attachment_id: str, seconds: int) -> str:
    """Return such a link for a page of ours, good for so many seconds."""
    expires = str(int(time.time()) + seconds)
    path = reverse("contactcenter_chat:attachment", args=[attachment_id])
    signature = _signature(derived_keys(PURPOSE, secret_keys())[0], attachment_id, expires)
    query = urlencode({"expires": expires, "signature": signature})
    return f"{path}?{query}"


def is_good(attachment_id: str, expires: str, signature: str) -> bool:
    """Whether a link with these parts was made here and has not expired; they may be any text."""
    expected = [_signature(key, attachment_id, expires) for key in derived_keys(PURPOSE, secret_keys())]
    signed = [hmac.compare_digest(each.encode(), signature.encode()) for each in expected]
    in_time = expires.isascii() and expires.isdecimal() and len(expires) < 15 and int(expires) >= time.time()
    return any(signed) and in_time


def _signature(key: bytes, attachment_id: str, expires: str) -> str:
    digest = hmac.digest(key, f"{attachment_id}.{expires}".encode(), hashlib.sha256)
    return base64.urlsafe_b64encode(digest).rstrip(b"=").decode()
