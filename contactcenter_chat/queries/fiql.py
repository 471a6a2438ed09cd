"""How does a client's FIQL filter become a condition? Only named fields, no regular expressions."""

from operator import and_, or_

from django.db.models import Q

from ..storable import NUL, WITHOUT_NUL
from .fiql_tree import Term, parse, refusal

WILDCARD = "*"


def condition(text, fields):
    """Return the Q for a FIQL filter; ``fields`` maps the names a client may use to ours. Raises Invalid.

    Ours is a field's name, or a function of a lookup (``__startswith``, or empty) and a value that returns a Q.

    ``==`` and ``!=`` compare with a value, in which ``*`` at either end stands for anything.
    """
    return _condition(parse(text), fields)


def _condition(tree, fields):
    if isinstance(tree, Term):
        return _term(*tree, fields)
    combined, join = Q(), and_ if tree.operator == Q.AND else or_
    for part in tree.parts:
        combined = join(combined, _condition(part, fields))
    return combined


def _term(name, comparison, value, fields):
    if name not in fields:
        raise refusal(f"Unknown field {name}, has to be one of {', '.join(fields)}.")
    if comparison not in {"==", "!="}:
        raise refusal(f"{name} can be compared with == or != and a value.")
    if NUL in value:
        raise refusal(WITHOUT_NUL)
    field, lookup, value = fields[name], _lookup(value), value.strip(WILDCARD)
    found = field(lookup, value) if callable(field) else Q(**{field + lookup: value})
    return ~found if comparison == "!=" else found


def _lookup(value):
    starts, ends = value.startswith(WILDCARD), value.endswith(WILDCARD)
    if starts and ends:
        return "__contains"
    return "__endswith" if starts else "__startswith" if ends else ""
