"""What becomes of it when a customer says that an article has answered the question, or that it has not?

Bots write nothing: they say what the customer has said, and the app keeps it beside the bot's own words.
"""

import logging
from concurrent.futures import TimeoutError as TooLate
from functools import partial

from django.db.models import F, QuerySet

from ...bots.base import Judged
from ...database import connection
from ...knowledge.base import EmbedderAway, embedder, is_set_up
from ...knowledge.languages import base_of
from ...knowledge.phrasings import Phrasing, phrasing_of
from ...models import BotSpell, ConfirmedPhrasing, Conversation, Tenant, clock
from ...queries import articles
from ...queries.identity import level_of
from ...queries.masking import rules_of
from ...queries.phrasings import edition_of, like
from . import looking

logger = logging.getLogger(__name__)

SECONDS = 2  # for the embedder: without an answer of its, the very same words count
VERSION_MOST, TENANT_MOST = 20, 3_000  # phrasings of a version and a language, and in all: the newest stay
AT_ONCE = 100  # of those that go


def meant(tenant_id: str, judged: Judged) -> Phrasing | None:
    """Return what is to be kept of how the customer asked; None for nothing. Outside of a transaction."""
    tenant = Tenant.objects.get(pk=tenant_id)
    phrasing = phrasing_of(judged.question, rules_of(tenant))
    if phrasing is None or not is_set_up():
        return phrasing
    try:
        return looking.done_there(partial(_with_meaning, phrasing)).result(SECONDS)
    except (EmbedderAway, TooLate):
        return phrasing


def note(conversation: Conversation, spell: BotSpell, judged: Judged, phrasing: Phrasing) -> None:
    """Keep it, or take away what was kept. Expects the conversation locked, and nothing else that others wait for."""
    if judged.helped:
        _confirm(conversation, spell, judged, phrasing)
    else:
        _take_away(conversation, judged, phrasing)


def forget(conversation: Conversation) -> None:
    """Delete what the customer of a conversation has confirmed, which is erased."""
    ConfirmedPhrasing.objects.filter(spell__conversation=conversation).delete()


def _with_meaning(phrasing: Phrasing) -> Phrasing:
    chosen = embedder()
    if chosen is None:
        return phrasing
    [vector] = chosen.questions([phrasing.text])
    return phrasing.meaning(chosen.model, vector)


def _confirm(conversation: Conversation, spell: BotSpell, judged: Judged, phrasing: Phrasing) -> None:
    level = level_of(conversation, clock.now())
    readable = articles.for_customers(conversation.tenant_id, conversation.channel.queue_id, level)
    found = readable.filter(article=judged.article_id).only("title", "link", "answer")
    version = next((each for each in found if edition_of(each) == judged.edition), None)
    if version is None:  # it says something else by now, or is not for this customer
        return
    values = {"spell": spell, "edition": judged.edition, "confirmed_at": clock.now()}
    if phrasing.vector:
        values |= {"model": phrasing.model, "vector": phrasing.vector}
    key = {"version": version, "language": base_of(conversation.language), "digest": phrasing.digest}
    row, is_new = ConfirmedPhrasing.objects.get_or_create(
        **key, defaults={"tenant_id": conversation.tenant_id, **values}
    )
    if is_new:
        _make_room(ConfirmedPhrasing.objects.filter(version=version, language=key["language"]), VERSION_MOST)
        _make_room(ConfirmedPhrasing.objects.filter(tenant=conversation.tenant_id), TENANT_MOST)
        return
    times = F("times") + int(row.spell_id != spell.pk) if row.edition == judged.edition else 1
    ConfirmedPhrasing.objects.filter(pk=row.pk).update(**values, times=times)


def _take_away(conversation: Conversation, judged: Judged, phrasing: Phrasing) -> None:
    rows = ConfirmedPhrasing.objects.filter(
        tenant=conversation.tenant_id, version__article=judged.article_id, language=base_of(conversation.language)
    )
    ids = [row.pk for row in like(phrasing, rows)]
    # In order, as others who take some of them away do.
    list(ConfirmedPhrasing.objects.select_for_update().filter(pk__in=ids).order_by("pk").values_list("pk"))
    ConfirmedPhrasing.objects.filter(pk__in=ids).delete()


def _make_room(rows: QuerySet[ConfirmedPhrasing], most: int) -> None:
    """Delete the oldest of too many; those that somebody else is at are left for the next time."""
    ids = list(rows.order_by("-confirmed_at", "-pk").values_list("pk", flat=True)[most : most + AT_ONCE])
    if not ids:
        return
    skips = connection().features.has_select_for_update_skip_locked
    free = ConfirmedPhrasing.objects.select_for_update(skip_locked=skips).filter(pk__in=ids)
    ConfirmedPhrasing.objects.filter(pk__in=list(free.values_list("pk", flat=True))).delete()
