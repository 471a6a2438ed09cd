"""Do snippets and transcripts show the hits that matched, marked, and everything else escaped?"""

from types import SimpleNamespace

import pytest

from contactcenter_chat.models import Conversation, Customer, Message
from contactcenter_chat.queries.keyset_pages import page
from contactcenter_chat.queries.search import source
from contactcenter_chat.queries.snippets import highlight, snippets
from tests.factories import make_center

from .test_search import said

pytestmark = pytest.mark.django_db


@pytest.fixture
def center():
    return make_center()


def marked(body, text):
    return highlight([SimpleNamespace(pk="1", text=body)], text)["1"]


def snippet_of(center, text):
    one = page(source(center.tenant, text), Conversation.objects.filter(tenant=center.tenant), size=10)
    (snippet,) = snippets(one.rows, text).values()
    return snippet


def test_snippets_show_the_hit_and_escape_the_rest(center):
    said(center, "nothing", "<img src=x onerror=alert(1)> invoice & more")
    snippet = snippet_of(center, "invoice")
    assert snippet == "&lt;img src=x onerror=alert(1)&gt; <mark>invoice</mark> &amp; more"


def test_a_snippet_shows_words_in_quotes_where_they_are_together(center):
    said(center, "fees are fees. " + "And so on. " * 40 + "What about my <i>library</i> then, the library fees, dear?")
    snippet = snippet_of(center, '"library fees"')
    assert "<mark>library fees</mark>, dear?" in snippet
    assert snippet.count("<mark>") == 1
    assert snippet.startswith("… ")
    assert "fees are fees" not in snippet
    assert len(snippet) < 250


def test_a_snippet_shows_each_word_of_a_long_message(center):
    said(center, "An invoice came. " + "And so on. " * 40 + "It was late. " + "And so on. " * 40)
    snippet = snippet_of(center, "late invoice")
    assert snippet.startswith("An <mark>invoice</mark> came.")
    assert " … " in snippet
    assert "It was <mark>late</mark>." in snippet
    assert snippet.endswith(" …")


def test_a_snippet_of_a_message_without_spaces_is_short(center):
    said(center, "x" * 2_000 + " invoice " + "y" * 2_000)
    snippet = snippet_of(center, "invoice")
    assert "<mark>invoice</mark>" in snippet
    assert len(snippet) < 300


def test_a_name_that_was_found_is_shown_marked(center):
    conversation = said(center, "hello")
    Customer.objects.filter(pk=conversation.customer_id).update(name="<b>Noor Aziz", email="n.aziz@example.org")
    assert snippet_of(center, "azi") == "&lt;b&gt;Noor <mark>Azi</mark>z n.<mark>azi</mark>z@example.org"


def test_marks_in_the_text_itself_mark_nothing():
    assert marked("evil <mark>invoice</mark>", "invoice") == "evil &lt;mark&gt;<mark>invoice</mark>&lt;/mark&gt;"


def test_the_whole_text_is_kept_when_a_transcript_is_marked(center):
    text = "word " * 500 + "invoice" + " word" * 500
    said(center, text)
    message = Message.objects.get(text__contains="invoice")
    assert highlight([message], "invoice")[message.pk] == text.replace("invoice", "<mark>invoice</mark>")


@pytest.mark.parametrize("text", ["!", "", "-", '""', "-hello", "\x00"])
def test_without_words_nothing_is_marked(text):
    assert marked("hello & -", text) == "hello &amp; -"
    assert highlight([], "hello") == {}


@pytest.mark.parametrize(
    ("text", "html"),
    [
        ("fees", "<mark>Fees</mark>, library <mark>fees</mark>"),
        ('"library fees"', "Fees, <mark>library fees</mark>"),
        ('"library fees" -late', "Fees, <mark>library fees</mark>"),
        ('fees "library fees"', "<mark>Fees</mark>, <mark>library fees</mark>"),
    ],
)
def test_what_was_found_is_marked(text, html):
    assert marked("Fees, library fees", text) == html


@pytest.mark.postgresql
@pytest.mark.parametrize(
    ("text", "html"),
    [
        ("fee", "coffee, <mark>fees</mark>, fee-free, or e-mail".replace("fee-", "<mark>fee</mark>-")),
        ('"fee"', "coffee, fees, <mark>fee</mark>-free, or e-mail"),
        ("e-mail", "coffee, fees, fee-free, or <mark>e-mail</mark>"),
        ("fees or mail", "coffee, <mark>fees</mark>, fee-free, or e-<mark>mail</mark>"),
    ],
)
def test_whole_words_are_marked_and_beginnings_to_their_end(text, html):
    assert marked("coffee, fees, fee-free, or e-mail", text) == html
