"""Where are the numbers of bank accounts, as IBAN?"""

import re
from collections.abc import Iterator

# How long they are in each country that has them, by the registry of the standard (ISO 13616).
REGISTERED = """
    AD24 AE23 AL28 AT20 AZ28 BA20 BE16 BG22 BH22 BI27 BR29 BY28 CH21 CR22 CY28 CZ24 DE22 DJ27 DK18 DO28 EE20
    EG29 ES24 FI18 FK18 FO18 FR27 GB22 GE22 GI23 GL18 GR27 GT28 HN28 HR21 HU28 IE22 IL23 IQ23 IS26 IT27 JO30
    KW30 KZ20 LB28 LC32 LI21 LT20 LU20 LV21 LY25 MC27 MD24 ME22 MK19 MN20 MR27 MT31 MU30 NI28 NL18 NO15 OM23
    PK24 PL28 PS29 PT25 QA29 RO24 RS22 RU33 SA24 SC31 SD18 SE24 SI19 SK24 SM27 SO23 ST25 SV28 TL23 TN24 TR26
    UA29 VA22 VG24 XK20 YE30
"""
LENGTHS = {each[:2]: int(each[2:]) for each in REGISTERED.split()}
START = re.compile(r"(?<![^\W_])[A-Za-z]{2}[ -]?[0-9]{2}")
BETWEEN = " -.\u00a0\u202f\n\r\t\u200b"


def spans(text: str) -> Iterator[tuple[int, int]]:
    """Yield from where to where there is one. Blanks, hyphens and dots may stand between its groups."""
    for start in START.finditer(text):
        length = LENGTHS.get(start[0][:2].upper(), 0)
        end, number = _taken(text, start.start(), length)
        if len(number) == length > 0 and _is_checked(number):
            yield start.start(), end


def _taken(text: str, at: int, length: int) -> tuple[int, str]:
    """So many letters and digits from there on, and where they end; none where more digits follow without a gap."""
    number = ""
    while at < len(text) and len(number) < length:
        if text[at].isascii() and text[at].isalnum():
            number += text[at]
        elif text[at] not in BETWEEN:
            break
        at += 1
    return at, "" if text[at : at + 1].isdecimal() else number.upper()


def _is_checked(number: str) -> bool:
    turned = number[4:] + number[:4]
    return int("".join(str(int(each, 36)) for each in turned)) % 97 == 1
