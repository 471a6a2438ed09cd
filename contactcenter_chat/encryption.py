"""How are secrets kept that must be read again? Encrypted with keys derived from ``SECRET_KEY``.

``SECRET_KEY_FALLBACKS`` are tried when reading, so that the project's key can be rotated.
"""

import base64
from functools import lru_cache

from cryptography.fernet import Fernet, MultiFernet
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from django.conf import settings

PURPOSE = b"contactcenter_chat.encryption"


def encrypt(text: str) -> str:
    """Return the text encrypted, as ASCII."""
    return _fernet().encrypt(text.encode()).decode()


def decrypt(token: str) -> str:
    """Return what was encrypted. Raises ``cryptography.fernet.InvalidToken`` when no key fits."""
    return _fernet().decrypt(token.encode()).decode()


def derived_key(secret: str | bytes, purpose: bytes = PURPOSE) -> bytes:
    """Return 32 bytes derived from one of the project's secret keys, for one purpose only."""
    secret = secret if isinstance(secret, bytes) else secret.encode()
    return HKDF(algorithm=hashes.SHA256(), length=32, salt=None, info=purpose).derive(secret)


@lru_cache(maxsize=16)
def derived_keys(purpose: bytes, secrets: tuple[str | bytes, ...]) -> tuple[bytes, ...]:
    """Return the keys for one purpose, one of each of the ``secrets``, which are those of ``conf.secret_keys``."""
    return tuple(derived_key(secret, purpose) for secret in secrets)


def _fernet() -> MultiFernet:
    secrets = (settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS)
    return MultiFernet([Fernet(base64.urlsafe_b64encode(key)) for key in derived_keys(PURPOSE, secrets)])
