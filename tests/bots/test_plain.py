"""How are words of a customer compared with those that are known?"""

import pytest

from contactcenter_chat.bots.plain import plain_words


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("", []),
        ("?! …", []),
        ("I WANT a Human, please!", ["i", "want", "a", "human", "please"]),
        ("¿Puedo hablar con alguien? No más robots", ["puedo", "hablar", "con", "alguien", "no", "mas", "robots"]),
        ("Quelqu’un", ["quelqu'un"]),
        ("Straße", ["strasse"]),
        ("hu\u00adman a\u200bgent", ["human", "agent"]),
    ],
)
def test_words(text, words):
    assert plain_words(text) == words
