"""Which prepared responses does an agent find for a chat, and what do they say there?"""

from collections.abc import Iterable
from typing import Any, NamedTuple

from django.db.models import BooleanField, Case, CharField, F, IntegerField, Q, QuerySet, Value, When, Window
from django.db.models.functions import Coalesce, Concat, Lower, RowNumber

from ..exceptions import NotFound
from ..isolates import unturned
from ..knowledge import variables
from ..models import Agent, Interaction, PreparedResponse, people
from ..storable import is_blank
from . import acts

MOST = 50  # prepared responses that are offered at once
WORDS_MOST = 10  # of what is sought; more are not looked at


class Offered(NamedTuple):
    """A prepared response, what it says in a chat (gaps stand as they are written), and what it does when sent."""

    response: PreparedResponse
    text: str
    acts: list[str]


def offered(agent: Agent, interaction: Interaction, words: str = "") -> list[Offered]:
    """Return the prepared responses for a chat in which all of these words stand, each in one language.

    That is the customer's if there is such a version, else one of the agent's, else the first. Those whose short code
    begins with the words come first, then those in the customer's language.
    """
    tags = [interaction.conversation.language, *_languages_of(agent)]
    there = PreparedResponse.objects.filter(
        Q(queue=None) | Q(queue=interaction.queue_id),
        Q(owner=None) | Q(owner=agent),
        tenant=agent.tenant_id,
    ).annotate(of_one=_of_one())
    sought = words.split()[:WORDS_MOST]
    begins = Q(short_code__istartswith=sought[0].removeprefix("/")) if len(sought) == 1 else Q(pk__in=())
    found = there.filter(begins | _with_all(sought)).values("of_one") if sought else None
    versions = there.filter(of_one__in=found) if found is not None else there
    first = Window(RowNumber(), partition_by=[F("of_one")], order_by=[_by_language(tags), F("language"), F("pk")])
    is_code = Case(When(begins, then=True), default=False, output_field=BooleanField())
    rows = list(
        versions.annotate(place=first, is_code=is_code)
        .filter(place=1)
        .annotate(is_understood=_by_language(tags[:1]))
        .order_by("-is_code", "is_understood", "title", "pk")[:MOST]
    )
    values = values_for(agent, interaction)
    names = acts.names_of(agent.tenant_id, [response.acts for response in rows])
    return [
        Offered(response, variables.fill(response.text, values).text, acts.told(response.acts, names))
        for response in rows
    ]


def own_response(agent: Agent, response_id: str) -> PreparedResponse:
    """Return one of those that an agent has for itself. Raises NotFound."""
    response = own_responses(agent).filter(pk=response_id).first()
    if response is None:
        raise NotFound("Prepared response", response_id)
    return response


def own_responses(agent: Agent) -> QuerySet[PreparedResponse]:
    """The prepared responses that an agent has for itself."""
    return PreparedResponse.objects.filter(owner=agent).order_by("title", "language", "pk")


def values_for(agent: Agent, interaction: Interaction) -> dict[str, str]:
    """What the variables of a prepared response stand for in a chat; expects its conversation, customer and queue."""
    conversation = interaction.conversation
    customer = conversation.customer.name
    first_name, last_name = people.names_of(agent.user)
    values: dict[str, Any] = {
        "customer.name": customer,
        "customer.first_name": (customer.split() or [""])[0],
        "agent.name": " ".join(filter(None, (first_name, last_name))),
        "agent.first_name": first_name,
        "queue.name": interaction.queue.name,
        "centre.name": agent.tenant.name,
        **{f"{variables.DATA}{key}": value for key, value in conversation.data_in_order.items()},
    }
    return {name: _said(value) for name, value in values.items()}


def _said(value: Any) -> str:
    """A value in a sentence; empty for what says nothing there."""
    if value is None or isinstance(value, bool | dict | list):
        return ""
    text = unturned(str(value))
    return "" if is_blank(text) else text


def _languages_of(agent: Agent) -> list[str]:
    return list(agent.languages.order_by("-level", "tag").values_list("tag", flat=True))


def _of_one() -> Case:
    """What all versions of a response have in common; one without a short code has no other version."""
    queue, owner = (Coalesce(name, Value(""), output_field=CharField()) for name in ("queue", "owner"))
    key = Concat(queue, Value("/"), owner, Value("/"), Lower("short_code"))
    return Case(When(short_code="", then=F("pk")), default=key, output_field=CharField())


def _with_all(words: Iterable[str]) -> Q:
    found = Q()
    for word in words:
        found &= Q(title__icontains=word) | Q(text__icontains=word) | Q(short_code__icontains=word)
    return found


def _by_language(tags: Iterable[str]) -> Case:
    """The place of a response's language among these, of the first in two: as it is written, and its kin."""
    whens = []
    for number, tag in enumerate(filter(None, tags)):
        kin = tag.partition("-")[0]
        whens += [
            When(language__iexact=tag, then=Value(2 * number)),
            When(Q(language__iexact=kin) | Q(language__istartswith=f"{kin}-"), then=Value(2 * number + 1)),
        ]
    return Case(*whens, default=Value(1000), output_field=IntegerField())
