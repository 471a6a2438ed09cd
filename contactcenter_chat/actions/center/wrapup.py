"""How is an interaction wrapped up? Choose codes, take more time, finish."""

from collections.abc import Iterable
from datetime import datetime, timedelta

from django.db.models import Q
from django.utils.translation import gettext_noop as _

from ...conf import settings
from ...database import atomic
from ...events import InteractionWrappedUp
from ...exceptions import CodesRequired, Conflict, Invalid
from ...models import Agent, Conversation, Interaction, InteractionCode, TransactionCode, clock
from ...models.base import max_length
from ...models.conversations import HELD_STATES, NOTE_MAX, InteractionState
from ...models.wrapup import WRAP_UP_TIMEOUT, TransactionCodeList
from ...queries import wrapup as queries
from ...storable import check_text
from ..recording import record
from . import agents
from .interactions import give_system_code, lock_interaction

LABEL_MAX = max_length(InteractionCode, "label")  # of a deep tree's path, the end is kept


def choose_codes(*, interaction_id: str, agent: Agent, code_ids: Iterable[str]) -> None:
    """Choose these codes for an interaction instead of those chosen before, while handling or wrapping it up.

    Raises Invalid for a code that cannot be chosen, Conflict when the interaction is not the agent's.
    """
    with atomic():
        _conversation, interaction = lock_interaction(interaction_id, tenant_id=agent.tenant_id)
        _check_open_to(interaction, agent)
        _replace(interaction, agent, _choosable(interaction, code_ids))


def extend(*, interaction_id: str, agent: Agent) -> Interaction:
    """Take WRAP_UP_EXTENSION_SECONDS more, WRAP_UP_EXTENSIONS times at most; return the interaction."""
    with atomic():
        _conversation, interaction = lock_interaction(interaction_id, tenant_id=agent.tenant_id)
        _check_open_to(interaction, agent)
        if interaction.state != InteractionState.WRAP_UP or interaction.wrap_up_until is None:
            raise Conflict(_("There is no time limit to extend."))
        if interaction.wrap_up_extensions >= settings.WRAP_UP_EXTENSIONS:
            raise Conflict(_("The time was extended as often as is allowed."))
        interaction.wrap_up_extensions += 1
        # From now on, when the clock was late and the time is over already.
        until = max(interaction.wrap_up_until, clock.now())
        interaction.wrap_up_until = until + timedelta(seconds=settings.WRAP_UP_EXTENSION_SECONDS)
        interaction.save(update_fields=["wrap_up_extensions", "wrap_up_until"])
    return interaction


def finish(
    *,
    interaction_id: str,
    agent: Agent,
    code_ids: Iterable[str] | None = None,
    note: str = "",
    drafted_by: str = "",
) -> Interaction:
    """Finish an interaction, with these codes or those chosen before; return it. A repeat changes nothing.

    ``note`` is what its agent says of it, ``drafted_by`` the model that has drafted that, if one has. Raises
    CodesRequired, which names what is missing, Invalid for a code that cannot be chosen, and Conflict when the
    interaction is not the agent's to wrap up.
    """
    check_note(note)
    with atomic():
        conversation, interaction = lock_interaction(interaction_id, tenant_id=agent.tenant_id)
        is_done = interaction.state == InteractionState.FINISHED and not interaction.codes_missing
        if is_done and interaction.agent_id == agent.pk:
            return interaction
        _check_open_to(interaction, agent)
        if interaction.state == InteractionState.HANDLING:
            raise Conflict(_("End the chat first."))
        if code_ids is not None:
            _replace(interaction, agent, _choosable(interaction, code_ids))
        if missing := queries.missing_lists(interaction):
            raise CodesRequired(_("Choose a code first: %(lists)s."), lists=", ".join(missing))
        if note.strip():
            interaction.note, interaction.note_drafted_by = note.strip(), drafted_by
            interaction.save(update_fields=["note", "note_drafted_by"])
        return _finish(conversation, interaction)


def check_note(note: str) -> None:
    """Refuse a note that is too long, or cannot be stored."""
    if len(note) > NOTE_MAX:
        raise Invalid(_("The note is too long."), field="note")
    check_text(note, "note")


