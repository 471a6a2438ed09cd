"""How does the wrap-up vocabulary stand as a tree, and how often was each code used?"""

from collections import Counter, defaultdict
from dataclasses import dataclass

from django.db.models import Count

from ..models import InteractionCode, TransactionCode, TransactionCodeList


def in_tree_order(codes):
    """Return [(depth, code)] of these codes as they stand in their lists: each heading before what is under it."""
    children = defaultdict(list)
    for code in sorted(codes, key=lambda code: (code.list.order, code.list.name, code.order, code.label, code.pk)):
        children[code.list_id, code.parent_id].append(code)
    ordered = []
    for list_id in dict.fromkeys(list_id for list_id, _parent_id in children):
        waiting = [(0, code) for code in reversed(children[list_id, None])]
        while waiting:  # no recursion: the tree may be of any depth
            depth, code = waiting.pop()
            ordered.append((depth, code))
            waiting.extend((depth + 1, child) for child in reversed(children[list_id, code.pk]))
    return ordered


def codes_in_use(code_list: TransactionCodeList) -> set[str]:
    """Ids of the codes of a list that history names, or that others were merged into: they cannot be deleted."""
    codes = TransactionCode.objects.filter(list=code_list)
    used = set(codes.filter(uses__isnull=False).values_list("pk", flat=True).distinct())
    return used | set(codes.filter(merged__isnull=False).values_list("pk", flat=True))


def tree_of(code_list):
    """Return [(depth, code)] of a list, with the label of what each was merged into at hand."""
    return in_tree_order(code_list.codes.select_related("list", "merged_into"))


# Steps of a code in its tree
UP, DOWN, IN, OUT = "up", "down", "in", "out"


def place_after(tree, code, step):
    """Where a step leads: the heading (None: the top) and the sibling to stand before (None: last).

    Returns None when there is nowhere to go.
    """
    by_id = {each.pk: each for _depth, each in tree}
    parent = by_id.get(code.parent_id)
    siblings = _under(tree, code.parent_id)
    at = siblings.index(by_id[code.pk])
    if step == UP and at > 0:
        return parent, siblings[at - 1]
    if step == DOWN and at + 1 < len(siblings):
        return parent, _at(siblings, at + 2)
    if step == IN and at > 0:
        return siblings[at - 1], None
    if step == OUT and parent is not None:
        aunts = _under(tree, parent.parent_id)
        return by_id.get(parent.parent_id), _at(aunts, aunts.index(parent) + 1)
    return None


def _under(tree, parent_id):
    return [code for _depth, code in tree if code.parent_id == parent_id]


def _at(codes, index):
    return codes[index] if index < len(codes) else None


@dataclass(frozen=True)
class Use:
    """How often a code was chosen; what was merged into it counts as it, and what is under a heading as the heading's.

    ``own`` is without what is under it: the sum of these is how often anything was chosen.
    """

    code: TransactionCode
    depth: int
    count: int
    own: int
    share: float  # of all uses of the list, 0-1


def use_of(code_list, since, until):
    """Return a Use of each code of a list in a period (aware datetimes), in the order of its tree."""
    codes = list(TransactionCode.objects.filter(list=code_list).select_related("list"))
    by_id = {code.pk: code for code in codes}
    chosen = InteractionCode.objects.filter(code__list=code_list, chosen_at__gte=since, chosen_at__lt=until)
    counts: Counter[str | None] = Counter()
    for row in chosen.values("code").annotate(uses=Count("pk")).order_by():
        counts[_counted_as(by_id, row["code"])] += row["uses"]
    tree, total = in_tree_order(codes), counts.total()
    with_under = counts.copy()
    for _depth, code in reversed(tree):  # what is under a heading before the heading
        with_under[code.parent_id] += with_under[code.pk]
    return [
        Use(code, depth, with_under[code.pk], counts[code.pk], with_under[code.pk] / total if total else 0.0)
        for depth, code in tree
        if code.merged_into_id is None
    ]


def _counted_as(by_id, pk):
    while by_id[pk].merged_into_id:
        pk = by_id[pk].merged_into_id
    return pk
