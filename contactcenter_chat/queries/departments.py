"""Which departments are there, and how is one found by who is handed on to it?"""

from datetime import datetime
from typing import Any

from django.db.models import Prefetch, QuerySet

from ..models import Department, DepartmentQueue, Queue
from .doors import Door


def departments_of(tenant: str) -> QuerySet[Any]:
    """A tenant's departments by their names, each with ``entry_rows``: the row of its entry queue."""
    entries = DepartmentQueue.objects.filter(is_entry=True).select_related("queue__hours")
    found = Department.objects.filter(tenant=tenant).select_related("hours").order_by("name", "pk")
    return found.prefetch_related(Prefetch("rows", entries, to_attr="entry_rows"))


def entry_of(department: Department) -> Queue | None:
    """Its entry queue; None only of one that is being changed."""
    row = department.rows.filter(is_entry=True).select_related("queue__hours").first()
    return row.queue if row else None


def department_door(department: Department, entry: Door, now: datetime) -> Door:
    """How it is found: by hours of its own, else as its ``entry`` queue is."""
    if department.hours is None:
        return entry
    hours = department.hours.hours()
    change = hours.next_change(now)
    return Door(True, open_until=change) if hours.is_open(now) else Door(False, opens_at=change)
