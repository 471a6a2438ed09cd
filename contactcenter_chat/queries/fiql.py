"""How does a client's FIQL filter become a condition? Only named fields, no regular expressions, within limits."""

import re
from dataclasses import dataclass
from urllib.parse import quote

from django.db.models import Q
from fiql_parser import FiqlException, parse_str_to_expression

from ..exceptions import Invalid

MAX_LENGTH = 1024  # characters
MAX_TERMS = 20
MAX_DEPTH = 5  # parentheses in one another
WILDCARD = "*"
NO_FIQL = "This is no valid FIQL expression."

DANGLING = re.compile(r"[;,](\)|$)")

# Characters that mean something in FIQL; everything else a client may have left unescaped.
SYNTAX = "()=!;,*'$~:%"


@dataclass
class Branch:
    """One alternative that is being read: where it begins, and whether it has more than one term."""

    start: int
    has_and: bool = False


def condition(text, fields):
    """Return the Q for a FIQL filter; ``fields`` maps the names a client may use to ours. Raises Invalid.

    Ours is a field's name, or a function of a lookup (``__startswith``, or empty) and a value that returns a Q.

    ``==`` and ``!=`` compare with a value, in which ``*`` at either end stands for anything.
    """
    _check_size(text)
    parsed = _parse(text)
    if _count(parsed) > MAX_TERMS:
        raise _refusal(f"May not have more than {MAX_TERMS} terms.")
    return _condition(parsed, fields)


def _parse(text):
    """Return nested lists ``[operator, term, …]`` of terms ``(name, comparison, value)``, or one term."""
    grouped = _grouped(text)
    # The parser overlooks an operator with nothing behind it, and parentheses around nothing.
    if "()" in text or DANGLING.search(grouped):
        raise _refusal(NO_FIQL)
    try:
        return parse_str_to_expression(quote(grouped, safe=SYNTAX)).to_python()
    except (FiqlException, RecursionError) as error:
        raise _refusal(NO_FIQL) from error


def _grouped(text):
    """Put parentheses around what ``;`` binds: the parser loses its way in ``a,b;c,d``."""
    written, levels = [], [Branch(0)]
    for character in f"{text},":
        if character == "(":
            levels.append(Branch(len(written) + 1))
        elif character in ",)":
            if levels[-1].has_and:
                written.insert(levels[-1].start, "(")
                written.append(")")
            if character == "," or len(levels) == 1:
                levels[-1] = Branch(len(written) + 1)
            else:
                levels.pop()
        elif character == ";":
            levels[-1].has_and = True
        written.append(character)
    return "".join(written[:-1])


def _check_size(text):
    if len(text) > MAX_LENGTH:
        raise _refusal(f"May not be longer than {MAX_LENGTH} characters.")
    depth = 0
    for character in text:
        depth += (character == "(") - (character == ")")
        if depth > MAX_DEPTH:
            raise _refusal(f"May not be nested deeper than {MAX_DEPTH}.")


def _count(parsed):
    return sum(_count(part) for part in parsed[1:]) if isinstance(parsed, list) else 1


def _condition(parsed, fields):
    if isinstance(parsed, tuple):
        return _term(*parsed, fields)
    operator, *parts = parsed
    combined = Q()
    for part in parts:
        combined = combined._combine(_condition(part, fields), operator)
    return combined


def _term(name, comparison, value, fields):
    if name not in fields:
        raise _refusal(f"Unknown field {name}, has to be one of {', '.join(fields)}.")
    if comparison not in {"==", "!="} or value is None:
        raise _refusal(f"{name} can be compared with == or != and a value.")
    if "\x00" in value:
        raise _refusal("May not contain the character U+0000.")
    field, lookup, value = fields[name], _lookup(value), value.strip(WILDCARD)
    found = field(lookup, value) if callable(field) else Q(**{field + lookup: value})
    return ~found if comparison == "!=" else found


def _lookup(value):
    starts, ends = value.startswith(WILDCARD), value.endswith(WILDCARD)
    if starts and ends:
        return "__contains"
    return "__endswith" if starts else "__startswith" if ends else ""


def _refusal(message):
    return Invalid(message, field="filter")
