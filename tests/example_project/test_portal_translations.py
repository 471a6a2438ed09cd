"""The portal's Spanish catalogue: complete, compiled from what stands beside it; its pages are Spanish throughout."""

import ast
import gettext
import re
from pathlib import Path

import pytest
from bs4 import BeautifulSoup
from django.urls import reverse

from example_project import portal
from example_project.portal.models import Chat, Line
from tests.test_translations import IN_TEMPLATES, PLACE, entries, marked, translations

from .test_portal import api, call_back, gateway, text_event

pytestmark = pytest.mark.django_db

PORTAL = Path(portal.__file__).parent
CATALOGUE = PORTAL / "locale" / "es" / "LC_MESSAGES"
SAYING = ("aria-label", "placeholder", "title", "data-failed", "data-sending", "data-kept")
SPANISH = {"Accept-Language": "es-MX,es;q=0.9,en;q=0.5"}
# The same in both languages, or no words of the portal's: names, data, times.
SAME = {
    "Riverside College",
    "Chat API",
    "Courses · Riverside College",
    "Rosa",
    "Courses",
    "Fees",
    "Maria Torres",
    "Good morning",
    "Hello",
}

__all__ = ["api", "gateway"]  # fixtures


def start(client, **headers):
    data = {"name": "Rosa", "email": "", "topic": "ch1", "text": "Hello"}
    assert client.post(reverse("portal:start"), data, headers=headers).status_code == 302


def test_everything_is_translated():
    assert [entry["msgid"] for entry in entries(CATALOGUE) if not all(translations(entry))] == []
    assert "#, fuzzy" not in (CATALOGUE / "django.po").read_text(encoding="utf-8")


def test_the_compiled_catalogue_says_the_same_in_the_same_places():
    with (CATALOGUE / "django.mo").open("rb") as file:
        compiled = gettext.GNUTranslations(file)
    for entry in entries(CATALOGUE):
        assert compiled.gettext(entry["msgid"]) == entry["msgstr"]
        assert sorted(PLACE.findall(entry["msgstr"])) == sorted(PLACE.findall(entry["msgid"]))


def test_the_catalogue_has_what_is_marked_and_nothing_else():
    texts = set()
    for path in PORTAL.rglob("*.py"):
        calls = (node for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))) if isinstance(node, ast.Call))
        texts |= {marked(call) for call in calls} - {None}
    for folder in (PORTAL / "templates", PORTAL.parent / "templates"):
        for path in folder.rglob("*.html"):
            page = path.read_text(encoding="utf-8")
            assert "blocktranslate" not in page, path
            texts |= {text[1:-1] for text in IN_TEMPLATES.findall(page)}
    assert texts == {entry["msgid"] for entry in entries(CATALOGUE)}


def words(page):
    """Every text that a reader meets, and every one that a screen reader or a script says."""
    shown = BeautifulSoup(page, "html.parser").html
    for hidden in shown(["script", "style"]):
        hidden.decompose()
    said = {each[name].strip() for name in SAYING for each in shown.find_all(attrs={name: True})}
    return {
        text for text in {text.strip() for text in shown.find_all(string=True)} | said if re.search("[a-z]{2}", text)
    }


def words_of_a_visitor(client, name, **headers):
    """The words of a page of the portal, for somebody who has a chat."""
    start(client, **headers)
    call_back(client, text_event())
    queued = {"eventType": "QUEUED", "queueName": "Fees", "conversationId": "c1", "timestamp": 1_700_000_000_000}
    call_back(client, queued, event_id="e2")
    page = client.get(reverse(name), headers=headers).content
    for model in (Chat, Line):
        model.objects.all().delete()
    return words(page)


@pytest.mark.parametrize("name", ["portal:landing", "portal:start", "portal:chat", "portal:leave", "login"])
def test_no_english_is_left_on_a_spanish_page(client, name):
    english, spanish = words_of_a_visitor(client, name), words_of_a_visitor(client, name, **SPANISH)
    assert english & spanish <= SAME
    assert min(len(english), len(spanish)) > 3


def test_what_the_assistant_says_and_asks_is_in_the_visitors_language(client, api):
    start(client, **SPANISH)
    assert api.calls[0][3][0][1].startswith("Hola, soy el asistente")
    page = client.get(reverse("portal:chat"), headers=SPANISH).content.decode()
    for told in ("Mientras espera", "Número de estudiante, si lo tiene", "Enviar", "Asistente", "Salir"):
        assert told in page


def test_the_site_is_english_for_whoever_asks_for_neither(client):
    page = client.get(reverse("portal:start"), headers={"Accept-Language": "fi"}).content.decode()
    assert '<html lang="en">' in page
    assert "Start the chat" in page
