"""How do articles come in from a table, or from a folder of files of Markdown? As those of a centre's file do.

A line, or a file, says what an article says in one language; those of one article are told by the same ``id``, or
for files by the same name before the language. What was read becomes the section of a centre's file: so the same is
refused, an article is known by the same, and the plan is the same.
"""

import re
from bisect import bisect_right
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from pathlib import PurePosixPath
from typing import Any, NamedTuple

from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from ...exceptions import Invalid
from ...exports.articles import COLUMNS, OF_ALL
from ...exports.folder_reading import TextFile, read_packed
from ...exports.table_reading import MAX_BYTES, Complaint, Row, Unreadable, read_table, text_of
from ...exports.table_values import days_of, either
from ...models import Tenant
from ...models.language_tags import TAG
from .centre_file.applying import Options, apply_read
from .centre_file.articles import LANGUAGE
from .centre_file.comparing import Plan
from .centre_file.faults import BETWEEN, Enough, Fault, FileRefused, nearest
from .centre_file.keys import CENTRE
from .centre_file.kinds import MISSING, Reading
from .centre_file.reading import CentreFile
from .centre_file.tree import TRUE, Items, Node, Pairs, Word, read_tree

SECTION = "articles"
UPLOAD_BYTES_MOST = MAX_BYTES
ZIP_BEGINS = b"PK"
REQUIRED_COLUMNS = ("questions", "answer")
LISTS = {"questions": "\n", "queues": "\n;"}  # columns of several values, and what is between these
DATES = ("from", "to", "review")
MAYBE_NOTHING = ("owner", *DATES)
WORDS = ("audience", "level", "state", "language")  # of which an empty cell says nothing
BETWEEN_WORDS = re.compile(r"[\s_-]+")
FENCE = re.compile(rb"---[ \t]*\r?\n")
LINE_END = re.compile(rb"\r?\n")


class Problem(NamedTuple):
    """One thing that is wrong; ``line`` counts from 1, 0 is the whole. A table has no ``file``."""

    file: str
    line: int
    place: str
    message: str

    @property
    def told(self) -> str:
        """All of it in one line."""
        where = _("line %(line)d") % {"line": self.line} if self.line else ""
        return ": ".join(filter(None, (self.file, where, self.place, self.message)))


class ArticlesRefused(Invalid):
    """The articles have errors; nothing was imported."""

    def __init__(self, problems: Iterable[Problem]) -> None:
        super().__init__(gettext_noop("The articles have errors; nothing was imported."), field="file")
        self.problems = sorted(problems)


class Part(NamedTuple):
    """What a line, or a file, says of an article in one language."""

    line: int
    id: str
    is_main: bool
    pairs: dict[str, tuple[Word, Node]]


@dataclass
class Found:
    """What was read. Lines count through all of the files, one after the other."""

    parts: list[Part] = field(default_factory=list)
    faults: list[Fault] = field(default_factory=list)
    starts: list[int] = field(default_factory=list)  # at which line each file begins, less one
    names: list[str] = field(default_factory=list)

    def problem(self, fault: Fault) -> Problem:
        """A fault, by the file in which it is."""
        file, line = "", fault.line
        if self.starts and line:
            at = bisect_right(self.starts, line - 1) - 1
            file, line = self.names[at], line - self.starts[at]
        path = fault.path[2:]
        # How a list is written in a centre's file is of no use in a table, whose lists are the lines of a cell.
        hint = "" if not self.starts and (not path or path in ((column,) for column in LISTS)) else fault.hint
        return Problem(file, line, BETWEEN.join(map(str, path)), f"{fault.message} {hint}".strip())


def import_articles(
    found: Found, *, tenant: Tenant, dry_run: bool = False, expected: str | None = None, by: Any = None
) -> Plan:
    """Have articles be as was found, all or nothing; return what was done. What was not found is left alone.

    Args:
        found: Of ``read_articles_table`` or ``read_articles_folder``.
        tenant: Whose articles they are.
        dry_run: Whether to take all of it back in the end, so that there is a plan and nothing else.
        expected: The fingerprint of a plan that somebody has looked at.
        by: Whose decision it was; None for a program's.

    Raises ArticlesRefused with all that is wrong, PlanChanged when there is another plan by now.
    """
    reading = Reading()
    reading.faults.fill(found.faults)
    try:
        values = _values(found, reading)
    except Enough:
        values = {}
    file = CentreFile({SECTION: values}, reading.lines, reading.references, reading.faults)
    try:
        return apply_read(file, tenant=tenant, options=Options(dry_run=dry_run, by=by), expected=expected)
    except FileRefused as refusal:
        raise ArticlesRefused(map(found.problem, refusal.faults)) from refusal


