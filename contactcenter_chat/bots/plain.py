"""How are words of a customer compared with those that are known? Without accents and in small letters.

A language need not be told.
"""

import re
import unicodedata

from ..storable import UNSEEN

BLANKS = r"\s"
APOSTROPHES = str.maketrans("’`´", "'''")
WORD = re.compile(r"[\w']+")
IGNORED = re.compile(f"[{UNSEEN.removeprefix(BLANKS)}]")  # what nobody sees, and what stands in the middle of words


def plain_words(text: str) -> list[str]:
    """Return the words of a text without their accents, in small letters."""
    plain = unicodedata.normalize("NFKD", IGNORED.sub("", text).casefold().translate(APOSTROPHES))
    return WORD.findall("".join(each for each in plain if not unicodedata.combining(each)))
