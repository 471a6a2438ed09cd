"""How much may a body hold? Tables, verbs and settings say so; whoever reads or describes a body hands it in.

What the formats' own descriptions say stands here, for the verbs.
"""

from dataclasses import dataclass
from typing import NamedTuple

BRIEF_SUMMARY_MAX = 3000  # characters
BRIEF_WORDS_MAX = 200  # of each other text of a brief
BRIEF_ITEMS_MAX = 20
CODE_MAX = 40  # characters of a one-time code, with whatever stands between its digits
WEBHOOK_NAME_MAX = 255  # characters, as formats' answers may have them; the table's column is a little wider


class Range(NamedTuple):
    """The bounds of a whole number, and what it is where it is not given: None where it has to be."""

    least: int
    default: int | None
    most: int


@dataclass(frozen=True)
class Limits:
    """Lengths are in characters, what is many is counted; a declaration of ``members`` names these fields."""

    webhook_name: int
    webhook_uri: int
    channel_name: int
    message: int
    history: int  # messages
    customer_keys: int  # besides those that the format names
    attachments: int  # of a message
    cards: int
    total_minutes: Range
    silence_minutes: Range
    address: int
