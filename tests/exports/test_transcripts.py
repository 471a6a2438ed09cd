"""Do exported transcripts hold all that was said, safely?"""

import csv
import io
import json
import re

import pytest
from bs4 import BeautifulSoup
from django.utils import timezone
from django.utils.translation import override

from contactcenter_chat.exports import transcripts as exports
from contactcenter_chat.exports.reading import read
from contactcenter_chat.models import Conversation, Interaction, InteractionCode, LogEntry, wrapup
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


def test_csv_says_of_each_line_where_by_whom_and_about_what_it_was_handled(center):
    fees, dates = make_codes(center.tenant, "Fees", "=Dates", selection="multiple")
    agent = make_agent(center.tenant, center.queue, first_name="Ada", last_name="Lovelace")
    conversation = chat(center, agent=agent, codes=[fees, dates])
    rows = list(csv.DictReader(io.StringIO(exported(exports.as_csv, conversation).removeprefix("\ufeff"))))
    handled = {(row["queue"], row["agent"], row["codes"], row["code_labels"]) for row in rows if row["queue"]}
    assert handled == {("Default", "Ada Lovelace", "fees,' =dates", "Fees,' =Dates")}
    assert [row["event"] for row in rows if not row["queue"]] == ["conversation.started", "message.added"]
    assert exports.CSV_COLUMNS[-5:] == ("queue", "agent", "codes", "code_labels", "drafted_by")


def test_codes_that_the_centre_gave_itself_are_told_in_words(center):
    conversation = chat(center)
    InteractionCode.objects.create(
        interaction=Interaction.objects.get(), short_code=wrapup.ABANDONED, label=wrapup.ABANDONED
    )
    rows = csv.DictReader(io.StringIO(exported(exports.as_csv, conversation).removeprefix("\ufeff")))
    assert {(row["codes"], row["code_labels"]) for row in rows if row["queue"]} == {
        ("system:abandoned", "abandoned by the customer")
    }
    (told,) = json.loads(exported(exports.as_json, conversation))
    (code,) = told["interactions"][0]["codes"]
    assert (code["short_code"], code["label"]) == ("system:abandoned", "abandoned by the customer")
    page = BeautifulSoup(exported(exports.as_html, conversation), "html.parser")
    handled = page.find("dt", string="Interaction 1").find_next("dd").get_text()
    assert handled == "Default, Ada Lovelace, handled; abandoned by the customer"
    with override("es"):
        assert "abandonado por el cliente" in exported(exports.as_html, conversation)


def test_csv_is_separated_as_spreadsheets_expect_it_in_the_language(center):
    conversation = chat(center, said="a;=1+1")
    with override("es"):
        text = exported(exports.as_csv, conversation).removeprefix("\ufeff")
    rows = list(csv.DictReader(io.StringIO(text), delimiter=";"))
    assert tuple(rows[0]) == exports.CSV_COLUMNS
    assert "a;'=1+1" in [row["text"] for row in rows]


def test_no_cell_of_the_csv_begins_like_a_formula(center):
    conversation = chat(center, said="\t=1+1", answered="-2+3", name="+49 30")
    for row in csv.reader(io.StringIO(exported(exports.as_csv, conversation).removeprefix("\ufeff"))):
        assert not [cell for cell in row if cell.startswith(("=", "+", "-", "@", "\t", "\r"))]


def test_json_holds_the_conversation_with_its_log(center):
    (code,) = make_codes(center.tenant, "Fees")
    type(code).objects.update(external_id="00Q-7")
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
    told = {"id": code.pk, "short_code": "fees", "label": "Fees", "external_id": "00Q-7"}
    assert interaction["codes"] == [told]
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


def test_html_says_its_time_zone_once_and_which_of_two_hours_it_was(center):
    conversation = chat(center)
    # In Berlin the clock was put back from three to two at one o'clock UTC.
    for number, at in ((8, "2026-10-25T00:30Z"), (9, "2026-10-25T01:30Z"), (10, "2026-10-25T02:30Z")):
        LogEntry.objects.filter(conversation=conversation, number=number).update(at=at)
    with timezone.override("Europe/Berlin"):
        page = BeautifulSoup(exported(exports.as_html, conversation, conversation), "html.parser")
    assert [each.text for each in page.find_all(class_="zone")] == ["Times are those of Europe/Berlin."]
    told = [each.text for each in page.article.find_all("li") if "10/25/2026" in each.text]
    assert [re.search(r"10/25/2026 \S+ a\.m\.( UTC[+]\d+)?", each)[0] for each in told] == [
        "10/25/2026 2:30 a.m. UTC+0200",
        "10/25/2026 2:30 a.m. UTC+0100",
        "10/25/2026 3:30 a.m.",
    ]


def test_html_has_the_business_on_its_own_side(center):
    page = exported(exports.as_html, chat(center))
    (rule,) = [line for line in page.splitlines() if "margin-inline-start: auto" in line]
    assert rule.partition(" {")[0] == "li.agent, li.bot, li.system"
    assert "li.user" not in page
    assert '<li class="user">' in page


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


def test_what_outsiders_wrote_turns_nothing_in_html_and_its_addresses_are_links(center):
    conversation = chat(center, said="<b>\u202eSee https://example.org/?a&b.", name="Grace")
    page = exported(exports.as_html, conversation)
    assert "<b><bdi>Grace</bdi></b>" in page
    assert (
        '<span class="text" dir="auto">&lt;b&gt;\u202eSee <a href="https://example.org/?a&amp;b" target="_blank"'
        in page
    )
    assert ">https://example.org/?a&amp;b</a>.</span>" in page


def test_a_name_in_a_sentence_turns_nothing_in_html_and_json(center):
    agent = make_agent(center.tenant, center.queue, first_name="Ada\u202e", last_name="(7)")
    conversation = chat(center, agent=agent)
    assert "<bdi>Offered to <bdi>Ada (7)</bdi>.</bdi>" in exported(exports.as_html, conversation)
    (told,) = json.loads(exported(exports.as_json, conversation))
    assert "Offered to \u2068Ada (7)\u2069." in [line["text"] for line in told["log"]]
    assert "Offered to Ada (7)." in exported(exports.as_csv, conversation)


def test_a_cell_of_the_csv_turns_nothing(center):
    conversation = chat(center, said="\u202eabc\u2066", name="Grace\u202e")
    text = exported(exports.as_csv, conversation)
    (said,) = [row for row in csv.DictReader(io.StringIO(text.removeprefix("\ufeff"))) if row["speaker"] == "user"]
    assert (said["customer"], said["who"], said["text"]) == ("Grace", "Grace", "abc")
    (told,) = json.loads(exported(exports.as_json, conversation))
    assert "\u202eabc\u2066" in [line["text"] for line in told["log"]]
