"""Does somebody want a person?"""

import pytest

from contactcenter_chat.bots.wishes import wants_person

WISHES = {
    "en": (
        "I want to talk to a human",
        "human please",
        "Can I speak to a real person?",
        "agent",
        "Please connect me with an agent",
        "I would like to chat with somebody from your staff",
        "give me a live agent now",
        "Let me talk to someone",
        "I need a representative, this is not helping",
        "customer service",
    ),
    "es": (
        "Quiero hablar con una persona",
        "¿Puedo hablar con un humano?",
        "agente",
        "Necesito hablar con alguien, por favor",
        "Páseme con un agente",
        "quiero un asesor de verdad",
        "atención al cliente",
        "Prefiero que me atienda una persona real",
        "con una persona por favor",
        "Quisiera comunicarme con un operador",
    ),
    "de": (
        "Ich möchte mit einem Menschen sprechen",
        "Mitarbeiter bitte",
        "Kann ich mit jemandem reden?",
        "Verbinden Sie mich mit einem Berater",
        "echter Mensch",
        "ich brauche einen Mitarbeiter",
        "Bitte geben Sie mir eine richtige Person",
        "Kundenservice",
        "Ich will keinen Bot, sondern einen Menschen",
        "Könnte ich mit einem Kollegen sprechen",
    ),
    "fr": (
        "Je veux parler à un humain",
        "Un conseiller s'il vous plaît",
        "Puis-je parler à quelqu’un ?",
        "Passez-moi un agent",
        "je voudrais une vraie personne",
        "service client",
        "J'ai besoin de parler à une personne",
        "humain",
        "Mettez-moi en relation avec un conseiller",
        "Je préfère discuter avec un employé",
    ),
    "pt": (
        "Quero falar com uma pessoa",
        "Atendente, por favor",
        "Posso falar com um humano?",
        "Preciso de falar com alguém",
        "atendimento humano",
        "Gostaria de conversar com um atendente",
        "Passe-me a um operador",
        "pessoa de verdade",
        "Não quero um robô",
        "Prefiro falar com um funcionário",
    ),
}
OTHERS = (
    "When is the library open?",
    "How many people fit into the blue room?",
    "What does it cost per person and year?",
    "Do you have rooms for 12 persons with a projector?",
    "Is the human resources course taught in English?",
    "¿Cuándo abre la biblioteca?",
    "¿Cuánto cuesta por persona?",
    "Wie viele Personen passen in den Raum?",
    "Wann öffnet die Mensa?",
    "Combien coûte la bibliothèque par personne et par an ?",
    "Quantas pessoas cabem na sala azul?",
    "I lost my student card",
    "I want to book a room for 4 people",
    "I need a room for two people, please",
    "Can someone tell me when the library opens?",
    "I need a travel agent certificate course",
    "What would a card cost per person, please?",
    "Quiero reservar una sala para cuatro personas",
    "¿Alguien puede decirme cuándo abre la biblioteca?",
    "Ich brauche bitte einen Raum für 6 Personen",
    "Kann mir jemand sagen, wann die Bibliothek öffnet?",
    "Je voudrais une salle pour six personnes",
    "Quero reservar uma sala para duas pessoas",
    "Vorrei una sala per otto persone",
    "",
    "👍",
)


@pytest.mark.parametrize("text", [text for said in WISHES.values() for text in said])
def test_who_asks_for_a_person_is_understood(text):
    assert wants_person(text)


def test_there_are_ten_wordings_in_five_languages():
    assert {tag: len(set(said)) for tag, said in WISHES.items()} == dict.fromkeys(("en", "es", "de", "fr", "pt"), 10)


@pytest.mark.parametrize("text", OTHERS)
def test_who_asks_for_something_else_is_not(text):
    assert not wants_person(text)


def test_a_wish_at_the_end_of_a_long_text_is_understood():
    assert wants_person("The room was cold and the lights were off. " * 30 + "I want to talk to a human.")


def test_a_person_who_is_counted_hides_no_wish():
    assert wants_person("We are 4 people, and I want to talk to a human")


def test_a_project_adds_its_own_ways(settings):
    assert not wants_person("rwy'n moyn siarad cymraeg â rhywun")
    settings.CONTACTCENTER_CHAT = {"HUMAN_WISHES": {"cy": ["siarad Cymraeg â rhywun"]}}
    assert wants_person("Rwy’n moyn siarad Cymraeg â rhywun!")


@pytest.mark.parametrize("text", ["I want a hu\u200bman", "hu\u00adman", "I w\u200dant a hum\u2060an"])
def test_what_nobody_sees_hides_no_wish(text):
    assert wants_person(text)


def test_a_wish_at_the_end_of_all_that_fits_is_understood():
    assert wants_person("x " * 5_000 + "I want a human")
