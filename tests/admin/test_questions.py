"""What customers ask that no article answers, with what was nearest to it."""

import pytest
from bs4 import BeautifulSoup
from django.contrib.auth.models import Permission
from django.db import connection
from django.test.utils import CaptureQueriesContext

from contactcenter_chat.actions import messages
from contactcenter_chat.actions.conversations import erase_conversation
from contactcenter_chat.actions.knowledge import questions
from contactcenter_chat.models import Article, Interaction, Question
from tests.factories import accepted, make_agent, make_article, make_user, start_conversation

from .conftest import address, logged_in, told


@pytest.fixture
def asked(center):
    """Two customers who asked what nobody has an answer to; an article is near to the first."""
    make_agent(center.tenant, center.queue, capacity=25)
    near = make_article(center.tenant, "Where is the <b>gym</b>?")
    found = [{"article": near.pk, "version": near.versions.get().pk, "passage": 0, "score": 0.7812}]
    rows = [_ask(center, text) for text in ("Do you repair <i>zebras</i>?", "And horses?")]
    Question.objects.filter(pk=rows[0].pk).update(found=found, best=0.7812)
    return rows


def _ask(center, text):
    conversation = start_conversation(center.channel)
    chat = accepted(conversation)
    messages.add_message(conversation_id=conversation.pk, author_type="user", text=text)
    question = questions.ask(Interaction.objects.select_related("conversation").get(pk=chat.pk))
    Question.objects.filter(pk=question.pk).update(found=[], is_unanswered=True)
    return question


def listed(client):
    response = client.get(address("question_changelist"))
    assert response.status_code == 200
    rows = BeautifulSoup(response.content, "html.parser").select("#result_list tbody tr")
    return [[" ".join(cell.get_text(" ").split()) for cell in row.select("td, th")][1:] for row in rows]


def test_the_newest_first_each_with_what_was_nearest(staff, asked):
    rows = listed(staff)
    assert [row[1:] for row in rows] == [
        ["And horses?", "-", "none", "Write one"],
        ["Do you repair <i>zebras</i>?", "-", "Where is the <b>gym</b>? 0.78", "Write one"],
    ]


def test_what_was_said_is_for_those_who_may_read_transcripts(center, asked):
    user = make_user("clerk", is_staff=True)
    user.user_permissions.set(Permission.objects.filter(codename__in=["view_question", "view_tenant"]))
    center.tenant.administrators.add(user)
    assert listed(logged_in(user))[0] == ["not for you to read", "-", "none", "-"]


def test_an_article_is_begun_with_it_which_settles_it(staff, center, asked):
    page = f"{address('article_add')}?question={asked[0].pk}"
    form = BeautifulSoup(staff.get(page).content, "html.parser").select_one("#article_form")
    assert form.select_one("[name=versions-0-questions]").get_text().strip() == "Do you repair <i>zebras</i>?"
    inputs = [each for each in form.select("input[name]") if each.get("type") != "checkbox"]
    data = {each["name"]: each.get("value", "") for each in inputs} | {
        "tenant": center.tenant.pk,
        "language": "en",
        "state": "published",
        "audience": "customers",
        "level": "none",
        "versions-0-language": "en",
        "versions-0-questions": "Do you repair zebras?",
        "versions-0-answer": "No, only horses.",
    }
    assert staff.post(page, data).status_code == 302
    assert Article.objects.filter(versions__title="Do you repair zebras?").exists()
    assert [row[1] for row in listed(staff)] == ["And horses?"]


def test_a_foreign_question_begins_nothing(staff, other):
    make_agent(other.tenant, other.queue)
    foreign = _ask(other, "What is secret?")
    page = staff.get(f"{address('article_add')}?question={foreign.pk}").content.decode()
    assert "What is secret?" not in page


def test_one_is_settled(staff, asked):
    data = {"action": "settle", "_selected_action": [asked[0].pk]}
    response = staff.post(address("question_changelist"), data, follow=True)
    assert told(response)[0].endswith("Settled.")
    assert [row[1] for row in listed(staff)] == ["And horses?"]


def test_what_has_an_answer_is_not_listed(staff, asked):
    Question.objects.filter(pk=asked[0].pk).update(is_unanswered=False)
    Question.objects.filter(pk=asked[1].pk).update(is_opening=False)
    assert listed(staff) == []


def test_two_of_one_chat_each_with_its_words(staff, asked):
    first, second = asked
    Question.objects.filter(pk=second.pk).update(
        conversation=first.conversation, first_number=first.first_number, last_number=first.last_number
    )
    assert [row[1] for row in listed(staff)] == ["Do you repair <i>zebras</i>?"] * 2


def test_what_was_asked_in_an_erased_chat_is_gone(staff, asked):
    erase_conversation(conversation_id=asked[0].conversation_id)
    assert [row[1] for row in listed(staff)] == ["And horses?"]


def test_the_number_of_statements_does_not_grow(staff, center, asked):
    def count():
        with CaptureQueriesContext(connection) as queries:
            listed(staff)
        return len(queries)

    few = count()
    for number in range(5):
        _ask(center, f"Question {number}?")
    assert count() == few