def finish_all(conversation: Conversation) -> None:
    """Finish what is still to be wrapped up, with the codes chosen before: nobody can see it from now on.

    Expects the conversation locked.
    """
    held = Q(state=InteractionState.WRAP_UP) | Q(codes_missing=True)
    for interaction in Interaction.objects.filter(held, conversation=conversation).order_by("pk"):
        _finish(conversation, interaction)


def time_out(*, interaction_id: str, now: datetime) -> bool:
    """The time for wrap-up is over: free the agent; without a required code it stays to be done. Returns whether."""
    with atomic():
        conversation, interaction = lock_interaction(interaction_id)
        until = interaction.wrap_up_until
        if interaction.state != InteractionState.WRAP_UP or until is None or until > now:
            return False
        _end_without_agent(conversation, interaction, to_do=True)
        return True


def give_up(*, interaction_id: str) -> bool:
    """The agent is gone for good: it ends as when the time is over, but is on nobody's to-do list, nor stays on one.

    Returns whether there was anything to give up.
    """
    with atomic():
        conversation, interaction = lock_interaction(interaction_id)
        if interaction.state == InteractionState.WRAP_UP:
            _end_without_agent(conversation, interaction, to_do=False)
            return True
        # Of one that is finished, it was told already that the time had run out.
        return bool(Interaction.objects.filter(pk=interaction.pk, codes_missing=True).update(codes_missing=False))


def _end_without_agent(conversation: Conversation, interaction: Interaction, *, to_do: bool) -> None:
    codes_missing = bool(queries.missing_lists(interaction))
    if codes_missing:
        give_system_code(interaction, WRAP_UP_TIMEOUT)
    _finish(conversation, interaction, timed_out=True, codes_missing=codes_missing and to_do)


def _finish(
    conversation: Conversation, interaction: Interaction, *, timed_out: bool = False, codes_missing: bool = False
) -> Interaction:
    now = clock.now()
    was_held = interaction.state == InteractionState.WRAP_UP
    interaction.state, interaction.codes_missing = InteractionState.FINISHED, codes_missing
    interaction.finished_at = interaction.finished_at or now
    interaction.save(update_fields=["state", "finished_at", "codes_missing"])
    codes = interaction.codes.order_by("pk")
    wrapped_up = InteractionWrappedUp(
        agent_id=interaction.agent_id,
        codes=[_told(code) for code in codes],
        timed_out=timed_out,
    )
    record(conversation, wrapped_up, interaction=interaction, at=now)
    if was_held:
        agents.change(interaction.agent_id, load=-interaction.takes, idle_since=now)
    return interaction


def _told(code: InteractionCode) -> dict[str, str]:
    told = {"id": code.code_id or "", "short_code": code.short_code, "label": code.label}
    return {**told, **({"external_id": code.external_id} if code.external_id else {})}


def _check_open_to(interaction: Interaction, agent: Agent) -> None:
    open_still = interaction.state in HELD_STATES or interaction.codes_missing
    if interaction.agent_id != agent.pk or not open_still:
        raise Conflict(_("This is not yours to wrap up."))


def _choosable(interaction: Interaction, code_ids: Iterable[str]) -> list[TransactionCode]:
    """Return the codes with these ids, or refuse: unknown, a heading, retired, or two of a single-choice list."""
    wanted = set(code_ids)
    codes = list(queries.choosable_codes(queries.code_lists(interaction.queue)).filter(pk__in=wanted))
    if unknown := wanted - {code.pk for code in codes}:
        raise Invalid(_("This code cannot be chosen."), field="codes", value=sorted(unknown)[0])
    lists = [code.list for code in codes if code.list.selection == TransactionCodeList.Selection.SINGLE]
    for code_list in set(lists):
        if lists.count(code_list) > 1:
            raise Invalid(_("Choose one code of %(list)s."), list=code_list.name, field="codes")
    return codes


def _replace(interaction: Interaction, agent: Agent, codes: list[TransactionCode]) -> None:
    wanted = {code.pk for code in codes}
    chosen = interaction.codes.filter(code__isnull=False)
    chosen.exclude(code__in=wanted).delete()
    kept = set(chosen.values_list("code", flat=True))
    labels = queries.path_labels(codes)
    InteractionCode.objects.bulk_create(
        InteractionCode(
            interaction=interaction,
            code=code,
            short_code=code.short_code,
            label=labels[code.pk][-LABEL_MAX:],
            external_id=code.external_id,
            chosen_by=agent,
        )
        for code in codes
        if code.pk not in kept
    )
