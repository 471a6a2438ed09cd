"""What a model writes, as the agent sees and uses it."""

import json
import threading
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress

import pytest
from django.db import connections

from contactcenter_chat.actions import messages
from contactcenter_chat.actions.assistant import writing
from contactcenter_chat.actions.center.interactions import end_interaction
from contactcenter_chat.exports.transcripts import as_csv, as_html, as_json
from contactcenter_chat.models import (
    AssistantRequest,
    Delivery,
    Interaction,
    LogEntry,
    Message,
    Queue,
    clock,
)
from contactcenter_chat.models.assistant import AssistantFailure
from contactcenter_chat.queries.transcripts import transcripts_of
from tests import factories
from tests.model_endpoint import endpoint, streamed

from .conftest import customer_says, parse, told

pytestmark = pytest.mark.django_db
MARK = "drafted by a model"


@pytest.fixture
def model(settings, center):
    Queue.objects.filter(pk=center.queue.pk).update(assisted=True, wrap_up_mode="optional")
    factories.make_article(center.tenant, "Can I pay in parts?", answer="Yes, in <three>.")
    with endpoint(streamed("Yes, in <three>. [A1]")) as server:
        assistant = {"base_url": server.url, "model": "small", "timeout": 5}
        settings.CONTACTCENTER_CHAT = {"ASSISTANT": assistant, "LIVE_HINTS": False}
        yield server


def write_all():
    while request := writing._at_work.take():
        writing._work(request)


def asked(desk, chat):
    """The draft, from the press to the answer."""
    customer_says(chat, "Can I pay in parts?")
    waiting = parse(desk.post("assistant_draft", chat.conversation_id))
    assert told(waiting) == "The assistant is writing a draft…"
    write_all()
    return desk.page("assistant_draft", chat.conversation_id)


def say(desk, chat, text, **form):
    number = chat.conversation.log.order_by("-number").first().number
    return desk.post("say", chat.conversation_id, text=text, after=number, **{"client_id": "c", **form})


def test_a_draft_is_shown_with_its_sources(desk, chat, model):
    page = asked(desk, chat)
    row = AssistantRequest.objects.get()
    assert page.select_one("[data-draft]")["data-draft"] == row.pk
    assert told(page.select_one("[data-draft-text]")) == "Yes, in <three>."
    assert "<three>" not in str(page)  # it is text
    assert told(page.select_one(".link")) == "Can I pay in parts?"
    assert [told(each) for each in page.select("button:not(.link)")] == ["Use this draft", "Discard"]
    assert not Message.objects.filter(author_type="agent").exists()


def test_what_is_sent_of_it_says_so(desk, chat, model):
    asked(desk, chat)
    row = AssistantRequest.objects.get()
    line = parse(say(desk, chat, "Yes, in three parts.", draft=row.pk)).select("li.message")[-1]
    assert told(line.select_one(".by")) == f"Maria Torres {MARK}"
    assert Message.objects.get(author_type="agent").drafted_by == "small"
    row.refresh_from_db()
    assert (row.used_at is not None, row.is_edited) == (True, True)
    assert told(desk.page("assistant_draft", chat.conversation_id)) == ""


def test_a_draft_marks_one_message(desk, chat, model):
    """Words of one's own get no mark by the id of an old draft; a repeat of the message keeps the one that it has."""
    asked(desk, chat)
    draft = AssistantRequest.objects.get().pk
    for text, client_id in (("Yes.", "1"), ("Yes.", "1"), ("My own words.", "2")):
        assert say(desk, chat, text, client_id=client_id, draft=draft).status_code == 200
    sent = Message.objects.filter(author_type="agent").values_list("text", "drafted_by")
    assert sorted(sent) == [("My own words.", ""), ("Yes.", "small")]


@pytest.mark.postgresql
@pytest.mark.django_db(transaction=True)
def test_of_two_messages_at_one_instant_a_draft_marks_one(desk, chat, model, monkeypatch):
    asked(desk, chat)
    draft, together, add = AssistantRequest.objects.get().pk, threading.Barrier(2), messages.add_message

    def add_together(**said):
        with suppress(threading.BrokenBarrierError):
            together.wait(1)  # for the other one, which has to wait for this one
        return add(**said)

    def send(number):
        try:
            return say(desk, chat, f"Yes, {number}.", client_id=str(number), draft=draft).status_code
        finally:
            connections.close_all()

    monkeypatch.setattr(messages, "add_message", add_together)
    with ThreadPoolExecutor(2) as threads:
        assert list(threads.map(send, range(2))) == [200, 200]
    marks = Message.objects.filter(author_type="agent").values_list("drafted_by", flat=True)
    assert sorted(marks) == ["", "small"]


