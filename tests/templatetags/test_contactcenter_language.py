"""Is a page's language that of its words?"""

import gettext

import pytest
from bs4 import BeautifulSoup
from django.template import engines
from django.test import Client
from django.utils.translation import override, trans_real

from contactcenter_chat.exports.transcripts import as_html
from tests import factories
from tests.desk.conftest import Desk

TAG = "{% load contactcenter_language %}<html {% html_language %}>"
CONTEXT = "the code of the language of this catalogue"


def attributes(language):
    with override(language):
        return engines["django"].from_string(TAG).render().removeprefix("<html ").removesuffix(">")


@pytest.mark.parametrize(
    ("language", "expected"),
    [
        ("en", 'lang="en"'),
        ("en-gb", 'lang="en"'),
        ("es", 'lang="es"'),
        ("es-mx", 'lang="es"'),
        ("ar", 'lang="en"'),
        ("he", 'lang="en"'),
        ("de", 'lang="en"'),
        (None, 'lang="en"'),
    ],
)
def test_it_is_that_of_the_catalogue(language, expected):
    assert attributes(language) == expected


@pytest.mark.parametrize(("code", "expected"), [("ar", 'lang="ar" dir="rtl"'), ("tlh", 'lang="tlh"')])
def test_a_project_may_have_a_catalogue_of_its_own(code, expected, monkeypatch):
    catalogue = gettext.NullTranslations()
    monkeypatch.setattr(catalogue, "pgettext", lambda context, text: code if context == CONTEXT else text)
    monkeypatch.setattr(catalogue, "gettext", lambda text: code if text.startswith(CONTEXT) else text)
    with override("ar"), monkeypatch.context() as patched:
        patched.setattr(trans_real._active, "value", catalogue)
        assert engines["django"].from_string(TAG).render() == f"<html {expected}>"


@pytest.mark.django_db
def test_every_page_of_ours_says_so(settings):
    settings.LANGUAGES = [*settings.LANGUAGES, ("ar", "Arabic")]
    center = factories.make_center()
    desk = Desk(factories.make_agent(center.tenant, center.queue))
    desk.client.defaults["HTTP_ACCEPT_LANGUAGE"] = "ar"
    documentation = Client().get("/api/docs/", headers={"Accept-Language": "ar"})
    for answer in (desk.get("home"), documentation):
        page = BeautifulSoup(answer.content, "html.parser").html
        assert (answer.status_code, page["lang"], page.get("dir")) == (200, "en", None)
    with override("ar"):
        page = BeautifulSoup("".join(as_html([])), "html.parser").html
    assert (page["lang"], page.get("dir")) == ("en", None)
