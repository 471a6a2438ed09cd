"""Which words say that the business shall begin no conversations, and which take that back?"""

import pytest

from contactcenter_chat.bots import consent


@pytest.mark.parametrize(
    "text",
    [
        *("STOP", "stop!", " Stop. ", "Unsubscribe", "Stopp", "Abmelden", "Baja", "no mas mensajes"),
        *("Arrêt", "desabonner", "parar", "basta", "niente più messaggi"),
    ],
)
def test_no_more(text):
    assert consent.wants_no_more(text)
    assert not consent.wants_again(text)


@pytest.mark.parametrize("text", ["START", "start.", "Alta", "Reprendre", "riprendi", "iniciar", "wieder anmelden"])
def test_again(text):
    assert consent.wants_again(text)
    assert not consent.wants_no_more(text)


@pytest.mark.parametrize(
    "text",
    [
        *("", "…", "cancel", "Cancel my appointment", "Stop by at five?", "Where is the bus stop"),
        *("Please start with mine", "stop " * 40, "no"),
    ],
)
def test_whatever_else_is_said_is_neither(text):
    assert not consent.wants_no_more(text)
    assert not consent.wants_again(text)


def test_a_project_adds_words(settings):
    settings.CONTACTCENTER_CHAT = {"OPT_OUT_WORDS": {"nl": ["Afmelden"]}, "OPT_IN_WORDS": {"nl": ["Aanmelden"]}}
    assert consent.wants_no_more("afmelden!")
    assert consent.wants_again("aanmelden")
    assert consent.wants_no_more("stop")
