"""Which transaction codes may be chosen, and which must be?"""

from collections.abc import Iterable

from django.db.models import Q, QuerySet
from django.utils import timezone

from ..models import Interaction, InteractionCode, Queue, TransactionCode, TransactionCodeList
from ..models.queues import WrapUpMode


def code_lists(queue: Queue) -> list[TransactionCodeList]:
    """The lists in use for a queue, in order."""
    lists = TransactionCodeList.objects.filter(
        Q(queues=None) | Q(queues=queue), tenant_id=queue.tenant_id, active=True
    )
    return list(lists.distinct())


def choosable_codes(code_lists: Iterable[TransactionCodeList]) -> QuerySet[TransactionCode]:
    """The codes of these lists that may be chosen today: in use, and with nothing in use under them."""
    living = TransactionCode.objects.filter(list__in=code_lists, retired_at=None)
    today = timezone.localdate()
    in_time = (Q(active_from=None) | Q(active_from__lte=today)) & (Q(active_to=None) | Q(active_to__gte=today))
    headings = living.filter(parent__isnull=False).values("parent")
    return living.filter(in_time).exclude(pk__in=headings).select_related("list")


def missing_lists(interaction: Interaction) -> list[str]:
    """Names of what must still be chosen before the interaction can be finished; empty when it can."""
    lists = code_lists(interaction.queue)
    chosen = set(
        InteractionCode.objects.filter(interaction=interaction, code__isnull=False).values_list(
            "code__list", flat=True
        )
    )
    missing = [code_list.name for code_list in lists if code_list.required and code_list.pk not in chosen]
    mode_demands = interaction.queue.wrap_up_mode in (WrapUpMode.REQUIRED, WrapUpMode.REQUIRED_TIMED)
    if mode_demands and lists and not chosen and not missing:
        missing = [lists[0].name]
    return missing


def path_labels(codes: Iterable[TransactionCode]) -> dict[str, str]:
    """Return {code id: "Heading / Label"} with as many queries as the tree is deep."""
    paths = {code.pk: [code] for code in codes}
    while parents := {path[0].parent_id for path in paths.values()} - {None}:
        found = TransactionCode.objects.in_bulk(parents)
        for path in paths.values():
            if path[0].parent_id:
                path.insert(0, found[path[0].parent_id])
    return {pk: " / ".join(code.label for code in path) for pk, path in paths.items()}
