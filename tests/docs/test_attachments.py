"""Do the examples of the attachments' page work?"""

import io
import json

import pytest

from contactcenter_chat import checks
from contactcenter_chat.cards import base
from contactcenter_chat.models import Attachment, Card
from tests import factories

from .pages import blocks, page

PAGE = page("attachments.md")
API, STORAGE, CLAMD, SCANNER, CODE = (block.text for block in blocks(PAGE, "python"))
ADAPTIVE, QUICK_REPLIES = (json.loads(block.text) for block in blocks(PAGE, "json"))


def run(text):
    names = {}
    exec(text, names)  # noqa: S102
    return names


def test_the_settings_are_accepted(settings):
    settings.STORAGES = run(STORAGE)["STORAGES"]
    for text in (STORAGE, CLAMD):
        settings.CONTACTCENTER_CHAT = run(text)["CONTACTCENTER_CHAT"]
        assert checks.check_settings(None) == []


def test_the_scanner_finds_programs():
    scanner = run(SCANNER)["NoPrograms"]()
    assert [scanner.scan(io.BytesIO(content)) for content in (b"MZ\x90", b"Hello")] == ["a program", ""]


@pytest.mark.django_db(transaction=True)
def test_a_file_is_sent_over_the_api(live_server, tmp_path):
    center = factories.make_center()
    conversation = factories.start_conversation(center.channel)
    (tmp_path / "letter.txt").write_text("Hello")
    sent = run(API)["send_file"](live_server.url, center.key, conversation.pk, tmp_path / "letter.txt")
    row = Attachment.objects.get(message__isnull=False)
    assert (row.pk, row.name, row.size, row.content_type) == (sent, "letter.txt", 5, "text/plain")


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("card", "given"), [(ADAPTIVE, {"rating": "5", "form": "feedback"}), (QUICK_REPLIES, {"postback": "fees"})]
)
def test_the_cards_are_sent_and_answered(card, given):
    base.check(card["contentType"], card["content"])
    conversation = factories.start_conversation(factories.make_center().channel)
    names = run(CODE)
    card_id = names["ask"](conversation, card)
    names["answer"](conversation, card_id, **given)
    assert Card.objects.get().submitted_at is not None