def _values(found: Found, reading: Reading) -> Any:
    node = Items(0, [_article(parts, reading) for parts in _joined(found.parts)])
    values = CENTRE.keys[SECTION].read(node, (SECTION,), reading)
    return {} if values is MISSING else values


def _joined(parts: Iterable[Part]) -> Iterable[list[Part]]:
    """The parts of each article, the main one first."""
    by_id: dict[str, list[Part]] = {}
    for part in parts:
        by_id.setdefault(part.id, []).append(part)
    return [sorted(own, key=lambda part: not part.is_main) for own in by_id.values()]


def _article(parts: Sequence[Part], reading: Reading) -> Pairs:
    """An article as a centre's file has it."""
    main, *others = parts
    pairs = list(main.pairs.values())
    versions = [_version(part, main, reading) for part in others]
    if versions:
        pairs.append((_word(main.line, "versions"), Pairs(main.line, versions)))
    return Pairs(main.line, pairs)


def _version(part: Part, main: Part, reading: Reading) -> tuple[Word, Node]:
    for key in OF_ALL:
        if key in part.pairs and _plain(part.pairs[key][1]) != _plain(main.pairs.get(key, (None, None))[1]):
            told = _("This holds for all languages, and the main one says something else.")
            hint = _("Write it there, and leave it out here.")
            reading.fault(part.pairs[key][0].line, (SECTION, "", key), told, hint)
    said = [pair for key, pair in part.pairs.items() if key not in (*OF_ALL, "language")]
    language = part.pairs["language"][1] if "language" in part.pairs else None
    tag = language if isinstance(language, Word) else _word(part.line, LANGUAGE)
    return tag, Pairs(part.line, said)


def _plain(node: Any) -> Any:
    """What a node says, wherever it stands."""
    if isinstance(node, Word):
        return node.text
    return [_plain(each) for each in node.items] if isinstance(node, Items) else node


def _word(line: int, text: str) -> Word:
    return Word(line, text, False)


def read_articles(content: bytes) -> Found:
    """Read what was uploaded (bytes): a table, or a packed folder of files of Markdown."""
    if not content.startswith(ZIP_BEGINS):
        return read_articles_table(content)
    try:
        if len(content) > UPLOAD_BYTES_MOST:
            raise Unreadable(gettext_noop("The file is larger than %(bytes)d bytes."), bytes=UPLOAD_BYTES_MOST)
        return read_articles_folder(read_packed(content))
    except Unreadable as refusal:
        return Found(faults=[Fault(0, (), refusal.translated, "")])


# Tables


def read_articles_table(content: bytes) -> Found:
    """Read a table (bytes) as spreadsheets save it; see ``exports.articles`` for its columns."""
    found, complaints = Found(), list[Complaint]()
    try:
        columns, rows = read_table(text_of(content), known_column, complaints)
    except Unreadable as refusal:
        complaints.append(Complaint(refusal.line, "", refusal.translated))
        columns, rows = [], []
    missing = [each for each in REQUIRED_COLUMNS if columns and each not in columns]
    for column in missing:
        complaints.append(Complaint(1, column, _("The column %(column)s is missing.") % {"column": column}))
    found.faults = [_column_fault(each, columns) for each in complaints]
    found.parts = [] if missing else _parts_of(rows, found.faults)
    return found


def _column_fault(complaint: Complaint, columns: Sequence[str]) -> Fault:
    is_unknown = complaint.column in columns and complaint.column not in COLUMNS
    hint = nearest(complaint.column, COLUMNS) if is_unknown else ""
    return Fault(complaint.line, (SECTION, "", complaint.column), complaint.message, hint)


def known_column(name: str) -> str | None:
    """Return what a column is called here, whichever way it is spelt; None for an unknown one."""
    column = BETWEEN_WORDS.sub("_", name).lower()
    return column if column in COLUMNS else None


def _parts_of(rows: Iterable[Row], faults: list[Fault]) -> list[Part]:
    parts: list[Part] = []
    seen: set[str] = set()
    for row in rows:
        key = row.cells.get("id") or f"\0{row.number}"
        faults += _unclear_dates(row)
        known = {column: cell for column, cell in row.cells.items() if column in COLUMNS and column != "id"}
        nodes = {column: _node(row.number, column, cell) for column, cell in known.items()}
        left_out = {column for column in nodes if not row.cells[column] and (column in WORDS or key in seen)}
        pairs = {column: (_word(row.number, column), node) for column, node in nodes.items() if column not in left_out}
        parts.append(Part(row.number, key, key not in seen, pairs))
        seen.add(key)
    return parts


