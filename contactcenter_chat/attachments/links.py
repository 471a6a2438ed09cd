"""Which link lets somebody read a file without logging in, and for how long?

The link names the file and when it expires, and is signed with a key derived from ``SECRET_KEY``
(``SECRET_KEY_FALLBACKS`` are accepted); each kind of file has a key of its own. Whoever has it can read that one file
until then.
"""

import base64
import hashlib
import hmac
import time
from urllib.parse import urlencode

from django.urls import reverse

from ..conf import secret_keys, settings
from ..encryption import derived_keys

# The kinds of files, as their addresses are called.
ATTACHMENT, ARTICLE_FILE = "attachment", "article_file"
PURPOSES = {ATTACHMENT: b"contactcenter_chat.attachment_link", ARTICLE_FILE: b"contactcenter_chat.article_file_link"}


def link_to(file_id: str, kind: str = ATTACHMENT) -> str:
    """Return a link that is good for ATTACHMENT_LINK_SECONDS; it begins with PUBLIC_URL."""
    return settings.PUBLIC_URL.rstrip("/") + path_to(file_id, settings.ATTACHMENT_LINK_SECONDS, kind)


def path_to(file_id: str, seconds: int, kind: str = ATTACHMENT) -> str:
    """Return such a link for a page of ours, good for so many seconds."""
    expires = str(int(time.time()) + seconds)
    path = reverse(f"contactcenter_chat:{kind}", args=[file_id])
    signature = _signature(derived_keys(PURPOSES[kind], secret_keys())[0], file_id, expires)
    query = urlencode({"expires": expires, "signature": signature})
    return f"{path}?{query}"


def is_good(file_id: str, expires: str, signature: str, kind: str = ATTACHMENT) -> bool:
    """Whether a link with these parts was made here and has not expired; they may be any text."""
    expected = [_signature(key, file_id, expires) for key in derived_keys(PURPOSES[kind], secret_keys())]
    signed = [hmac.compare_digest(each.encode(), signature.encode()) for each in expected]
    in_time = expires.isascii() and expires.isdecimal() and len(expires) < 15 and int(expires) >= time.time()
    return any(signed) and in_time


def _signature(key: bytes, file_id: str, expires: str) -> str:
    digest = hmac.digest(key, f"{file_id}.{expires}".encode(), hashlib.sha256)
    return base64.urlsafe_b64encode(digest).rstrip(b"=").decode()
