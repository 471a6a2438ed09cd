"""Whose key is it? It is looked up with each call, so that one that was revoked is refused at once."""

import hmac
from collections.abc import Mapping
from dataclasses import dataclass, field

from ...actions import rate_limit
from ...actions.setup.tenants import hash_secret
from ...exceptions import Unauthorized
from ...models import ApiKey
from ...queries import api as queries

KEY, SECRET = "CONTACTCENTER_API_KEY", "CONTACTCENTER_API_SECRET"  # in the environment


@dataclass(frozen=True)
class Caller:
    """An API key and its secret, for one tenant."""

    tenant: str  # its label
    key: str = field(repr=False)
    secret: str = field(repr=False)

    @classmethod
    def from_environment(cls, tenant: str, environment: Mapping[str, str]) -> "Caller":
        """Return whoever the environment names. Raises Unauthorized where it names nobody."""
        key, secret = environment.get(KEY, ""), environment.get(SECRET, "")
        if not (key and secret):
            raise Unauthorized(f"{KEY} and {SECRET} must be in the environment.")
        return cls(tenant, key, secret)

    def api_key(self) -> ApiKey:
        """Return the key with its tenant, and count it as a call.

        Raises Unauthorized, the same whatever is wrong with it, and RateLimited.
        """
        found = queries.active_key_by_hash(hash_secret(self.key))
        if (
            found is None
            or not hmac.compare_digest(found.secret_hash, hash_secret(self.secret))
            or found.tenant.label != self.tenant
        ):
            raise Unauthorized(f"The API key or its secret is not, or no longer, good for {self.tenant}.")
        rate_limit.spend(found.pk)
        return found
