"""Do exported transcripts hold all that was said, safely?"""

import csv
import io
import json

import pytest

from contactcenter_chat.exports import transcripts as exports
from contactcenter_chat.exports.reading import read
from contactcenter_chat.models import Conversation
from tests.admin.conftest import chat
from tests.factories import make_agent, make_center, make_codes, start_conversation

pytestmark = pytest.mark.django_db

EVIL = '=HYPERLINK("http://evil.example","x")'


@pytest.fixture
def center():
    return make_center("college")


def exported(write, *conversations):
    rows = Conversation.objects.select_related("channel", "customer", "tenant")
    return "".join(write(read(rows, [[conversation.pk for conversation in conversations]])))


def test_csv_has_a_line_for_each_message_and_event(center):
    conversation = chat(center, said=EVIL, name="@Grace")
    rows = list(csv.DictReader(io.StringIO(exported(exports.as_csv, conversation).removeprefix("\ufeff"))))
    assert tuple(rows[0]) == exports.CSV_COLUMNS
    assert [int(row["number"]) for row in rows] == list(range(1, 13))
    said = [row for row in rows if row["speaker"] == "user"]
    assert [(row["conversation"], row["channel"], row["customer"]) for row in said] == [
        (conversation.pk, "Website", "'@Grace")
    ]
    assert said[0]["text"] == f"'{EVIL}"
    assert said[0]["event"] == "message.added"


def test_no_cell_of_the_csv_begins_like_a_formula(center):
    conversation = chat(center, said="\t=1+1", answered="-2+3", name="+49 30")
    for row in csv.reader(io.StringIO(exported(exports.as_csv, conversation).removeprefix("\ufeff"))):
        assert not [cell for cell in row if cell.startswith(("=", "+", "-", "@", "\t", "\r"))]


def test_json_holds_the_conversation_with_its_log(center):
    (code,) = make_codes(center.tenant, "Fees")
    conversation = chat(center, said=EVIL, codes=[code], programme="Biology")
    (told,) = json.loads(exported(exports.as_json, conversation))
    assert (told["id"], told["tenant"], told["state"]) == (conversation.pk, "college", "idle")
    assert told["data"] == {"name": "Grace", "programme": "Biology"}
    assert [line["text"] for line in told["log"] if line["speaker"]] == [
        "Hello, I am a bot.",
        EVIL,
        "It is on its way.",
    ]
    (interaction,) = told["interactions"]
    assert interaction["codes"] == [{"id": code.pk, "short_code": "fees", "label": "Fees"}]
    assert (interaction["agent"], interaction["outcome"]) == ("Ada Lovelace", "handled")
    assert interaction["waiting_seconds"] >= 0


def test_json_of_several_and_of_none_is_one_array(center):
    conversations = [start_conversation(center.channel) for _ in range(3)]
    told = json.loads(exported(exports.as_json, *conversations))
    assert [each["id"] for each in told] == [conversation.pk for conversation in conversations]
    assert json.loads(exported(exports.as_json)) == []


def test_html_is_one_page_in_which_nothing_runs(center):
    conversation = chat(center, said="<script>alert(1)</script>", name="<b>Grace</b>")
    page = exported(exports.as_html, conversation)
    assert page.startswith("<!DOCTYPE html>")
    assert page.rstrip().endswith("</html>")
    assert page.count("<article>") == 1
    assert "<script" not in page
    assert "&lt;script&gt;alert(1)&lt;/script&gt;" in page
    assert "<b>Grace</b>" not in page
    assert "default-src 'none'" in page


def test_many_are_read_batch_by_batch_in_the_order_that_was_asked(center, django_assert_num_queries):
    agent = make_agent(center.tenant, center.queue)
    conversations = [chat(center, agent=agent) for _ in range(3)]
    pks = [conversation.pk for conversation in reversed(conversations)]
    rows = Conversation.objects.select_related("customer")
    with django_assert_num_queries(2 * 7):  # two batches, each the conversations and what they hold
        found = list(read(rows, [pks, [pks[0]]]))
    assert [transcript.conversation.pk for transcript in found] == [*pks, pks[0]]


def test_only_readable_conversations_are_read(center):
    conversations = [start_conversation(center.channel) for _ in range(2)]
    rows = Conversation.objects.exclude(pk=conversations[0].pk)
    found = read(rows, [[conversation.pk for conversation in conversations]])
    assert [transcript.conversation for transcript in found] == [conversations[1]]


def test_a_batch_is_cut_to_what_memory_takes(center, monkeypatch):
    monkeypatch.setattr("contactcenter_chat.exports.reading.AT_ONCE", 2)
    conversations = [start_conversation(center.channel) for _ in range(5)]
    pks = [conversation.pk for conversation in conversations]
    assert [each.conversation.pk for each in read(Conversation.objects.all(), [pks])] == pks
