"""Are transcripts found, read, marked, exported, and never changed?"""

import csv
import io
import json
from datetime import UTC, datetime

import pytest
from asgiref.sync import async_to_sync
from bs4 import BeautifulSoup
from django.contrib.auth.models import Permission
from django.db import connection
from django.test import AsyncClient
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from contactcenter_chat.actions.center.agents import create_agent
from contactcenter_chat.actions.center.releasing import release_agent
from contactcenter_chat.actions.conversations import erase_conversation
from contactcenter_chat.admin.transcripts import HandledBy, TranscriptAdmin
from contactcenter_chat.models import Agent, Conversation, Delivery
from tests.factories import make_agent, make_codes, make_queue, make_user, start_conversation

from .conftest import address, chat, logged_in

LIST = "admin:contactcenter_chat_conversation_changelist"


def listed(client, **query):
    page = client.get(reverse(LIST), query)
    assert page.status_code == 200
    return [conversation.pk for conversation in page.context["cl"].result_list]


def page_of(conversation):
    return address("conversation_change", conversation.pk)


@pytest.fixture
def reader(center):
    """The client of somebody who may only read transcripts."""
    user = make_user("reader", is_staff=True)
    user.user_permissions.add(Permission.objects.get(codename="view_transcript"))
    center.tenant.administrators.add(user)
    return logged_in(user)


# The list


def test_the_list_counts_nothing(staff, center):
    agent = make_agent(center.tenant, center.queue)
    queries = []
    for _ in range(2):
        chat(center, agent=agent)
        with CaptureQueriesContext(connection) as captured:
            assert listed(staff)
        queries.append([query["sql"] for query in captured])
    assert len(queries[0]) == len(queries[1])
    assert not [sql for sql in queries[1] if "COUNT(" in sql.upper() and "contactcenter_chat_conversation" in sql]


def test_the_list_goes_on_with_what_is_older(staff, center, monkeypatch):
    monkeypatch.setattr(TranscriptAdmin, "list_per_page", 2)
    conversations = [start_conversation(center.channel).pk for _ in range(5)]
    seen, address = [], reverse(LIST)
    for _ in range(3):
        page = staff.get(address)
        seen += [conversation.pk for conversation in page.context["cl"].result_list]
        address = reverse(LIST) + page.context["cl"].older_link
    assert seen == conversations[::-1]
    assert page.context["cl"].older_link == ""
    assert "Newest" in page.content.decode()


def test_a_place_that_is_none_is_the_newest(staff, center):
    conversation = start_conversation(center.channel)
    assert listed(staff, before="nonsense") == [conversation.pk]


def test_who_was_released_is_told_apart_in_the_filter(staff, center):
    agent = make_agent(center.tenant, center.queue)
    release_agent(agent_id=agent.pk)
    Agent.objects.filter(pk=agent.pk).update(released_at=datetime(2026, 9, 30, 12, tzinfo=UTC))
    again = create_agent(tenant=center.tenant, user=agent.user, queues=[center.queue])
    filters = staff.get(reverse(LIST)).context["cl"].filter_specs
    (by_agent,) = (each for each in filters if isinstance(each, HandledBy))
    assert by_agent.lookup_choices == [
        (again.pk, "Ada Lovelace"),
        (agent.pk, "\u2068Ada Lovelace\u2069 (released \u206809/30/2026 noon\u2069)"),
    ]


