"""Where are e-mail addresses and telephone numbers?"""

import re
from collections.abc import Iterator

EMAIL = re.compile(r"(?<![\w.+%'-])[\w.+%'-]{1,64}[@＠﹫](?:[\w-]{1,63}\.){1,8}[^\W\d_]{2,24}")
# Of digits in groups, what is dialled: with a plus, with noughts before it, in groups as in North America, or nine as
# in Spain, where none is an amount.
PHONE = re.compile(
    r"(?<!\d)(?<!\d[.,/+-])(?:"
    r"(?:\+|(?<![^\W_])00) ?[1-9]\d{0,3}(?:[ ./-]{0,2}(?:\(\d{1,5}\)|\d{1,5})){1,7}"
    r"|(?<![^\W_])(?:\(0\d{1,5}\)|0\d{1,5})(?:[ ./-]{0,2}\d{1,6}){1,5}"
    r"|(?<![^\W_])(?:1[ .-])?(?:\([2-9]\d{2}\)[ .-]?|[2-9]\d{2}[ .-])\d{3}[ .-]\d{4}"
    r"|(?<![^\W_])(?<!#)(?:[6-9]\d{2}(?:\d{6}|(?:[ -]\d{3}){2}|(?:[ .-]\d{2}){3})|[6-9]\d[ .-]\d{3}(?:[ .-]\d{2}){2})"
    r"(?!\d| ?(?:[€$£%]|(?i:eur|usd)))"
    r")(?!\d|[.,/]\d)"
)
DATE = re.compile(r"\d{1,4}[./-]\d{1,2}[./-]\d{1,4}\Z")
DIGITS = range(7, 16)  # of a number that can be dialled


def email_spans(text: str) -> Iterator[tuple[int, int]]:
    """Yield from where to where there is an e-mail address."""
    return (found.span() for found in EMAIL.finditer(text))


def phone_spans(text: str) -> Iterator[tuple[int, int]]:
    """Yield from where to where there is a telephone number. A date is none, nor is a number that is only counted."""
    for found in PHONE.finditer(text):
        digits = sum(sign.isdecimal() for sign in found[0])
        if digits in DIGITS and not DATE.match(found[0]):
            yield found.span()
