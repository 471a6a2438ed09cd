"""How does a client's FIQL filter become a condition? Only named fields, no regular expressions, within limits."""

from urllib.parse import quote

from django.db.models import Q
from fiql_parser import FiqlException, parse_str_to_expression

from ..exceptions import Invalid

MAX_LENGTH = 1024  # characters
MAX_TERMS = 20
MAX_DEPTH = 5  # parentheses in one another
WILDCARD = "*"
NO_FIQL = "This is no valid FIQL expression."

# Characters that mean something in FIQL; everything else a client may have left unescaped.
SYNTAX = "()=!;,*'$~:%"


def condition(text, fields):
    """Return the Q for a FIQL filter; ``fields`` maps the names a client may use to ours. Raises Invalid.

    ``==`` and ``!=`` compare with a value, in which ``*`` at either end stands for anything.
    """
    _check_size(text)
    parsed = _parse(text)
    if _count(parsed) > MAX_TERMS:
        raise _refusal(f"May not have more than {MAX_TERMS} terms.")
    return _condition(parsed, fields)


def _parse(text):
    """Return nested lists ``[operator, term, …]`` of terms ``(name, comparison, value)``, or one term."""
    # The parser overlooks an operator with nothing behind it, and parentheses around nothing.
    if "()" in text or text.rstrip(")")[-1:] in {";", ","}:
        raise _refusal(NO_FIQL)
    try:
        return parse_str_to_expression(quote(text, safe=SYNTAX)).to_python()
    except FiqlException as error:
        raise _refusal(NO_FIQL) from error


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
    found = Q(**{fields[name] + _lookup(value): value.strip(WILDCARD)})
    return ~found if comparison == "!=" else found


def _lookup(value):
    starts, ends = value.startswith(WILDCARD), value.endswith(WILDCARD)
    if starts and ends:
        return "__contains"
    return "__endswith" if starts else "__startswith" if ends else ""


def _refusal(message):
    return Invalid(message, field="filter")