def test_filters(staff, center):
    (code,) = make_codes(center.tenant, "Fees")
    agent = make_agent(center.tenant, center.queue)
    done = chat(center, agent=agent, codes=[code], customerId="7")
    quiet = make_queue(center.tenant)
    waiting = start_conversation(center.channel)
    both = [waiting.pk, done.pk]
    assert listed(staff) == both
    assert listed(staff, channel=center.channel.pk) == both
    assert listed(staff, queue=center.queue.pk) == both
    assert listed(staff, queue=quiet.pk) == []
    assert listed(staff, agent=agent.pk) == [done.pk]
    assert listed(staff, code=code.pk) == [done.pk]
    assert listed(staff, state="active") == [waiting.pk]
    assert listed(staff, customer=done.customer_id) == [done.pk]
    assert listed(staff, agent=agent.pk, state="active") == []
    assert listed(staff, agent="unknown") == []
    assert listed(staff, state="unknown") == []


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ({"since": "2026-03-01"}, ["march", "april"]),
        ({"until": "2026-02-28"}, ["february"]),
        ({"since": "2026-03-01", "until": "2026-03-31"}, ["march"]),
        ({"since": "2026-03-31", "until": "2026-03-31"}, ["march"]),
        ({"since": "never"}, ["february", "march", "april"]),
        ({"since": "2026-99-99"}, ["february", "march", "april"]),
        ({"since": "0001-01-01", "until": "9999-12-31"}, ["february", "march", "april"]),
    ],
)
def test_the_period_includes_both_days(staff, center, query, found):
    for name, at in (
        ("february", "2026-02-28T23:59Z"),
        ("march", "2026-03-31T23:59Z"),
        ("april", "2026-04-01T00:00Z"),
    ):
        conversation = start_conversation(center.channel, name=name)
        Conversation.objects.filter(pk=conversation.pk).update(created_at=at)
    page = staff.get(reverse(LIST), query)
    assert [str(row.customer) for row in page.context["cl"].result_list] == found[::-1]


def test_searching_shows_marked_hits(staff, center):
    conversation = chat(center, said="<b>Where</b> is my invoice?")
    chat(center, said="Hello?")
    page = staff.get(reverse(LIST), {"q": "invoice"})
    assert [row.pk for row in page.context["cl"].result_list] == [conversation.pk]
    content = page.content.decode()
    assert "<mark>invoice</mark>" in content
    assert "<b>Where</b>" not in content


def test_a_search_is_narrowed_by_filters(staff, center):
    done = chat(center, said="my invoice")
    assert listed(staff, q="invoice", state="idle") == [done.pk]
    assert listed(staff, q="invoice", state="active") == []


def test_a_conversation_is_found_by_its_id(staff, center, other):
    conversation, foreign = chat(center), chat(other)
    chat(center)
    assert listed(staff, q=conversation.pk) == [conversation.pk]
    assert listed(staff, q=foreign.pk) == []


@pytest.mark.parametrize("text", ["%", "'", "!", "a" * 5000, "\\", '"'])
def test_any_text_may_be_searched_for(staff, center, text):
    chat(center)
    assert listed(staff, q=text) == []


def test_without_a_contact_centre_the_list_is_empty(root):
    assert listed(root) == []


def test_a_superuser_chooses_the_contact_centre(root, center, other):
    one, two = start_conversation(center.channel), start_conversation(other.channel)
    assert listed(root, centre=center.tenant.pk) == [one.pk]
    assert listed(root, centre=other.tenant.pk) == [two.pk]
    assert len(listed(root)) == 1


# The page


def test_the_page_shows_what_was_said_and_what_happened(staff, center):
    (code,) = make_codes(center.tenant, "Fees")
    conversation = chat(center, codes=[code], said="<i>Where</i>?", programme="Biology BSc")
    Delivery.objects.filter(event_type="TEXT").update(state="dead", attempts_made=3)
    content = staff.get(page_of(conversation)).content.decode()
    for told in (
        "Hello, I am a bot.",
        "&lt;i&gt;Where&lt;/i&gt;?",
        "It is on its way.",
        "<bdi>Ada Lovelace</bdi> joined.",
        "Queued in <bdi>Default</bdi>.",
        "Wrapped up with <bdi>Fees</bdi>.",
        "Biology BSc",
        "handled, by the agent",
        "3 attempts",
    ):
        assert told in content
    assert "<i>Where</i>" not in content
    assert 'class="cc-delivery cc-dead"' in content


