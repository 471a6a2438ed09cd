"""What would become of a call of a function, where nothing is called as it might write? As JSON, masked."""

from collections.abc import Mapping
from typing import Any

from ...bots.base import Call
from ...exceptions import InvalidFields
from ...masking.base import Pseudonyms
from ...queries.masking import rules_of
from ...tools.arguments import checked, kept, shown
from ...tools.registry import Tool, tools_for_bot
from ...wire.levels import Level
from .state import Dialogue, Place

UNKNOWN, REFUSED, CODE, UNSURE, CONFIRM, WOULD = "unknown", "refused", "code", "unsure", "confirm", "would"
GIVEN_MOST, TEXT_MOST = 20, 300  # arguments that are shown, and characters of each


def noted(place: Place, dialogue: Dialogue, call: Call) -> dict[str, Any]:
    """Return what is wanted called, with what, what would become of it, and where it would be refused, why."""
    tool = next((each for each in tools_for_bot(dialogue.bot) if each.name == call.tool), None)
    given, came, why = _came(tool, Level(dialogue.identity), call.arguments)
    masks = Pseudonyms(rules_of(place.tenant))
    told = [[_told(masks, label), _told(masks, value)] for label, value in given[:GIVEN_MOST]]
    return {"tool": str(call.tool), "given": told, "came": came, "why": _told(masks, why)}


def _came(tool: Tool | None, level: Level, arguments: Any) -> tuple[list[tuple[Any, Any]], str, str]:
    raw = list(arguments.items()) if isinstance(arguments, Mapping) else []
    if tool is None:
        return raw, UNKNOWN, ""
    try:
        wanted = kept(checked(tool.form, arguments))
    except InvalidFields as refusal:
        return raw, REFUSED, " ".join(f"{each.field}: {each.message}" for each in refusal.problems)
    return shown(tool.form, wanted), _asked_first(tool, level), ""


def _asked_first(tool: Tool, level: Level) -> str:
    if level < tool.needs:
        return CODE if tool.needs <= Level.CODE else UNSURE
    return CONFIRM if tool.confirm else WOULD


def _told(masks: Pseudonyms, text: Any) -> str:
    """Masked first: what is cut in two would not be found."""
    return masks.hide(str(text))[:TEXT_MOST]
