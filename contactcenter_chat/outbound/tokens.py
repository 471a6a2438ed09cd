"""How is an access token kept until it expires?"""

import threading
import time
from collections.abc import Callable, Hashable

RENEW_BEFORE = 60  # seconds before it expires


class AccessToken:
    """The access token of one key; asked for once at a time, however many threads want it."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._value = ""
        self._renew_at = 0.0

    def get(self, ask: Callable[[], tuple[str, float]]) -> str:
        """Return the token; ``ask()`` returns a new one and its life in seconds."""
        with self._lock:
            if not self._value or time.monotonic() >= self._renew_at:
                value, seconds = ask()
                self._value = value
                self._renew_at = time.monotonic() + max(seconds - RENEW_BEFORE, seconds / 2)
            return self._value

    def forget(self, value: str) -> None:
        """Do not use this one any more; another thread may have a newer one already."""
        with self._lock:
            if self._value == value:
                self._value = ""


class AccessTokens:
    """The access tokens of this process, by whatever names a key."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._tokens: dict[Hashable, AccessToken] = {}

    def of(self, name: Hashable) -> AccessToken:
        with self._lock:
            return self._tokens.setdefault(name, AccessToken())
