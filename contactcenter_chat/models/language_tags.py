"""How is a language written? As BCP 47 says: ``es``, ``pt-BR``, ``zh-Hant-TW``."""

import re

from django.utils.translation import gettext_noop as _

from ..exceptions import Invalid

TAG_MAX = 35  # characters
# Two or three letters first, so that the name of a language is no tag.
TAG = re.compile(r"[a-z]{2,3}(-[a-z0-9]{1,8})*", re.IGNORECASE)


def checked_tag(tag: str, field: str = "language") -> str:
    """Return a language tag with small and capital letters as they are usual. Raises Invalid when it is none."""
    tag = tag.strip()
    if len(tag) > TAG_MAX or not TAG.fullmatch(tag):
        raise Invalid(_("Write a language as “es” or “pt-BR”."), field=field, value=tag)
    parts = tag.lower().split("-")
    for number, part in enumerate(parts[1:], start=1):
        if len(parts[number - 1]) == 1:  # behind a single letter begins what is private, or an extension
            break
        if part.isalpha():
            parts[number] = {2: part.upper(), 4: part.title()}.get(len(part), part)
    return "-".join(parts)
