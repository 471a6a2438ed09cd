"""How do words of others stand in a sentence? Isolated, so that none of them turns what is beside it.

A page shows an isolate by an element (``as_html``): what is copied from there has no characters that nobody sees.
"""

import re
from typing import Any

from django.utils.html import escape
from django.utils.safestring import SafeString, mark_safe

BEGIN, END = "\u2068", "\u2069"  # FIRST STRONG ISOLATE, POP DIRECTIONAL ISOLATE
# What turns the direction of writing, written as both Python and JavaScript read it.
TURNING = r"\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069"


def unturned(text: str) -> str:
    """Return a text without what turns the direction of writing, which would turn what stands behind it, too."""
    return re.sub(f"[{TURNING}]", "", text)


def isolated(words: Any) -> str:
    """Return words of others for a place in a sentence, without what would end their isolate or turn them."""
    return f"{BEGIN}{unturned(str(words))}{END}"


def filled(sentence: Any, **places: Any) -> str:
    """Return a sentence, which may be a lazy one, with what stands in its places.

    What is no number is isolated, of several each one by itself.
    """
    return str(sentence) % {name: _shown(value) for name, value in places.items()}


def as_html(text: str) -> SafeString:
    """Return a text in which words were isolated, as HTML; all the rest is escaped."""
    return mark_safe(escape(text).replace(BEGIN, "<bdi>").replace(END, "</bdi>"))  # noqa: S308  (it is escaped)


def _shown(value: Any) -> Any:
    if isinstance(value, list | tuple):
        return ", ".join(map(isolated, value))
    return value if isinstance(value, int) else isolated(value)
