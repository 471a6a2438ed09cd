"""Have many agents been lost at once? Then it is not they who have gone: their line, or ours, has failed.

For a while nothing is taken from them, so that each who comes back goes on with the own chats.
"""

import logging
from datetime import datetime, timedelta

from django.db.models import Q

from ... import signals
from ...conf import settings
from ...database import after_commit, atomic
from ...models import Agent, Tenant

logger = logging.getLogger(__name__)

WITHIN = timedelta(seconds=60)
LEAST, SHARE = 5, 0.3  # of those who were logged in


def look(tenant_id: str, now: datetime) -> None:
    """One more agent of this tenant is lost. When that makes it a mass loss, it is told once."""
    if not settings.MASS_LOSS_SECONDS:
        return
    lost = Agent.objects.filter(tenant=tenant_id, lost_at__gt=now - WITHIN).count()
    if lost < LEAST:
        return
    before = lost + Agent.objects.logged_in().filter(tenant=tenant_id).count()
    if lost < SHARE * before:
        return
    over = Q(mass_loss_until=None) | Q(mass_loss_until__lte=now)
    with atomic():
        until = now + timedelta(seconds=settings.MASS_LOSS_SECONDS)
        if Tenant.objects.filter(over, pk=tenant_id).update(mass_loss_until=until):
            after_commit(_tell, tenant_id, lost, before)


def spared(now: datetime) -> Q:
    """Which interactions are of agents from whom nothing is taken now."""
    return Q(tenant__mass_loss_until__gt=now, agent__lost_at__isnull=False)


def _tell(tenant_id: str, lost: int, before: int) -> None:
    tenant = Tenant.objects.get(pk=tenant_id)
    logger.error("%s: %d of %d agents were lost at once; their chats stay theirs for a while.", tenant, lost, before)
    signals.agents_lost.send_robust(Agent, tenant=tenant, lost=lost, of=before)
