"""With which public key does a remote centre sign?

Keys are kept in the database, so that callbacks can be verified while the key server is down, and in the process.
One that was kept for a day is looked up again: the centre may have withdrawn it. Names that are not known are looked
up at a limited rate, or anybody could have us call the key server as often as they like.
"""

import threading
import time
from collections import OrderedDict
from datetime import timedelta

from ..exceptions import Unreachable
from ..models import RemoteKey, clock
from ..workers.process import kept

KEPT_SECONDS = 86_400  # then a key is looked up again
LOOK_AGAIN_SECONDS = 300  # after the key server was down, or did not know the name
LOOKS = 5  # for unknown names at once
LOOK_SECONDS = 2.0  # until there is one more
KEPT_NAMES = 1000  # of a process
SIZE_MAX = 1024  # characters of a modulus: RSA with 4096 bits has 683


class NotNow(Unreachable):
    """The key cannot be looked up now; send it again later."""


class Keys:
    """What this process knows: keys by provider and kid, None for a name without a key, each until a time."""

    def __init__(self):
        self._lock = threading.Lock()
        self._known = OrderedDict()
        self._looks = {}  # provider: (how many are left, when that was so)

    def get(self, name):
        """Return (True, key) when this is known now."""
        with self._lock:
            jwk, until = self._known.get(name, (None, 0.0))
        return time.monotonic() < until, jwk

    def put(self, name, jwk, seconds):
        with self._lock:
            self._known[name] = (jwk, time.monotonic() + seconds)
            self._known.move_to_end(name)
            while len(self._known) > KEPT_NAMES:
                self._known.popitem(last=False)

    def may_look(self, provider):
        """Whether an unknown name may be looked up now; counts it."""
        now = time.monotonic()
        with self._lock:
            left, since = self._looks.get(provider, (LOOKS, now))
            left = min(LOOKS, left + (now - since) / LOOK_SECONDS)
            may_look = left >= 1
            self._looks[provider] = (left - may_look, now)
            return may_look


_keys = kept(Keys)


def find_jwk(provider, kid):
    """Return a provider's public key of this name, None when there is none. Raises NotNow."""
    name = (provider.name, kid)
    is_known, jwk = _keys.get(name)
    if is_known:
        return jwk
    kept = RemoteKey.objects.filter(provider=provider.name, kid=kid).first()
    if kept and clock.now() - kept.fetched_at < timedelta(seconds=KEPT_SECONDS):
        _keys.put(name, kept.jwk, LOOK_AGAIN_SECONDS)
        return kept.jwk
    if not kept and not _keys.may_look(provider.name):
        raise NotNow()
    return _look_up(provider, kid, kept)


def _look_up(provider, kid, kept):
    name = (provider.name, kid)
    try:
        jwk = _usable(provider.public_key(kid), kid)
    except Unreachable as error:
        if kept is None:
            raise NotNow() from error
        _keys.put(name, kept.jwk, LOOK_AGAIN_SECONDS)  # better than to lose what is told
        return kept.jwk
    if jwk is None:
        RemoteKey.objects.filter(provider=provider.name, kid=kid).delete()
    else:
        values = {"jwk": jwk, "fetched_at": clock.now()}
        RemoteKey.objects.update_or_create(provider=provider.name, kid=kid, defaults=values)
    _keys.put(name, jwk, LOOK_AGAIN_SECONDS)
    return jwk


def _usable(jwk, kid):
    """The four members that are needed of a key, None when it is not one of this name that we could use."""
    if not jwk or jwk.get("kty") != "RSA" or jwk.get("kid", kid) != kid:
        return None
    numbers = {name: jwk.get(name) for name in ("e", "n")}
    if not all(isinstance(value, str) and 0 < len(value) <= SIZE_MAX for value in numbers.values()):
        return None
    return {"kty": "RSA", "kid": kid, **numbers}
