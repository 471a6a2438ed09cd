"""What does somebody say who waits for an agent?"""

import pytest

from contactcenter_chat.bots import waiting


@pytest.mark.parametrize(
    "text",
    [
        *("How long?", "how long does it still take?", "How much longer do I have to wait", "¿Cuánto tiempo falta?"),
        *("¿cuánto tarda?", "Wie lange dauert das noch?", "Combien de temps encore ?", "Quanto tempo demora?"),
        *("Quanto ci vuole?", "when will somebody be there"),
    ],
)
def test_how_long(text):
    assert waiting.asks_how_long(text)


@pytest.mark.parametrize("text", ["How long is the swimming pool in the hall", "Hello", "", "how " * 200])
def test_not_how_long(text):
    assert not waiting.asks_how_long(text)


@pytest.mark.parametrize(
    "text",
    [
        *(
            "It's settled, thanks!",
            "Never mind",
            "ya está resuelto, gracias",
            "Hat sich erledigt",
            "C'est réglé, merci",
        ),
        *("resolvido, obrigado", "Ho risolto, grazie", "I found it"),
    ],
)
def test_settled(text):
    assert waiting.says_settled(text)


@pytest.mark.parametrize("text", ["It is not settled", "Thanks", "", "Is it settled yet?", "I found it broken"])
def test_not_settled(text):
    assert not waiting.says_settled(text)


@pytest.mark.parametrize(
    "text",
    [
        *("Go on with the assistant", "please continue with the bot", "Seguir con el asistente", "weiter mit dem Bot"),
        *("continuer avec l\u2019assistant", "voltar ao bot", "parlare con il bot"),
    ],
)
def test_the_assistant(text):
    assert waiting.wants_assistant(text)


@pytest.mark.parametrize("text", ["I want no bot", "assistant", ""])
def test_not_the_assistant(text):
    assert not waiting.wants_assistant(text)


@pytest.mark.parametrize(
    "text",
    [
        "I do not want to talk to the bot",
        "Don't make me talk to the bot again, I want a human",
        "no quiero hablar con el bot",
        "Ich will nicht weiter mit dem Bot",
        "je ne veux pas parler au bot",
        "Why did I have to talk to the bot?",
        "não quero falar com o bot",
    ],
)
def test_who_does_not_want_the_assistant_does_not_get_it(text):
    assert not waiting.wants_assistant(text)


@pytest.mark.parametrize(
    "text",
    [
        "OK, then I would like to go on with the assistant, please",
        "quiero seguir con el asistente, por favor",
        "Ja, bitte weiter mit dem Assistenten",
        "je voudrais continuer avec l'assistant",
    ],
)
def test_politeness_does_no_harm(text):
    assert waiting.wants_assistant(text)
