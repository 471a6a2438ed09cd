"""Which key signs a tenant's callbacks, and what does a receiver check them with?"""

from functools import lru_cache

from ..encryption import decrypt
from ..models import Receiver, SigningKey
from ..signature import Signer


def signer_for(tenant_id: str) -> Signer:
    """Return the Signer with the tenant's newest key. Raises SigningKey.DoesNotExist."""
    key = SigningKey.objects.filter(tenant_id=tenant_id, retired_at=None).latest("created_at")
    return _signer(key.pk, key.rsa_private, key.ed25519_private)


def public_key_of(key: SigningKey) -> str:
    """Return the public part of a signing key's ``v1a`` signatures: ``whpk_…``."""
    return _signer(key.pk, key.rsa_private, key.ed25519_private).public_key()


def secret_of(receiver: Receiver) -> str:
    """Return the secret of a receiver's ``v1`` signatures: ``whsec_…``."""
    return decrypt(receiver.secret)


@lru_cache(maxsize=1000)
def _signer(kid: str, rsa_private: str, ed25519_private: str) -> Signer:
    """A process parses a key once; a key never changes."""
    return Signer(kid, decrypt(rsa_private), decrypt(ed25519_private))
