"""What can be stored? Text without the one character that PostgreSQL cannot keep, and JSON that is not too deep."""

from typing import Any

NUL, INSTEAD = "\x00", "\ufffd"  # that character, and what stands for it where nothing may be refused


def is_deeper(value: Any, levels: int) -> bool:
    """Whether objects and lists of a JSON value are nested in more levels than that."""
    level = [value]
    for _ in range(levels):
        level = [child for each in level for child in _children(each) if isinstance(child, dict | list)]
        if not level:
            return False
    return True


def _children(value: Any) -> Any:
    return value.values() if isinstance(value, dict) else value
