"""How does JavaScript write a JSON value? Receivers parse a body and write it anew before they check its checksum.

``JSON.stringify(JSON.parse(body))`` gives the same bytes when numbers are written as ECMAScript writes them (as in
RFC 8785), and the names that are array indices stand first in each object, in ascending order. A whole number beyond
2^53 and the name ``__proto__`` do not survive, however they are written: ``storable`` refuses them.
"""

import json
import re
from decimal import Decimal
from json.encoder import encode_basestring as _text
from typing import Any

from ..storable import WHOLE_MOST

_INDEX = re.compile(r"0|[1-9]\d{0,9}", re.ASCII)
_INDEX_MOST = 2**32 - 2
_DIGITS_MOST = 21  # of a whole number that is written without an exponent
_ZEROS_MOST = 6  # places before the first digit of a fraction that is written without one


def rewritten(text: str) -> str:
    """Return this JSON as JavaScript writes it."""
    return _written(json.loads(text))


def _written(value: Any) -> str:
    if isinstance(value, str):
        return _text(value)
    if isinstance(value, dict):
        return "{" + ",".join(f"{_text(name)}:{_written(each)}" for name, each in _in_order(value)) + "}"
    if isinstance(value, list):
        return "[" + ",".join(map(_written, value)) + "]"
    if isinstance(value, (int, float)) and not isinstance(value, bool):
        return _number(value)
    return json.dumps(value)


def _in_order(members: dict[str, Any]) -> list[tuple[str, Any]]:
    indices = {name for name in members if _INDEX.fullmatch(name) and int(name) <= _INDEX_MOST}
    others = (name for name in members if name not in indices)
    return [(name, members[name]) for name in (*sorted(indices, key=int), *others)]


def _number(value: int | float) -> str:
    if isinstance(value, int) and abs(value) <= WHOLE_MOST:
        return str(value)
    # Both languages find the same digits, the shortest that mean this number; what differs is where the point is.
    sign, found, exponent = Decimal(repr(float(value))).as_tuple()
    written = "".join(map(str, found))
    digits = written.rstrip("0")
    if not digits:
        return "0"
    point = len(written) + int(exponent)
    return ("-" if sign else "") + _placed(digits, point)


def _placed(digits: str, point: int) -> str:
    """The digits with the point after so many of them, as Number::toString has it."""
    if len(digits) <= point <= _DIGITS_MOST:
        return digits.ljust(point, "0")
    if 0 < point <= _DIGITS_MOST:
        return f"{digits[:point]}.{digits[point:]}"
    if -_ZEROS_MOST < point <= 0:
        return "0." + "0" * -point + digits
    fraction = f".{digits[1:]}" if digits[1:] else ""
    return f"{digits[0]}{fraction}e{point - 1:+d}"
