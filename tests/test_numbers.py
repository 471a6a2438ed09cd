"""Are numbers that programs read the same in every language? Of people's, thousands may be set apart."""

import re

import pytest
from bs4 import BeautifulSoup
from django.template import engines
from django.urls import reverse
from django.utils import formats
from django.utils.translation import override

from contactcenter_chat.actions import messages
from contactcenter_chat.models import Conversation, LogEntry, TransactionCodeList
from tests import factories
from tests.admin.conftest import address, logged_in, one_of_each
from tests.desk.conftest import Desk

pytestmark = pytest.mark.django_db

# What a browser shows or reads out; all other attributes are for programs.
FOR_PEOPLE = re.compile(
    r"alt|aria-label|placeholder|title|data-(confirm|too-large|too-many|singular|plural|title|label|summary)"
)
MARK = "⟨"
# What Django's admin numbers itself: field sets, forms of an inline, rows of a page, its button for actions.
DJANGOS = re.compile(r"(fieldset|members|versions)-.*|data-actions-icnt=.*|value=⟨0⟩")


@pytest.fixture(autouse=True)
def german(settings):
    settings.USE_THOUSAND_SEPARATOR = True
    settings.LANGUAGES = [*settings.LANGUAGES, ("de", "German")]
    settings.LANGUAGE_CODE = "de"
    formats.reset_format_cache()
    with override("de"):
        yield
    formats.reset_format_cache()


@pytest.fixture
def marked(monkeypatch):
    """Every number that a template writes for people has a mark, however small."""
    monkeypatch.setattr(formats, "number_format", lambda value, *args, **options: f"{MARK}{value}⟩")


def marks(answer):
    """The attributes of a page for programs, and its scripts, in which a number is written for people."""
    assert answer.status_code == 200
    soup = BeautifulSoup(answer.content, "html.parser")
    written = [
        (name, "".join(value))
        for tag in soup.find_all(True)
        for name, value in tag.attrs.items()
        if not FOR_PEOPLE.fullmatch(name)
    ]
    written += [("script", script.get_text()) for script in soup.select("script, style")]
    found = {(name, value) for name, value in written if MARK in value}
    return {each for each in found if not (DJANGOS.fullmatch(each[1]) or DJANGOS.fullmatch("=".join(each)))}


@pytest.fixture
def center():
    return factories.make_center("college", wrap_up_mode="required_timed")


def german_client(client):
    client.defaults["HTTP_ACCEPT_LANGUAGE"] = "de"
    return client


def test_every_page_of_the_admin(center, marked):
    root = german_client(logged_in(factories.make_user("root", is_staff=True, is_superuser=True)))
    rows = one_of_each(center)
    found = set()
    for model, row in rows.items():
        name = model._meta.model_name
        for page in (address(f"{name}_changelist"), address(f"{name}_change", row.pk)):
            found |= marks(root.get(page))
    use = reverse("admin:contactcenter_chat_transactioncodelist_use", args=[rows[TransactionCodeList].pk])
    found |= marks(root.get(use))
    assert found == set()


def test_every_part_of_the_desk(center, marked):
    factories.make_codes(center.tenant, *"abcdefghijklmnop", queues=[center.queue], selection="single")
    desk = Desk(factories.make_agent(center.tenant, center.queue))
    german_client(desk.client)
    factories.make_agent(center.tenant, center.queue)
    conversation = factories.start_conversation(center.channel, history=["Hello"])
    interaction = factories.accepted(conversation)
    desk = Desk(interaction.agent)
    messages.add_message(conversation_id=conversation.pk, author_type="user", text="Hello")
    found = marks(desk.get("home")) | marks(desk.get("rail")) | marks(desk.get("news", conversation.pk, after=0))
    for name in ("chat", "side", "responses"):
        found |= marks(desk.get(name, conversation.pk))
    found |= marks(desk.get("transfer", interaction.pk)) | marks(desk.get("ask_to_end", interaction.pk))
    desk.post("end", interaction.pk)
    found |= marks(desk.get("day"))
    assert found | marks(desk.get("chat", conversation.pk)) == set()


def test_every_field_of_a_card(marked):
    template = engines["django"].from_string('{% include "contactcenter_chat/cards/parts.html" %}')
    fields = [
        {"kind": "input", "type": "number", "name": "n", "value": 1500.5, "least": 1000, "most": 2000.5},
        {"kind": "input", "type": "area", "name": "a", "max_length": 5000},
        {"kind": "input", "type": "text", "name": "t", "max_length": 5000},
        {"kind": "button", "number": 1200, "text": "Yes"},
        {"kind": "input", "type": "choice", "name": "c", "value": 1000, "choices": [("A", 1000)]},
        {"kind": "input", "type": "choices", "name": "d", "values": [], "choices": [("A", 1000)]},
        {"kind": "input", "type": "toggle", "name": "e", "on": 1000},
    ]
    assert MARK not in template.render({"parts": fields, "answerable": True})


def test_the_desk_goes_on_after_line_999(center):
    agent = factories.make_agent(center.tenant, center.queue)
    conversation = factories.start_conversation(center.channel, history=["Hello"])
    factories.accepted(conversation)
    newest = LogEntry.objects.filter(conversation=conversation).order_by("number").last()
    Conversation.objects.filter(pk=conversation.pk).update(last_number=1233)
    assert newest.number < 1233
    messages.add_message(conversation_id=conversation.pk, author_type="user", text="Hello")
    desk = Desk(agent)
    german_client(desk.client)
    section = desk.page("chat", conversation.pk).select_one("section")
    assert section["data-last"] == "1234"
    assert section.select("[data-number]")[-1]["data-number"] == "1234"
    news = desk.page("news", conversation.pk, after=section["data-last"]).select_one("[data-news]")
    assert news["data-last"] == "1234"