def _unclear_dates(row: Row) -> Iterable[Fault]:
    for column in DATES:
        if len(days := days_of(row.cells.get(column, ""))) > 1:
            yield Fault(row.number, (SECTION, "", column), either(days), "")


def _node(line: int, column: str, cell: str) -> Node:
    """A cell as a centre's file would have it."""
    if column in LISTS:
        pieces = re.split(rf"[{LISTS[column]}\r]+", cell)
        return Items(line, [_word(line, piece.strip()) for piece in pieces if piece.strip()])
    if column in MAYBE_NOTHING and not cell:
        return Word(line, "", True)
    if column in DATES:
        day = next(iter(days_of(cell)), None)
        return _word(line, day.isoformat() if day else cell)
    return _word(line, cell.lower() if column in WORDS else cell)


# Folders


def read_articles_folder(files: Iterable[TextFile]) -> Found:
    """Read files of Markdown: what stands before the answer is YAML between two lines ``---``."""
    found, lines = Found(), 0
    for each in files:
        found.starts.append(lines)
        found.names.append(each.name)
        if (part := _part_of(each, lines, found.faults)) is not None:
            found.parts.append(part)
        lines += len(LINE_END.findall(each.content)) + 1
    if not found.names:
        found.faults.append(Fault(0, (), _("There is no file of Markdown."), ""))
    return found


def _part_of(file: TextFile, start: int, faults: list[Fault]) -> Part | None:
    content = file.content.removeprefix(b"\xef\xbb\xbf")
    began = FENCE.match(content)
    ended = re.compile(rb"^---[ \t]*(\r?\n|\Z)", re.MULTILINE).search(content, began.end()) if began else None
    if began is None or ended is None:
        faults.append(_without_head(start + 1))
        return None
    own: list[Fault] = []
    head = read_tree(b"\n" + content[began.end() : ended.start()], own)
    faults += [fault._replace(line=start + max(fault.line, 1)) for fault in own]
    try:
        answer = content[ended.end() :].decode()
    except UnicodeDecodeError:
        faults.append(Fault(start + 1, (), _("This is not UTF-8."), _("Save the file as UTF-8.")))
        return None
    if not isinstance(head, Pairs):
        if not own:
            faults.append(_without_head(start + 2))
        return None
    answers_line = start + 1 + len(LINE_END.findall(content[: ended.end()]))
    for word, _behind in _doubled(head):
        faults.append(Fault(word.line + start, (SECTION, "", word.text), _("This is there twice."), ""))
    return _part(file.name, _moved(head, start), start + 1, _word(answers_line, answer.strip()))


def _without_head(line: int) -> Fault:
    hint = _("Begin with a line “---”, then questions: and others, then a line “---”, then the answer.")
    return Fault(line, (), _("What stands before the answer is missing."), hint)


def _part(name: str, head: Pairs, line: int, answer: Word) -> Part:
    stem, language = _named(name)
    pairs = {word.text: (word, node) for word, node in reversed(head.pairs)}  # of two the first
    is_main = pairs.pop("main", None)
    known = pairs.pop("id", None)
    pairs["answer"] = (_word(answer.line, "answer"), answer)
    if language and "language" not in pairs:
        pairs["language"] = (_word(line, "language"), _word(line, language))
    key = known[1].text if known and isinstance(known[1], Word) else f"\0{stem}"
    return Part(line, key, is_main is not None and isinstance(is_main[1], Word) and is_main[1].text in TRUE, pairs)


def _doubled(head: Pairs) -> Iterable[tuple[Word, Node]]:
    seen: set[str] = set()
    for word, behind in head.pairs:
        if word.text in seen:
            yield word, behind
        seen.add(word.text)


def _named(name: str) -> tuple[str, str]:
    """What a file's name says: of which article it is, and in which language, empty when it does not say."""
    path = PurePosixPath(name)
    stem, dot, language = path.stem.rpartition(".")
    if dot and TAG.fullmatch(language):
        return str(path.with_name(stem)), language
    return str(path.with_suffix("")), ""


def _moved(node: Node, lines: int) -> Any:
    """A tree as if so many lines stood before it."""
    if isinstance(node, Word):
        return Word(node.line + lines, node.text, node.plain)
    if isinstance(node, Items):
        return Items(node.line + lines, [_moved(each, lines) for each in node.items])
    if isinstance(node, Pairs):
        return Pairs(node.line + lines, [(_moved(word, lines), _moved(behind, lines)) for word, behind in node.pairs])
    return type(node)(node.line + lines)
