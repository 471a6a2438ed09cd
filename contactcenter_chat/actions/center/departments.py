"""How is a department kept? Its queues, the one through which it is entered, its hours, who looks after it."""

from collections.abc import Iterable, Sequence

from django.utils.translation import gettext_noop as _

from ...database import atomic
from ...exceptions import Invalid
from ...models import Agent, Department, DepartmentQueue, OpeningHours, Queue
from ...models.base import max_length
from ...storable import checked_name


def save_department(
    department: Department, *, queues: Sequence[Queue], entry: Queue, supervisors: Iterable[Agent] = ()
) -> None:
    """Write a new or changed department, with all its queues and supervisors.

    What is handed on to it waits in ``entry``, one of its queues. Raises Invalid for a queue that is in another
    department, and for what belongs to another contact centre, or is no agent any more.
    """
    department.name = checked_name(department.name, max_length(Department, "name"))
    with atomic():
        _check_queues(department, {each.pk for each in queues}, entry)
        _check_hours(department)
        supervisors = _checked_supervisors(department, supervisors)
        department.save()
        _put_queues(department, [each.pk for each in queues], entry.pk)
        department.supervisors.set(supervisors)


def delete_department(department: Department) -> None:
    """Take a department away; its queues stay, in none."""
    department.delete()


def clear_queues(departments: Iterable[Department]) -> None:
    """Take all queues out of departments that are to have others: ``save_department`` follows in this transaction."""
    DepartmentQueue.objects.filter(department__in=departments).delete()


def _check_queues(department: Department, wanted: set[str], entry: Queue) -> None:
    if entry.pk not in wanted:
        raise Invalid(_("The entry queue must be one of its queues."), field="entry", value=entry.pk)
    # Locked, so that none of them comes to another department meanwhile, or goes.
    there = {each.pk: each for each in Queue.objects.locked().filter(pk__in=wanted).order_by("pk")}
    if len(there) < len(wanted) or any(each.tenant_id != department.tenant_id for each in there.values()):
        raise Invalid(_("The queue belongs to another contact centre."), field="queues")
    elsewhere = DepartmentQueue.objects.filter(queue__in=wanted).exclude(department=department.pk)
    if taken := elsewhere.select_related("queue", "department").order_by("queue__name").first():
        raise Invalid(
            _("The queue %(queue)s is in the department %(department)s."),
            queue=taken.queue.name,
            department=taken.department.name,
            field="queues",
        )


def _check_hours(department: Department) -> None:
    if department.hours_id:
        department.hours = OpeningHours.objects.locked().get(pk=department.hours_id)
        if department.hours.tenant_id != department.tenant_id:
            raise Invalid(_("These hours belong to another contact centre."), field="hours", value=department.hours_id)


def _checked_supervisors(department: Department, supervisors: Iterable[Agent]) -> list[Agent]:
    """Those who are to look after it, locked, so that none of them is released meanwhile."""
    found = list(Agent.objects.locked().filter(pk__in=[each.pk for each in supervisors]).order_by("pk"))
    if any(each.tenant_id != department.tenant_id for each in found):
        raise Invalid(_("The agent belongs to another contact centre."), field="supervisors")
    if any(each.released_at for each in found):
        raise Invalid(_("This user is no agent here any more."), field="supervisors")
    return found


def _put_queues(department: Department, wanted: list[str], entry: str) -> None:
    department.rows.exclude(queue__in=wanted).delete()
    department.rows.exclude(queue=entry).update(is_entry=False)  # before another one is: there is one at a time
    there = set(department.rows.values_list("queue_id", flat=True))
    new = [DepartmentQueue(department=department, queue_id=each) for each in wanted if each not in there]
    DepartmentQueue.objects.bulk_create(new)
    department.rows.filter(queue=entry).update(is_entry=True)
