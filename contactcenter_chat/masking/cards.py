"""Where are the numbers of payment cards?

By their check digit, and by what an issuer's numbers begin with and how long they are: of any 16 digits one in ten has
the right check digit.
"""

import re
from collections.abc import Iterator

RUN = re.compile(r"\d(?:[\s./_\-\u2010-\u2015\u200b-\u200f\u2060\ufeff]{0,3}\d){11,40}")
# First digits, from and to, and how many digits there are.
ISSUERS = (
    ("4", "4", {13, 16, 19}),
    ("51", "55", {16}),
    ("2221", "2720", {16}),
    ("34", "34", {15}),
    ("37", "37", {15}),
    ("300", "305", {14, 16, 17, 18, 19}),
    ("3095", "3095", {14, 16, 17, 18, 19}),
    ("36", "36", {14, 16, 17, 18, 19}),
    ("38", "39", {14, 16, 17, 18, 19}),
    ("3528", "3589", {16, 17, 18, 19}),
    ("6011", "6011", {16, 17, 18, 19}),
    ("62", "62", {16, 17, 18, 19}),
    ("644", "649", {16, 17, 18, 19}),
    ("65", "65", {16, 17, 18, 19}),
    ("50", "50", set(range(12, 20))),
    ("56", "58", set(range(12, 20))),
    ("6304", "6304", set(range(12, 20))),
    ("6759", "6763", set(range(12, 20))),
)
LENGTHS = sorted({length for *_, lengths in ISSUERS for length in lengths}, reverse=True)


def spans(text: str) -> Iterator[tuple[int, int]]:
    """Yield from where to where there is one. Blanks, hyphens and the like may stand between its digits."""
    for run in RUN.finditer(text):
        at = [run.start() + offset for offset, sign in enumerate(run[0]) if sign.isdecimal()]
        digits = "".join(str(int(text[each])) for each in at)
        first = 0
        while first < len(digits):
            length = _length_at(digits, at, first)
            if length:
                yield at[first], at[first + length - 1] + 1
            first += length or 1


def _length_at(digits: str, at: list[int], first: int) -> int:
    """How long the number is that begins with this digit; 0 for none. It begins and ends where a group does."""
    if first and at[first] == at[first - 1] + 1:
        return 0
    for length in LENGTHS:
        end = first + length
        ends_there = end == len(digits) or (end < len(digits) and at[end] > at[end - 1] + 1)
        if ends_there and _is_issued(digits[first:end]) and _is_checked(digits[first:end]):
            return length
    return 0


def _is_issued(number: str) -> bool:
    return any(low <= number[: len(low)] <= high and len(number) in lengths for low, high, lengths in ISSUERS)


def _is_checked(number: str) -> bool:
    """By Luhn: every second digit from the right counts twice, and of that the sum of its digits."""
    twice = [sum(divmod(2 * int(each), 10)) for each in number[-2::-2]]
    return (sum(int(each) for each in number[::-2]) + sum(twice)) % 10 == 0
