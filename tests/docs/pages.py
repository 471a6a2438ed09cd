"""What the documentation says, for tests that hold it against the code."""

import re
from pathlib import Path
from typing import NamedTuple

ROOT = Path(__file__).resolve().parent.parent.parent
DOCS = ROOT / "docs"

FENCE = re.compile(r"^```(?P<language>[a-z]+)\n(?P<text>.*?)^```$", re.MULTILINE | re.DOTALL)
ROW = re.compile(r"^\|(.+)\|$", re.MULTILINE)


class Block(NamedTuple):
    """A fenced block of code."""

    language: str
    text: str


def page(name):
    """The text of a page; ``name`` is a path below ``docs``."""
    return (DOCS / name).read_text(encoding="utf-8")


def section(text, begin, end):
    """What stands between two marks. Each must be there once."""
    assert text.count(begin) == text.count(end) == 1, (begin, end)
    return text.partition(begin)[2].partition(end)[0]


def blocks(text, *languages):
    """The fenced blocks in these languages; all without any."""
    found = [Block(**match.groupdict()) for match in FENCE.finditer(text)]
    return [block for block in found if not languages or block.language in languages]


def rows(text):
    """The cells of all tables' rows, without their heads."""
    cells = [[cell.strip() for cell in re.split(r"(?<!\\)\|", match[1])] for match in ROW.finditer(text)]
    rules = [number for number, row in enumerate(cells) if set("".join(row)) <= set("-: ")]
    heads = {number - 1 for number in rules}
    return [row for number, row in enumerate(cells) if number not in heads and number not in rules]


def code(cell):
    """The words of a cell that are set as code."""
    return re.findall(r"`([^`]+)`", cell)