def test_clients_are_told_the_same_as_ever(desk, chat, model):
    asked(desk, chat)
    say(desk, chat, "Yes.", client_id="1")
    say(desk, chat, "Yes.", client_id="2", draft=AssistantRequest.objects.get().pk)
    plain, drafted = Delivery.objects.filter(event_type="TEXT").order_by("-number")[:2]
    assert json.loads(plain.body).keys() == json.loads(drafted.body).keys()
    assert [word for word in ("draft", "small", "model") if word in drafted.body.lower()] == []


def test_a_draft_that_is_not_the_agents_marks_nothing(desk, chat, model, center):
    asked(desk, chat)
    row = AssistantRequest.objects.get()
    other = factories.accepted(factories.start_conversation(center.channel, customerId="another"))
    say(desk, other, "Yes.", draft=row.pk)
    say(desk, chat, "Yes.", draft="x" * 300)
    AssistantRequest.objects.update(agent=None)
    say(desk, chat, "Yes, again.", draft=row.pk, client_id="d")
    assert set(Message.objects.filter(author_type="agent").values_list("drafted_by", flat=True)) == {""}


def test_a_draft_that_is_discarded(desk, chat, model):
    asked(desk, chat)
    row = AssistantRequest.objects.get()
    assert desk.post("refuse_draft", chat.conversation_id, row.pk).content == b""
    assert told(desk.page("assistant_draft", chat.conversation_id)) == ""
    assert desk.post("refuse_draft", chat.conversation_id, "unknown").status_code == 404


def test_what_went_wrong_is_said(desk, chat, model):
    model.answers[:] = [streamed("HANDOVER")]
    none = asked(desk, chat)
    assert told(none.p) == "No article and nothing that was said answers this, so there is no draft."
    assert told(none.button) == "Close"
    desk.post("assistant_draft", chat.conversation_id)
    AssistantRequest.objects.filter(state="asked").update(answer_by=clock.now())
    late = told(desk.page("assistant_draft", chat.conversation_id).p)
    assert late == "The assistant did not answer in time. Ask it again."


WHY = {
    "late": "The assistant did not answer in time. Ask it again.",
    "away": "The assistant’s model cannot be reached. Ask it again in a while.",
    "limit": "The assistant has written as much as it may for now. Ask it again in a while.",
    "too_long": "What the assistant wrote became too long, so it was dropped.",
    "no_source": "No article and nothing that was said answers this, so there is no draft.",
    "nothing": "The customer has written nothing yet that could be answered.",
    "masked": "All that the customer wrote is masked, so the assistant has nothing to read.",
    "gone": "This chat was no longer yours when the assistant came to it.",
}
OF_A_SUMMARY = {
    "no_source": "Nothing of the summary stands in the chat, so there is none.",
    "nothing": "Nothing was said yet that could be summed up.",
    "masked": "All that was said is masked, so the assistant has nothing to read.",
}


@pytest.mark.parametrize("failure", AssistantFailure.values)
def test_each_reason_has_its_own_words(desk, chat, model, failure):
    for name, pk, said in (
        ("assistant_draft", chat.conversation_id, WHY),
        ("assistant_summary", chat.pk, {**WHY, **OF_A_SUMMARY}),
    ):
        desk.post(name, pk)
        AssistantRequest.objects.filter(state="asked").update(state="failed", failure=failure, done_at=clock.now())
        assert told(desk.page(name, pk).p) == said[failure]
    assert len(set(WHY.values())) == len(WHY) == len(AssistantFailure)


def test_what_went_wrong_is_said_until_it_is_closed_or_overtaken(desk, chat, model):
    model.answers[:] = [streamed("HANDOVER"), streamed("HANDOVER")]
    close = asked(desk, chat).button["hx-post"]
    assert desk.client.post(close).content == b""
    assert told(desk.page("assistant_draft", chat.conversation_id)) == ""
    assert asked(desk, chat).button is not None
    customer_says(chat, "Hello?")
    assert told(desk.page("assistant_draft", chat.conversation_id)) == ""


def test_where_it_was_switched_off_meanwhile(desk, chat, model):
    Queue.objects.update(assisted=False)
    off = "The assistant is switched off for this queue."
    assert said_of_it(desk, chat) == {off}
    assert not AssistantRequest.objects.exists()


def test_where_there_is_no_model_any_more(desk, chat, model, settings):
    settings.CONTACTCENTER_CHAT = {"LIVE_HINTS": False}
    assert said_of_it(desk, chat) == {"There is no model for the assistant any more."}
    assert not AssistantRequest.objects.exists()