def test_the_page_marks_what_the_list_searched_for(staff, center):
    conversation = chat(center, said="Where is my invoice?")
    content = staff.get(page_of(conversation), {"_changelist_filters": "q=invoice"}).content.decode()
    assert "Where is my <mark>invoice</mark>?" in content


def test_what_outsiders_wrote_turns_nothing_and_its_addresses_are_links(staff, center):
    conversation = chat(center, said="<b>\u202e www.example.org & more", name="Grace\u202e", page="\u202e/x")
    page = BeautifulSoup(staff.get(page_of(conversation)).content, "html.parser")
    isolated = {each.get_text(strip=True) for each in page.select("bdi, [dir=auto]")}
    assert {"Grace", "page", "\u202e/x", "<b>\u202ewww.example.org& more"} <= isolated
    assert [each["href"] for each in page.select(".cc-text a")] == ["https://www.example.org"]


def test_the_page_needs_a_constant_number_of_queries(staff, center):
    agent = make_agent(center.tenant, center.queue)
    counts = set()
    for words in (1, 30):
        conversation = chat(center, agent=agent, said=" ".join(["word"] * words))
        for _ in range(words):
            start_conversation(center.channel)
        with CaptureQueriesContext(connection) as captured:
            staff.get(page_of(conversation))
        counts.add(len(captured))
    assert len(counts) == 1


def test_a_long_transcript_is_shown_in_parts(staff, center, monkeypatch):
    monkeypatch.setattr("contactcenter_chat.queries.transcripts.ENTRIES_ON_A_PAGE", 5)
    conversation = chat(center)  # 12 entries
    page = staff.get(page_of(conversation))
    assert (page.context["earlier"], page.context["later"]) == (None, 5)
    page = staff.get(page_of(conversation), {"after": 5})
    assert [line.entry.number for line in page.context["transcript"].lines] == [6, 7, 8, 9, 10]
    assert (page.context["earlier"], page.context["later"]) == (0, 10)
    page = staff.get(page_of(conversation), {"after": "10"})
    assert (page.context["earlier"], page.context["later"]) == (5, None)
    assert staff.get(page_of(conversation), {"after": "-1"}).status_code == 200
    assert staff.get(page_of(conversation), {"after": "x" * 50}).status_code == 200


def test_an_erased_conversation_says_so(staff, center):
    conversation = chat(center, said="my secret")
    erase_conversation(conversation_id=conversation.pk)
    content = staff.get(page_of(conversation)).content.decode()
    assert "Erased on" in content
    assert "my secret" not in content


def test_nothing_can_be_written(root, center):
    conversation = chat(center)
    before = Conversation.objects.values().get()
    assert root.post(page_of(conversation), {"state": "active"}).status_code in (200, 403)
    assert root.get(address("conversation_add")).status_code == 403
    delete = address("conversation_delete", conversation.pk)
    assert root.post(delete, {"post": "yes"}).status_code == 403
    assert Conversation.objects.values().get() == before


# Permissions


def test_reading_is_not_exporting(reader, center):
    conversation = chat(center)
    assert listed(reader) == [conversation.pk]
    page = reader.get(page_of(conversation))
    assert page.status_code == 200
    assert "/export/" not in page.content.decode()
    for kind in ("csv", "json", "html"):
        one = address("conversation_export", conversation.pk, kind)
        everything = address("conversation_export_all", kind)
        assert reader.get(one).status_code == 403
        assert reader.get(everything).status_code == 403
    data = {"action": "export_csv", "_selected_action": [conversation.pk]}
    answer = reader.post(reverse(LIST), data)
    assert not answer.streaming


def test_exporting_without_reading_is_nothing(center):
    user = make_user("exporter", is_staff=True)
    user.user_permissions.add(Permission.objects.get(codename="export_transcript"))
    center.tenant.administrators.add(user)
    conversation = chat(center)
    one = address("conversation_export", conversation.pk, "csv")
    assert logged_in(user).get(one).status_code == 403


