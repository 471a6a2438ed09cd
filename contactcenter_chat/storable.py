"""What can be stored, and told again as it is stored?

Text without the one character that PostgreSQL cannot keep, of which something shows; names that leave what stands
beside them as it is; JSON that is not too deep and means the same to JavaScript.
"""

import re
from collections.abc import Callable, Mapping
from typing import Any

from django.utils.translation import gettext_noop as _

from .exceptions import Invalid
from .isolates import unturned

NUL, INSTEAD = "\x00", "\ufffd"  # that character, and what stands for it where nothing may be refused
UNSTORABLE = re.compile("[\x00\ud800-\udfff]")  # it, and the halves of surrogate pairs, which are no text
WITHOUT_NUL = _("May not contain the character U+0000.")
# What nobody sees: blanks of all kinds, and what Unicode calls ignorable. Written as both Python and JavaScript
# read it, for schemas; of what lies beyond four digits only Python is told.
IGNORED = (
    r"\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180f\u200b-\u200f"
    r"\u202a-\u202e\u2060-\u206f\u2800\u3164\ufe00-\ufe0f\ufeff\uffa0\ufff0-\ufffb"
)
UNSEEN = rf"\s{IGNORED}"
FAR = r"\U0001bca0-\U0001bca3\U0001d173-\U0001d17a\U000e0000-\U000e0fff"
SEEN = re.compile(rf"[^{UNSEEN}{FAR}]")
IGNORABLE = re.compile(rf"[{IGNORED}{FAR}]")  # of what nobody sees, what is no blank
CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029]")  # what ends a line, and other characters that steer
WHOLE_MOST = 2**53  # whole numbers beyond it are others for JavaScript
PROTOTYPE = "__proto__"  # the name of a member that JavaScript does not keep


def check_text(text: str, field: str) -> None:
    """Refuse a text that PostgreSQL cannot keep. Raises Invalid."""
    if NUL in text:
        raise Invalid(WITHOUT_NUL, field=field)


def check_one_line(text: str, field: str) -> None:
    """Refuse a text with the end of a line, or another control character, in it. Raises Invalid."""
    if CONTROL.search(text):
        raise Invalid(_("May not contain line breaks or other control characters."), field=field)


def storable(text: str) -> str:
    """Return a text that others said, as it can be stored."""
    return UNSTORABLE.sub(INSTEAD, text)


def each_text(value: Any, change: Callable[[str], str]) -> Any:
    """Return what JSON can hold with each text of it changed, also the names of members."""
    if isinstance(value, str):
        return change(value)
    if isinstance(value, Mapping):
        return {change(str(name)): each_text(each, change) for name, each in value.items()}
    return [each_text(each, change) for each in value] if isinstance(value, list | tuple) else value


def each_number(value: Any, change: Callable[[int | float], Any]) -> Any:
    """Return what JSON can hold with each number of it changed."""
    if isinstance(value, int | float) and not isinstance(value, bool):
        return change(value)
    if isinstance(value, Mapping):
        return {name: each_number(each, change) for name, each in value.items()}
    return [each_number(each, change) for each in value] if isinstance(value, list | tuple) else value


def is_blank(text: str) -> bool:
    """Whether nothing of a text shows. An emoji does, with whatever joins its parts."""
    return not SEEN.search(text)


def shown_name(name: str) -> str:
    """Return what somebody is called, as it is kept: unturned, and empty when nothing of it shows."""
    name = unturned(name)
    return "" if is_blank(name) else name


def checked_name(name: str, most: int) -> str:
    """Return the name that something is given, as it is kept. Raises Invalid: empty, too long, not one line."""
    check_text(name, "name")
    name = unturned(name)
    if is_blank(name):
        raise Invalid(_("May not be empty."), field="name", value=name)
    check_one_line(name, "name")
    if len(name) > most:
        raise Invalid(_("May not be longer than %(most)s characters."), most=most, field="name")
    return name


def check_values(values: Mapping[str, Any], field: str) -> None:
    """The same for the names and values of a flat object."""
    for name, value in values.items():
        check_text(f"{name}{value}", field)
        check_name(name, field)


def check_name(name: str, field: str) -> None:
    """Refuse the name of a member that would be lost in JavaScript, so at many who are told. Raises Invalid."""
    if name == PROTOTYPE:
        raise Invalid("May not contain the name __proto__.", field=field)


def check_json(value: Any, field: str) -> None:
    """Refuse a JSON value that cannot be kept, or means something else in JavaScript. Raises Invalid."""
    if isinstance(value, str):
        check_text(value, field)
    elif isinstance(value, dict):
        for name in value:
            check_name(name, field)
            check_json(name, field)
    elif isinstance(value, int) and abs(value) > WHOLE_MOST:
        raise Invalid("May not contain whole numbers beyond 2^53.", field=field)
    for child in _children(value) if isinstance(value, dict | list) else ():
        check_json(child, field)


def is_deeper(value: Any, levels: int) -> bool:
    """Whether objects and lists of a JSON value are nested in more levels than that."""
    level = [value]
    for _level in range(levels):
        level = [child for each in level for child in _children(each) if isinstance(child, dict | list)]
        if not level:
            return False
    return True


def _children(value: Any) -> Any:
    return value.values() if isinstance(value, dict) else value
