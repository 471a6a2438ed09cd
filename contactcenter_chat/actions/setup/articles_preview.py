"""What would an import do to articles, for people who look at it before it is done? Field by field, in lines.

A plan names an article that is new, and the versions of a changed one as a whole: here stands what is in them.
"""

from collections.abc import Iterable, Iterator, Mapping
from typing import Any, NamedTuple

from django.utils.translation import gettext as _

from ...isolates import unturned
from ...models.knowledge import ArticleState, Audience
from .centre_file.comparing import Change, Plan
from .centre_file.faults import BETWEEN, Path

ANSWER_SHOWN = 200  # characters of a new answer
SAID = ("questions", "answer", "link")
OF_ALL = ("category", "audience", "level", "queues", "from", "to", "owner", "review", "state")
USUAL = {"audience": Audience.CUSTOMERS.value, "queues": [], "state": ArticleState.PUBLISHED.value}
BETWEEN_QUESTIONS = " · "
NONE = "–"


class PreviewLine(NamedTuple):
    """One thing that happens: ``mark`` is that of the plan. ``old`` and ``new`` are empty for an article's name."""

    mark: str
    place: str
    old: str = ""
    new: str = ""

    @property
    def told(self) -> str:
        """All of it in a line, as it is printed."""
        values = f"{self.old} → {self.new}" if self.old else self.new
        return f"{self.mark} {self.place}: {values}" if values else f"{self.mark} {self.place}"


def preview(plan: Plan) -> Iterator[PreviewLine]:
    """What a plan for articles does: a new one with all that it says, of a changed one each field before and after."""
    for mark, change in plan.marked:
        if mark == "~":
            yield from _changed(change)
        else:
            yield PreviewLine(mark, change.place)
            yield from _made(change.path, change.new) if isinstance(change.new, Mapping) else ()


def _made(path: Path, new: Mapping[str, Any]) -> Iterator[PreviewLine]:
    versions = new.get("versions") or {}
    yield PreviewLine("+", _place(path, _("languages")), new=", ".join([new["language"], *versions]))
    yield from _said(path, new)
    for language, version in versions.items():
        yield from _said((*path, language), version)
    for key in OF_ALL:
        value = new.get(key) or USUAL.get(key)
        if key == "queues":
            yield PreviewLine("+", _place(path, key), new=_text(key, value) if value else _("all"))
        elif value:
            yield PreviewLine("+", _place(path, key), new=_text(key, value))


def _said(path: Path, version: Mapping[str, Any]) -> Iterator[PreviewLine]:
    for key in SAID:
        if version.get(key):
            yield PreviewLine("+", _place(path, key), new=_beginning(_text(key, version[key])))


def _changed(change: Change) -> Iterator[PreviewLine]:
    *path, key = change.path
    if key != "versions":
        yield _before_and_after(change.path, change.old, change.new)
        return
    old, new = change.old or {}, change.new or {}
    for language in sorted({*old, *new}):
        place = (*path, language)
        if language not in new:
            yield PreviewLine("-", _place(place), _text("questions", old[language]["questions"]), NONE)
        elif language not in old:
            yield from _said(place, new[language])
        else:
            before, after = old[language], new[language]
            fields = [each for each in SAID if before[each] != after[each]]
            yield from (_before_and_after((*place, each), before[each], after[each]) for each in fields)


def _before_and_after(path: Path, old: Any, new: Any) -> PreviewLine:
    key = path[-1]
    return PreviewLine("~", _place(path), *Change(path, _text(key, old), _text(key, new)).values)


def _place(path: Iterable[Any], *more: str) -> str:
    return BETWEEN.join(map(str, (*path, *more)))


def _text(key: str, value: Any) -> str:
    if isinstance(value, list):
        text = (BETWEEN_QUESTIONS if key == "questions" else ", ").join(value)
        return text or (_("all") if key == "queues" else "")
    return str(value or "")


def _beginning(text: str) -> str:
    line = unturned(" ".join(text.split()))
    return f"{line[:ANSWER_SHOWN]}…" if len(line) > ANSWER_SHOWN else line
