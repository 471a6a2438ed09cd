"""What can be stored? Text without the one character that PostgreSQL cannot keep, and JSON that is not too deep."""

from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext_noop as _

from .exceptions import Invalid

NUL, INSTEAD = "\x00", "\ufffd"  # that character, and what stands for it where nothing may be refused


def check_text(text: str, field: str) -> None:
    """Refuse a text that PostgreSQL cannot keep. Raises Invalid."""
    if NUL in text:
        raise Invalid(_("May not contain the character U+0000."), field=field)


def check_values(values: Mapping[str, Any], field: str) -> None:
    """The same for the names and values of a flat object."""
    for name, value in values.items():
        check_text(f"{name}{value}", field)


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
