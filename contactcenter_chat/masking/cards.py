"""Where are the numbers of payment cards?

By their check digit, and by what an issuer's numbers begin with and how long they are: of any 16 digits one in ten has
the right check digit.
"""

import re
from collections.abc import Iterator, Sequence
from functools import lru_cache

RUN = re.compile(r"\d(?:[\s./_\-\u2010-\u2015\u200b-\u200f\u2060\ufeff]{0,3}\d){11,}")
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
LONGEST_FIRST = max(len(low) for low, *_ in ISSUERS)


def spans(text: str) -> Iterator[tuple[int, int]]:
    """Yield from where to where there is one. Blanks, hyphens and the like may stand between its digits.

    Where two overlap, as one is none but looks like it, it is all of both.
    """
    for run in RUN.finditer(text):
        at = [run.start() + offset for offset, sign in enumerate(run[0]) if sign.isdecimal()]
        digits = "".join(str(int(text[each])) for each in at)
        begin = end = 0
        for first in range(len(digits)):
            length = _length_at(digits, at, first)
            if length and first >= end:
                if end:
                    yield at[begin], at[end - 1] + 1
                begin = first
            end = max(end, first + length) if length else end
        if end:
            yield at[begin], at[end - 1] + 1


def _length_at(digits: str, at: list[int], first: int) -> int:
    """How long the number is that begins with this digit; 0 for none. It begins and ends where a group does."""
    if first and at[first] == at[first - 1] + 1:
        return 0
    for length in _lengths_of(digits[first : first + LONGEST_FIRST]):
        end = first + length
        ends_there = end == len(digits) or (end < len(digits) and at[end] > at[end - 1] + 1)
        if ends_there and _is_checked(digits[first:end]):
            return length
    return 0


@lru_cache(10**LONGEST_FIRST)
def _lengths_of(first: str) -> Sequence[int]:
    """How long the numbers are that begin with these digits, the longest first."""
    found = [lengths for low, high, lengths in ISSUERS if low <= first[: len(low)] <= high]
    return sorted(set().union(*found), reverse=True)


def _is_checked(number: str) -> bool:
    """By Luhn: every second digit from the right counts twice, and of that the sum of its digits."""
    twice = [sum(divmod(2 * int(each), 10)) for each in number[-2::-2]]
    return (sum(int(each) for each in number[::-2]) + sum(twice)) % 10 == 0