def said_of_it(desk, chat):
    asked = (("assistant_draft", chat.conversation_id), ("assistant_summary", chat.pk))
    pages = [page for name, pk in asked for page in (desk.page(name, pk), parse(desk.post(name, pk)))]
    return {told(page.select_one("[data-assistant-off]")) for page in pages}


def buttons(desk, chat):
    page = desk.page("chat", chat.conversation_id)
    transfer = desk.page("transfer", chat.pk)
    found = page.select("[data-ask-draft], [data-assistant-draft]")
    return len(found), len(transfer.select(".summarise"))


def test_where_it_is_shown(desk, chat, model, settings):
    assert buttons(desk, chat) == (2, 1)
    Queue.objects.update(assisted=False)
    assert buttons(desk, chat) == (0, 0)
    Queue.objects.update(assisted=True)
    settings.CONTACTCENTER_CHAT = {}
    assert buttons(desk, chat) == (0, 0)
    end_interaction(interaction_id=chat.pk, agent=desk.agent)
    assert desk.page("chat", chat.conversation_id).select(".summarise, [name=note]") == []


def test_who_gets_none(colleague, stranger, chat, model):
    for other in (colleague, stranger):
        for name, pk in (("assistant_draft", chat.conversation_id), ("assistant_summary", chat.pk)):
            assert other.get(name, pk).status_code == 404
            assert other.post(name, pk).status_code == 404
    assert not AssistantRequest.objects.exists()


def summed_up(desk, chat, model):
    customer_says(chat, "Can I pay in parts?")
    model.answers[:] = [streamed("The customer asks about <parts>.")]
    assert told(parse(desk.post("assistant_summary", chat.pk))) == "The assistant is writing a summary…"
    write_all()
    page = desk.page("assistant_summary", chat.pk)
    assert "The customer asks about &lt;parts&gt;." in str(page.select_one("template"))
    return page.select_one("[data-summary]")["data-summary"]


def test_a_summary_goes_along_with_a_transfer(desk, chat, model, center):
    draft = summed_up(desk, chat, model)
    assert not LogEntry.objects.filter(kind="interaction.transferred").exists()
    form = {"note": "Asks about parts.", "draft": draft, "target": f"queue:{center.queue.pk}"}
    assert desk.post("transfer", chat.pk, **form).status_code == 204
    entry = LogEntry.objects.get(kind="interaction.transferred")
    assert (entry.data["note"], entry.data["drafted_by"]) == ("Asks about parts.", "small")
    note = desk.page("chat", chat.conversation_id).select_one(".transfer .note")
    assert told(note) == f"Note: Asks about parts. {MARK}"
    assert AssistantRequest.objects.get().is_edited is True


def test_a_note_of_the_agents_own_has_no_mark(desk, chat, model, center):
    summed_up(desk, chat, model)
    desk.post("transfer", chat.pk, note="Mine.", draft="", target=f"queue:{center.queue.pk}")
    assert "drafted_by" not in LogEntry.objects.get(kind="interaction.transferred").data


def test_a_summary_at_the_end(desk, chat, model):
    end_interaction(interaction_id=chat.pk, agent=desk.agent)
    form = desk.page("chat", chat.conversation_id).select_one("form.wrap-up")
    assert form.select_one("[name=note]")["maxlength"] == "2000"
    draft = summed_up(desk, chat, model)
    assert desk.post("finish", chat.pk, note="x" * 2001, draft=draft).status_code == 400
    assert Interaction.objects.get(pk=chat.pk).note == ""
    assert desk.post("finish", chat.pk, note="Asks about\r\nparts.", draft=draft).status_code == 204
    row = Interaction.objects.get(pk=chat.pk)
    assert (row.state, row.note, row.note_drafted_by) == ("finished", "Asks about\nparts.", "small")
    episode = desk.page("side", chat.conversation_id).select_one(".episodes .note")
    assert told(episode) == f"Asks about parts. {MARK}"


def test_exports_and_transcripts_tell_it(desk, chat, model):
    asked(desk, chat)
    say(desk, chat, "Yes, in three.", draft=AssistantRequest.objects.get().pk)
    Interaction.objects.update(note="Asks.", note_drafted_by="small")
    conversation = chat.conversation
    whole = transcripts_of([conversation])
    page = "".join(as_html(whole))
    assert "drafted by a model, sent by <bdi>Maria Torres</bdi>" in page
    assert "Asks. (drafted by a model)" in page
    told_as_json = "".join(as_json(whole))
    assert '"drafted_by": "small"' in told_as_json
    assert '"note": "Asks."' in told_as_json
    assert "".join(as_csv(whole)).count(",small\r\n") == 1
