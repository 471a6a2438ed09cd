"""What does a contact centre say of what must not leave the house?"""

from functools import lru_cache

from ..masking.base import Rules
from ..masking.patterns import compiled
from ..models import Tenant


def rules_of(tenant: Tenant) -> Rules:
    """Return what this contact centre masks, and what it never does."""
    return _rules(tenant.masked_patterns, tenant.reference_patterns)


@lru_cache(maxsize=1000)
def _rules(masked: str, references: str) -> Rules:
    return Rules(compiled(masked), compiled(references))
