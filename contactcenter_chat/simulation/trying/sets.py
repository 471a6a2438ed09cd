"""Which questions are a bot to be asked, and what is to come? A table with a line for each of them.

Columns are ``question`` and ``expected``, and where wanted ``language``, ``identity`` and ``conversation``: lines that
have the same one are one dialogue. What is expected is an article by its id or one of its titles, ``handover``,
``tool:NAME`` or ``none``, or several of them with ``|`` between, of which each will do.
"""

import re
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass

from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from ...actions.messages import check_words
from ...actions.setup.tables import Errors, rows_of
from ...exceptions import ContactCenterError, Invalid
from ...exports.cells import EQUALS
from ...exports.table_reading import Complaint, Row
from ...models import ArticleVersion, Tenant
from ...models.language_tags import checked_tag
from ...tools.registry import tool_named
from ...wire.levels import Level

COLUMNS = ("question", "language", "identity", "expected", "conversation")
REQUIRED = ("question", "expected")
HANDOVER, NONE, TOOL = "handover", "none", "tool:"
EXPECTED_MOST = 20
NAME_MOST = 200
FORMULA = re.compile(rf"[{EQUALS}]|#(REF!|NAME\?|VALUE!|N/A|DIV/0!|NUM!|NULL!)\Z")


class SetRefused(ContactCenterError):
    """The set of questions cannot be used."""

    def __init__(self, problems: Errors) -> None:
        super().__init__(gettext_noop("The set of questions cannot be used."))
        self.problems = problems


@dataclass(frozen=True)
class Asked:
    """A line of a set. ``expected`` is as it stands there, ``accepted`` the same with articles by their ids."""

    line: int
    question: str
    language: str
    identity: Level
    conversation: str
    expected: tuple[str, ...]
    accepted: frozenset[str]


def read_set(content: bytes, tenant: Tenant) -> list[Asked]:
    """Return the lines of a file (bytes). Raises SetRefused with all that is wrong."""
    errors: Errors = []
    rows = rows_of(content, known_column, REQUIRED, errors)
    articles = _articles(tenant)
    asked = [_asked(row, articles, errors) for row in rows]
    if not rows and not errors:
        errors.append(Complaint(1, "", _("There are no questions.")))
    if errors:
        raise SetRefused(sorted(errors))
    return asked


def known_column(name: str) -> str | None:
    """What a column is called, however its name is spelt."""
    name = name.strip().lower()
    return name if name in COLUMNS else None


def _articles(tenant: Tenant) -> dict[str, set[str]]:
    """The ids of a tenant's articles, by themselves and by their titles in small letters."""
    found: dict[str, set[str]] = {}
    for pk, title in ArticleVersion.objects.filter(tenant=tenant).values_list("article", "title").iterator():
        found.setdefault(pk, set()).add(pk)
        found.setdefault(title.strip().casefold(), set()).add(pk)
    return found


def _asked(row: Row, articles: Mapping[str, Collection[str]], errors: Errors) -> Asked:
    cells = {name: row.cells.get(name, "") for name in COLUMNS}
    errors += [Complaint(row.number, *each) for each in _wrong(cells)]
    expected = tuple(each.strip() for each in cells["expected"].split("|") if each.strip())
    if not 1 <= len(expected) <= EXPECTED_MOST:
        told = _("Say what is expected, at most %(count)d of it.") % {"count": EXPECTED_MOST}
        errors.append(Complaint(row.number, "expected", told))
    accepted: set[str] = set()
    for each in expected:
        known = _accepted(each, articles)
        accepted |= known
        if not known:
            is_tool = each.casefold().startswith(TOOL)
            told = _("There is no tool “%(title)s”.") if is_tool else _("There is no article “%(title)s”.")
            told %= {"title": each[len(TOOL) :].strip() if is_tool else each}
            errors.append(Complaint(row.number, "expected", told))
    return Asked(
        row.number,
        cells["question"],
        cells["language"],
        Level(cells["identity"]) if cells["identity"] in set(Level) else Level.NONE,
        cells["conversation"],
        expected,
        frozenset(accepted),
    )


def _wrong(cells: dict[str, str]) -> Iterator[tuple[str, str]]:
    """Yield the column and what is wrong there; how a language or a level is written is put right."""
    for name, text in cells.items():
        if FORMULA.match(text):
            yield name, _("This is a formula: write what it says.")
    try:
        check_words(cells["question"])
    except Invalid as refusal:
        yield "question", refusal.translated
    try:
        cells["language"] = checked_tag(cells["language"]) if cells["language"] else ""
    except Invalid as refusal:
        yield "language", refusal.translated
    cells["identity"] = cells["identity"].lower()
    if cells["identity"] and cells["identity"] not in set(Level):
        yield "identity", _("Has to be one of %(levels)s.") % {"levels": ", ".join(Level)}
    if len(cells["conversation"]) > NAME_MOST:
        yield "conversation", _("May not be longer than %(most)s characters.") % {"most": NAME_MOST}


def _accepted(expected: str, articles: Mapping[str, Collection[str]]) -> set[str]:
    """What is accepted for it; nothing where it names no article."""
    small = expected.casefold()
    if small in (HANDOVER, NONE):
        return {small}
    if small.startswith(TOOL):
        name = expected[len(TOOL) :].strip()
        return {TOOL + name} if tool_named(name) else set()
    return {*articles.get(expected, ()), *articles.get(small, ())}
