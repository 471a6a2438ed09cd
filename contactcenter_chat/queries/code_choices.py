"""Among which codes does an agent choose? As trees, with what was chosen so far."""

from collections import defaultdict
from dataclasses import dataclass, field

from django.utils.translation import get_language

from ..models import InteractionCode, TransactionCode, TransactionCodeList
from . import wrapup

AT_A_GLANCE = 9  # codes that one finds without searching: so many have a number key


@dataclass(frozen=True)
class Choice:
    """A code, or a heading over others; ``chosen`` says that the agent chose it."""

    pk: str
    label: str
    chosen: bool
    children: list["Choice"] = field(default_factory=list)


@dataclass(frozen=True)
class CodeList:
    """A list with its codes; ``single`` says that one at most may be chosen."""

    pk: str
    name: str
    required: bool
    single: bool
    choices: list[Choice]
    size: int

    @property
    def some_chosen(self):
        return any(_chosen_in(choice) for choice in self.choices)


@dataclass(frozen=True)
class Offered:
    """The lists of an interaction's codes; ``many`` says that one has to search in them."""

    lists: list[CodeList]

    @property
    def many(self):
        return sum(each.size for each in self.lists) > AT_A_GLANCE


def choices(interaction):
    """Return what is Offered for an interaction, lists without any choice left out."""
    lists = wrapup.code_lists(interaction.queue)
    choosable = {code.pk for code in wrapup.choosable_codes(lists)}
    chosen = set(
        InteractionCode.objects.filter(interaction=interaction, code__isnull=False).values_list("code", flat=True)
    )
    under = defaultdict(list)
    for code in TransactionCode.objects.filter(list__in=lists, retired_at=None).order_by("order", "label"):
        under[code.list_id, code.parent_id].append(code)

    def grow(list_id, parent_id):
        for code in under[list_id, parent_id]:
            children = list(grow(list_id, code.pk))
            if children or code.pk in choosable:
                yield Choice(code.pk, _label(code), code.pk in chosen, children)

    found = [_code_list(each, list(grow(each.pk, None))) for each in lists]
    return Offered([each for each in found if each.choices])


def _code_list(code_list, choices):
    return CodeList(
        pk=code_list.pk,
        name=code_list.name,
        required=code_list.required,
        single=code_list.selection == TransactionCodeList.Selection.SINGLE,
        choices=choices,
        size=sum(_size(choice) for choice in choices),
    )


def _label(code):
    language = (get_language() or "").partition("-")[0]
    return code.translations.get(language) or code.label


def _size(choice):
    return sum(_size(child) for child in choice.children) if choice.children else 1


def _chosen_in(choice):
    return choice.chosen or any(_chosen_in(child) for child in choice.children)
