"""How is the wrap-up vocabulary kept? Lists, and their codes as a tree.

History names codes by id and keeps the label they had, so a code in use is never deleted: it is retired, or merged
into another. Every verb locks the list, so that two who edit it do so one after the other.
"""

from collections.abc import Collection, Iterable, Iterator
from contextlib import contextmanager
from typing import Any

from django.core.exceptions import ValidationError
from django.db.models import QuerySet
from django.utils.translation import gettext_noop as _

from ...database import atomic
from ...exceptions import Conflict, Invalid
from ...models import Queue, TransactionCode, TransactionCodeList, clock
from ...models.wrapup import OWN_PREFIX
from ...queries.codes import codes_in_use


def save_list(code_list: TransactionCodeList, *, queues: Collection[Queue] | None = None) -> None:
    """Write a new or changed list, for these queues unless None; empty means all. Raises Invalid."""
    if any(queue.tenant_id != code_list.tenant_id for queue in queues or ()):
        raise Invalid(_("A queue belongs to another contact centre."), field="queues")
    with atomic():
        check(code_list)
        code_list.save()
        if queues is not None:
            code_list.queues.set(queues)


def delete_list(code_list: TransactionCodeList) -> None:
    """Delete a list with its codes. Raises Conflict when one of them is in use."""
    with atomic():
        code_list = lock_list(code_list.pk)
        if codes_in_use(code_list):
            raise Conflict(_("Codes of this list are in use: retire them, or make the list inactive."))
        while leaves := code_list.codes.filter(children=None):
            leaves.delete()
        code_list.delete()


def create_code(
    *, code_list: TransactionCodeList, parent: TransactionCode | None = None, **values: Any
) -> TransactionCode:
    """Add a code at the end of the list, or under another code of it, and return it. Raises Invalid."""
    with atomic():
        lock_list(code_list.pk)
        _check_parent(code_list.pk, parent)
        code = TransactionCode(list=code_list, parent=parent, order=_siblings(code_list.pk, parent).count(), **values)
        check(code)
        code.save()
    return code


def update_code(*, code: TransactionCode, **changes: Any) -> TransactionCode:
    """Change what a code is called and when it may be chosen, and return it. Raises Invalid."""
    with atomic():
        code = _locked(code)
        for name, value in changes.items():
            setattr(code, name, value)
        check(code)
        code.save(update_fields=changes)
    return code


def move_code(
    *, code: TransactionCode, parent: TransactionCode | None = None, before: TransactionCode | None = None
) -> None:
    """Put a code, with all that is under it, under ``parent`` (None: at the top), ``before`` another (None: last).

    Raises Invalid for a place in another list or under itself.
    """
    with atomic():
        code = _locked(code)
        _check_parent(code.list_id, parent, moving=code)
        siblings = list(_siblings(code.list_id, parent).exclude(pk=code.pk))
        if before is not None and before not in siblings:
            raise Invalid(_("There is no such place."), field="before", value=before.pk)
        siblings.insert(siblings.index(before) if before else len(siblings), code)
        code.parent = parent
        code.save(update_fields=["parent"])
        put_in_order(siblings)


def retire_code(code: TransactionCode) -> None:
    """Let a code and all that is under it not be chosen any more; history keeps it."""
    with atomic():
        retired = [_locked(code)]
        for heading in retired:  # grows while it is walked
            retired.extend(heading.children.all())
        living = TransactionCode.objects.filter(pk__in=[each.pk for each in retired], retired_at=None)
        living.update(retired_at=clock.now())


def restore_code(code: TransactionCode) -> None:
    """Let a retired code be chosen again. Raises Conflict when it was merged into another."""
    with atomic():
        code = _locked(code)
        if code.merged_into_id:
            raise Conflict(_("It was merged into another code."))
        code.retired_at = None
        code.save(update_fields=["retired_at"])


def merge_code(*, code: TransactionCode, into: TransactionCode) -> None:
    """Retire a code and count its uses as another's from now on; history keeps its id and label.

    Raises Invalid when ``into`` is another list's, retired or the code itself, Conflict when either is a heading.
    """
    with atomic():
        code = _locked(code)
        target = TransactionCode.objects.filter(pk=into.pk, list=code.list_id, retired_at=None).first()
        if target is None or target.pk == code.pk:
            raise Invalid(_("Choose another code of the same list that is in use."), field="into")
        if any(each.children.filter(retired_at=None).exists() for each in (code, target)):
            raise Conflict(_("A heading cannot be merged: move what is under it first."))
        code.merged_into, code.retired_at = target, code.retired_at or clock.now()
        code.save(update_fields=["merged_into", "retired_at"])


def delete_code(code: TransactionCode) -> None:
    """Delete a code that was never used. Raises Conflict when history names it or others are under it."""
    with atomic():
        code = _locked(code)
        if code.children.exists():
            raise Conflict(_("There are codes under it."))
        if code.pk in codes_in_use(code.list):
            raise Conflict(_("It is in use: retire it, or merge it into another."))
        code.delete()


def lock_list(pk: str) -> TransactionCodeList:
    """Lock a list, so that nobody else edits its codes until the transaction ends; return it."""
    return TransactionCodeList.objects.select_for_update().get(pk=pk)


def check(row: TransactionCode | TransactionCodeList) -> None:
    """Refuse values that the table does not take. Raises Invalid, naming the first field."""
    check_values(row)
    with _refusal():
        row.validate_constraints()


def check_values(row: TransactionCode | TransactionCodeList) -> None:
    """Refuse values that no row may have, without a look at the other rows. Raises Invalid."""
    if isinstance(row, TransactionCode):
        if row.active_from and row.active_to and row.active_to < row.active_from:
            raise Invalid(_("It ends before it begins."), field="active_to", value=row.active_to)
        check_short_code(row.short_code)
    keys = {each.name for each in row._meta.fields if each.is_relation}
    with _refusal():
        row.clean_fields(exclude=keys)


def check_short_code(short_code: str) -> None:
    """Refuse what the contact centre calls codes of its own. Raises Invalid."""
    if short_code.startswith(OWN_PREFIX):
        raise Invalid(_("The contact centre's own codes begin so."), field="short_code", value=short_code)


@contextmanager
def _refusal() -> Iterator[None]:
    """Turn a ValidationError into Invalid."""
    try:
        yield
    except ValidationError as error:
        field, messages = next(iter(error.message_dict.items()))
        raise Invalid(messages[0], field=field) from error


def put_in_order(*groups: Iterable[TransactionCode]) -> None:
    """Number the codes of each group of siblings as they stand in it."""
    moved = [code for siblings in groups for code in _renumbered(siblings)]
    TransactionCode.objects.bulk_update(moved, ["order"], batch_size=500)


def _renumbered(siblings: Iterable[TransactionCode]) -> Iterator[TransactionCode]:
    for order, code in enumerate(siblings):
        if code.order != order:
            code.order = order
            yield code


def _locked(code: TransactionCode) -> TransactionCode:
    lock_list(code.list_id)
    return TransactionCode.objects.select_related("list").get(pk=code.pk)


def _siblings(list_id: str, parent: TransactionCode | None) -> QuerySet[TransactionCode]:
    return TransactionCode.objects.filter(list=list_id, parent=parent)


def _check_parent(list_id: str, parent: TransactionCode | None, moving: TransactionCode | None = None) -> None:
    if parent is not None and parent.list_id != list_id:
        raise Invalid(_("The heading belongs to another list."), field="parent", value=parent.pk)
    while parent is not None:
        if parent == moving:
            raise Invalid(_("A code cannot stand under itself."), field="parent", value=parent.pk)
        parent = parent.parent
