"""Which names in a prepared text stand for what is known of a chat, and what does the text say with that?

A variable is written in braces: ``{customer.name}``, or ``{data.KEY}`` for one of the data that came with the chat.
What there is no value of is a gap: it stays as it is written, so that nobody sends nothing in its place.
"""

import re
from collections.abc import Mapping
from difflib import get_close_matches
from typing import NamedTuple

KNOWN = (
    "customer.name",
    "customer.first_name",
    "agent.name",
    "agent.first_name",
    "queue.name",
    "centre.name",
)
DATA = "data."  # and the name of one of the chat's data
# Written as both Python and JavaScript read it: the composer looks for what is left of them.
PATTERN = rf"\{{({'|'.join(map(re.escape, KNOWN))}|data\.[^{{}}\n]{{1,100}})\}}"
VARIABLE = re.compile(PATTERN)
# What reads as a name, though it may be no known one: {x}, {customer.nme}. Not {"a": 1}.
NAMED = re.compile(r"\{(\s*[^\W\d][\w-]*(?:\.[^{}\n]*)?)\}")


NO_BRACES = str.maketrans("{}", "()")


class Filled(NamedTuple):
    """A text with its values, and the names of the variables that had none, each once."""

    text: str
    gaps: list[str]


def variables_in(text: str) -> list[str]:
    """Return the names of the variables in a text, each once, in their order."""
    return list(dict.fromkeys(VARIABLE.findall(text)))


def unknown_in(text: str) -> list[str]:
    """Return what stands in braces as a variable does, and is none, each once."""
    known = set(variables_in(text))
    return [name for name in dict.fromkeys(NAMED.findall(text)) if name not in known]


def nearest(name: str) -> str:
    """Return the variable that was likely meant; empty when none is like it."""
    name = name.strip().lower()
    room, _dot, key = name.partition(".")
    if key and get_close_matches(room, [DATA[:-1]], n=1):
        return DATA + key
    if close := get_close_matches(name, KNOWN, n=1):
        return close[0]
    return next((each for each in KNOWN if name and name in each.split(".")), "")


def fill(text: str, values: Mapping[str, str]) -> Filled:
    """Return a text with these values by the names of variables. What is blank, or not among them, is a gap."""
    gaps: dict[str, None] = {}

    def value_of(found: re.Match[str]) -> str:
        name = found[1]
        if value := values.get(name, "").strip():
            return value.translate(NO_BRACES)  # what somebody is called is no variable, whatever stands in it
        gaps[name] = None
        return found[0]

    return Filled(VARIABLE.sub(value_of, text), list(gaps))