def test_permission_to_see_conversations_is_not_permission_to_read_transcripts(center):
    user = make_user("viewer", is_staff=True)
    user.user_permissions.add(Permission.objects.get(codename="view_conversation"))
    center.tenant.administrators.add(user)
    assert logged_in(user).get(page_of(chat(center))).status_code == 403


# Exports


def exported(client, kind, **query):
    answer = client.get(address("conversation_export_all", kind), query)
    assert answer.status_code == 200
    assert answer.streaming
    return b"".join(answer).decode()


def test_one_transcript_is_sent_as_a_file(staff, center):
    conversation = chat(center)
    for kind, content_type in (("csv", "text/csv"), ("json", "application/json"), ("html", "text/html")):
        answer = staff.get(address("conversation_export", conversation.pk, kind))
        assert answer.streaming
        assert answer["Content-Type"].startswith(content_type)
        assert answer["Content-Disposition"] == f'attachment; filename="{conversation.pk}.{kind}"'
        assert "no-store" in answer["Cache-Control"]
        assert "Where is my invoice?" in b"".join(answer).decode()


def test_a_selection_is_exported(staff, center):
    agent = make_agent(center.tenant, center.queue)
    one, two, three = (chat(center, agent=agent) for _ in range(3))
    data = {"action": "export_json", "_selected_action": [one.pk, three.pk]}
    told = json.loads(b"".join(staff.post(reverse(LIST), data)))
    assert {each["id"] for each in told} == {one.pk, three.pk}
    assert two.pk not in {each["id"] for each in told}


def test_all_that_fit_are_exported(staff, center):
    agent = make_agent(center.tenant, center.queue)
    done = chat(center, agent=agent, said="an invoice")
    again = chat(center, agent=agent, said="another invoice")
    waiting = start_conversation(center.channel)
    assert [each["id"] for each in json.loads(exported(staff, "json"))] == [waiting.pk, again.pk, done.pk]
    assert [each["id"] for each in json.loads(exported(staff, "json", state="active"))] == [waiting.pk]
    assert [each["id"] for each in json.loads(exported(staff, "json", q="another"))] == [again.pk]
    rows = csv.DictReader(io.StringIO(exported(staff, "csv", agent=agent.pk).removeprefix("\ufeff")))
    assert {row["conversation"] for row in rows} == {done.pk, again.pk}
    assert exported(staff, "html").count("<article>") == 3


def test_an_unknown_format_is_not_there(staff, center):
    conversation = chat(center)
    one = address("conversation_export", conversation.pk, "exe")
    assert staff.get(one).status_code == 404
    assert staff.get(address("conversation_export_all", "exe")).status_code == 404
    unknown = address("conversation_export", "unknown", "csv")
    assert staff.get(unknown).status_code == 404


def test_an_export_is_streamed_by_an_asynchronous_server_too(center):
    conversation = chat(center)
    user = make_user("root", is_staff=True, is_superuser=True)
    url = address("conversation_export", conversation.pk, "json")

    async def ask():
        client = AsyncClient()
        await client.aforce_login(user)
        answer = await client.get(url)
        assert answer.streaming
        assert answer.is_async
        return b"".join([chunk async for chunk in answer])

    assert [each["id"] for each in json.loads(async_to_sync(ask)())] == [conversation.pk]


def test_the_page_says_who_had_control(staff, center):
    agent = make_agent(center.tenant, center.queue, first_name="<b>Ada", last_name="L")
    conversation = chat(center, agent=agent)
    page = BeautifulSoup(staff.get(page_of(conversation)).content, "html.parser")
    (heading,) = page.find_all("h2", string="Who had control")
    told = [" ".join(each.get_text().split()) for each in heading.parent.find_all("dd")]
    assert told[-3:] == ["3 · agent: <b>Ada L", "2 · queue", "1 · bot"]
