"""Is a language written as it is usual, whoever has typed it?"""

import pytest

from contactcenter_chat.exceptions import Invalid
from contactcenter_chat.models.language_tags import checked_tag

USUAL = {
    "es": "es",
    " ES ": "es",
    "pt-br": "pt-BR",
    "ZH-hANT-tw": "zh-Hant-TW",
    "es-419": "es-419",
    "sl-ROZAJ-biske": "sl-rozaj-biske",
    "yue": "yue",
    "en-x-US": "en-x-us",
}
NONE = ["", "e", "Spanish", "es_MX", "es-", "-es", "español", "es-MX\x00", "es mx", f"es{'-abcdefgh' * 4}"]


@pytest.mark.parametrize(("typed", "kept"), USUAL.items())
def test_letters_are_small_or_capital_as_usual(typed, kept):
    assert checked_tag(typed) == kept


@pytest.mark.parametrize("typed", NONE)
def test_what_is_no_tag_is_refused(typed):
    with pytest.raises(Invalid) as refusal:
        checked_tag(typed, "tag")
    assert refusal.value.field == "tag"
    assert refusal.value.message == "Write a language as “es” or “pt-BR”."
