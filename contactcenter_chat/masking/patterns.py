"""How does a contact centre write down what its own numbers look like?

In a sign for each character: ``#`` is a digit, ``@`` a letter, ``*`` either of them, a ``+`` behind one that there may
be more of it (20 at most), and anything else is itself: ``ORD-#####``, ``K@#+``. Regular expressions would be
stronger, and could be written so that a short text keeps a server busy for ever.
"""

import re

from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

SIGNS = {"#": r"\d", "@": r"[^\W\d_]", "*": r"[^\W_]"}
LENGTH_MOST, LENGTH_LEAST, LINES_MOST = 60, 4, 100
MORE = "{1,20}"


def compiled(lines: str) -> tuple[re.Pattern[str], ...]:
    """Return the patterns of lines that are valid, one a line."""
    return tuple(_pattern(line) for line in _lines(lines))


def check(lines: str) -> None:
    """Raise ValidationError for lines that are no patterns, or find too much."""
    found = _lines(lines)
    if len(found) > LINES_MOST:
        raise ValidationError(_("At most %(most)s patterns."), params={"most": LINES_MOST})
    for line in found:
        if len(line) > LENGTH_MOST:
            raise ValidationError(_("“%(line)s” is too long."), params={"line": line[:LENGTH_MOST]})
        if len(line.replace("+", "")) < LENGTH_LEAST or not set(line) & {"#", "*"}:
            told = _("“%(line)s” would find too much: it needs four signs, and a # or * among them.")
            raise ValidationError(told, params={"line": line})
        if _is_open(line):
            told = _("“%(line)s”: behind a + stands a sign that is itself, or nothing.")
            raise ValidationError(told, params={"line": line})


def _is_open(line: str) -> bool:
    """Whether something that varies follows what there may be more of: where one ends, nobody could say."""
    return any(sign == "+" and line[at + 1 : at + 2] in ("#", "@", "*") for at, sign in enumerate(line) if at)


def _lines(lines: str) -> list[str]:
    return [line.strip() for line in lines.splitlines() if line.strip()]


def _pattern(line: str) -> re.Pattern[str]:
    pieces = []
    for at, sign in enumerate(line):
        if sign == "+" and at and line[at - 1] in SIGNS:
            pieces.append(MORE)
        else:
            pieces.append(SIGNS.get(sign) or re.escape(sign))
    return re.compile(rf"(?<![^\W_]){''.join(pieces)}(?![^\W_])", re.IGNORECASE)
