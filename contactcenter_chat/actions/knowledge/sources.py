"""How are articles kept as the project has them elsewhere? A source is read again by the clock, or when it is told to.

A source is named in ``KNOWLEDGE_SOURCES``, with a function that returns its documents. All of them are read before
anything is written, so that a function that fails half-way changes nothing. Then each document is written by itself,
if it is another one than before; what the source has no more is retired. One process reads a source at a time: it
leases a duty, as what is due by the clock is leased, and renews the lease as it goes on.
"""

from collections.abc import Callable, Iterator
from datetime import timedelta
from functools import partial
from typing import Any

from django.utils.module_loading import import_string
from django.utils.translation import gettext_noop as _

from ...conf import settings
from ...database import after_commit
from ...exceptions import Conflict, NotFound
from ...models import Tenant
from ...workers import wakeup
from ..one_by_one import Step
from ..upkeep import duties
from .documents import BATCH, Reading, Refreshed

LEASE = timedelta(minutes=30)  # of who reads a source: its function may take its time; renewed with each batch
NEVER = timedelta(days=36_500)  # by the clock
READ = Step("sources_read")


def refresh_soon(name: str) -> None:
    """Have a source read again by a worker, after the commit: for a project's own signals.

    Raises NotFound for a name that ``KNOWLEDGE_SOURCES`` does not have.
    """
    _setting(name)
    after_commit(_tell, name)


def wake_if_due() -> None:
    """Start a task for each source that is to be read again."""
    named = {_duty(name): name for name in settings.KNOWLEDGE_SOURCES}
    if not named:
        return
    regular = [duty for duty, name in named.items() if _every(name) < NEVER]
    told = duties.known_duties([duty for duty in named if duty not in regular])
    for duty in duties.due_duties([*regular, *told]):
        wakeup.wake_source(named[duty])


def refresh_due(name: str) -> None:
    """Read a source again if it is due and nobody is at it; what it fails with is written down."""
    if name not in settings.KNOWLEDGE_SOURCES:  # not any more
        return
    duty = _duty(name)
    token = duties.take_duty(duty, LEASE)
    if token is None:
        return
    go_on = partial(_go_on, duty, token)
    READ.attempt(partial(_counted, name, go_on), key=name, tenant_id=_tenant_id(name), failed_before=True)
    if duties.end_duty_unless_due(duty, token, _every(name)):
        wakeup.wake_source(name)


def refresh(name: str, go_on: Callable[[], object] = lambda: None) -> Refreshed:
    """Have the articles of a source be as its documents are, and return what was done.

    Not to be called in a transaction: each document is written in one of its own. ``go_on`` is called before each
    batch. A document that cannot be taken is written down as a failure, and its article stays as it was.

    Raises NotFound for an unknown source or contact centre, and whatever the source's function raises; nothing is
    changed then.
    """
    setting = _setting(name)
    tenant = Tenant.objects.filter(label=setting["TENANT"]).first()
    if tenant is None:
        raise NotFound("tenant", setting["TENANT"])
    documents = list(_rows_of(import_string(setting["DOCUMENTS"])()))
    return Reading(name, tenant, go_on).take(documents)


def _rows_of(found: Any) -> Iterator[Any]:
    """What a source's function returned, one by one; rows of a queryset without Django keeping them all."""
    return iter(found.iterator(chunk_size=BATCH) if hasattr(found, "iterator") else found)


def _go_on(duty: str, token: int) -> None:
    """Before each batch. Raises Conflict when another process reads the source by now, which took too long here."""
    if not duties.extend_duty(duty, token, LEASE):
        raise Conflict(_("It has taken so long to read the source that another process reads it by now."))


def _counted(name: str, go_on: Callable[[], object]) -> int:
    return refresh(name, go_on).written


def _tell(name: str) -> None:
    duties.make_due(_duty(name))
    wakeup.wake_source(name)


def _setting(name: str) -> dict[str, Any]:
    try:
        setting: dict[str, Any] = settings.KNOWLEDGE_SOURCES[name]
    except KeyError:
        raise NotFound("source", name) from None
    return setting


def _tenant_id(name: str) -> str | None:
    label = settings.KNOWLEDGE_SOURCES[name]["TENANT"]
    return Tenant.objects.filter(label=label).values_list("pk", flat=True).first()


def _every(name: str) -> timedelta:
    minutes = settings.KNOWLEDGE_SOURCES[name].get("MINUTES", 0)
    return timedelta(minutes=minutes) if minutes else NEVER


def _duty(name: str) -> str:
    return f"source:{name}"
