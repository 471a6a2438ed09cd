"""Are prepared responses kept within their contact centre, each short code once, with known variables?"""

import pytest
from django.db import IntegrityError, transaction

from contactcenter_chat.actions.knowledge import responses
from contactcenter_chat.exceptions import Invalid
from contactcenter_chat.models import PreparedResponse
from tests.factories import make_agent, make_center, make_queue

pytestmark = pytest.mark.django_db


def saved(center, **values):
    response = PreparedResponse(tenant=center.tenant, **{"title": "Hello", "text": "Good morning", **values})
    responses.save_prepared_response(response)
    return response


def refusal_of(center, **values):
    before = PreparedResponse.objects.count()
    with pytest.raises(Invalid) as refusal, transaction.atomic():
        saved(center, **values)
    assert PreparedResponse.objects.count() == before
    return refusal.value.field, refusal.value.message


def test_a_prepared_response_is_kept_and_taken_away(center):
    response = PreparedResponse(tenant=center.tenant, queue=center.queue, title="Hello", text="Good morning")
    responses.save_prepared_response(response)
    assert PreparedResponse.objects.get() == response
    responses.delete_prepared_response(response)
    assert not PreparedResponse.objects.exists()


def test_a_prepared_response_for_a_foreign_queue_is_refused(center):
    response = PreparedResponse(tenant=center.tenant, queue=make_center().queue, title="Hello", text="Good morning")
    with pytest.raises(Invalid) as refusal:
        responses.save_prepared_response(response)
    assert refusal.value.field == "queue"


def test_a_prepared_response_that_no_agent_could_send_is_refused(center, settings):
    settings.CONTACTCENTER_CHAT = {**settings.CONTACTCENTER_CHAT, "MESSAGE_MAX_LENGTH": 100}
    response = PreparedResponse(tenant=center.tenant, title="Long", text="x" * 101)
    with pytest.raises(Invalid) as refusal:
        responses.save_prepared_response(response)
    assert (refusal.value.field, refusal.value.message) == ("text", "May not be longer than 100 characters.")
    response.text = "x" * 100
    responses.save_prepared_response(response)
    assert PreparedResponse.objects.get() == response


@pytest.mark.parametrize("text", ["", " \n", "a\x00b"])
def test_a_prepared_response_is_something_to_say(center, text):
    with pytest.raises(Invalid) as refusal:
        responses.save_prepared_response(PreparedResponse(tenant=center.tenant, title="Odd", text=text))
    assert refusal.value.field == "text"
    assert not PreparedResponse.objects.exists()


def test_a_foreign_owner_is_refused(center):
    owner = make_agent(make_center().tenant)
    assert refusal_of(center, owner=owner) == ("owner", "The agent belongs to another contact centre.")


@pytest.mark.parametrize(
    ("typed", "kept"), [("", ""), (" \n", ""), ("/fees", "fees"), ("Visa_2-b", "Visa_2-b"), ("año", "año")]
)
def test_a_short_code_is_kept_without_its_slash(center, typed, kept):
    assert saved(center, short_code=typed).short_code == kept


@pytest.mark.parametrize("typed", ["two words", "//fees", "a.b", "a/b", "x" * 65, "a\x00b"])
def test_what_cannot_be_typed_is_no_short_code(center, typed):
    complaint = "A short code has letters, digits, - and _, 64 at most."
    assert refusal_of(center, short_code=typed) == ("short_code", complaint)


def test_a_short_code_is_there_once_whatever_its_letters(center):
    saved(center, short_code="fees")
    taken = ("short_code", "Another prepared response has this short code.")
    assert refusal_of(center, short_code="FEES", title="Other") == taken
    assert refusal_of(center, short_code="fees", language="EN", title="Other") == taken


def test_another_language_queue_owner_or_centre_may_have_the_same_short_code(center):
    maria, tom = make_agent(center.tenant), make_agent(center.tenant)
    saved(center, short_code="fees")
    saved(center, short_code="fees", language="es")
    saved(center, short_code="fees", queue=center.queue)
    saved(center, short_code="fees", queue=make_queue(center.tenant))
    saved(center, short_code="fees", owner=maria)
    saved(center, short_code="fees", owner=tom)
    saved(make_center(), short_code="fees")
    saved(center, short_code="")
    saved(center, short_code="")
    assert PreparedResponse.objects.count() == 9


def test_the_table_itself_refuses_the_second(center):
    PreparedResponse.objects.create(tenant=center.tenant, title="A", text="a", short_code="fees")
    with pytest.raises(IntegrityError), transaction.atomic():
        PreparedResponse.objects.create(tenant=center.tenant, title="B", text="b", short_code="Fees")


def test_a_language_is_kept_as_it_is_usual(center):
    assert saved(center, language="pt-br").language == "pt-BR"
    assert refusal_of(center, language="Spanish") == ("language", "Write a language as “es” or “pt-BR”.")


@pytest.mark.parametrize("category", ["a\nb", "a\x00b"])
def test_a_category_is_one_line(center, category):
    assert refusal_of(center, category=category)[0] == "category"


def test_a_category_may_not_be_longer_than_the_table_keeps(center):
    told = "May not be longer than 64 characters."
    assert refusal_of(center, category="x" * 65) == ("category", told)
    assert saved(center, category=" Fees ").category == "Fees"


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("{customer.nme}", "{customer.name}"),
        ("{custmer.first_name}", "{customer.first_name}"),
        ("{center.name}", "{centre.name}"),
        ("{dta.student_id}", "{data.student_id}"),
        ("{ customer.name }", "{customer.name}"),
        ("{agent}", "{agent.name}"),
    ],
)
def test_an_unknown_variable_is_told_with_the_one_that_is_near(center, written, meant):
    field, message = refusal_of(center, text=f"Dear {written},")
    assert (field, message) == ("text", f"There is no variable {written}. Did you mean {meant}?")


def test_what_is_like_none_is_told_which_there_are(center):
    assert refusal_of(center, text="Press {x}") == (
        "text",
        "There is no variable {x}. There are: {customer.name}, {customer.first_name}, {agent.name}, "
        "{agent.first_name}, {queue.name}, {centre.name}, {data.KEY}.",
    )


def test_known_variables_and_other_braces_are_kept(center):
    text = 'Dear {customer.first_name}, {data.Student ID}: {"a": 1} {} { } {1} {{agent.name}}'
    assert saved(center, text=text).text == text


class TestOwn:
    def test_an_agent_makes_changes_and_deletes_one(self, center):
        agent = make_agent(center.tenant)
        made = responses.save_own_response(owner=agent, title="Hi", text="Hello!", short_code="/hi", language="en")
        row = PreparedResponse.objects.get()
        assert (row, row.owner, row.tenant, row.queue) == (made, agent, center.tenant, None)
        responses.save_own_response(owner=agent, response=made, text="Hello there!")
        row.refresh_from_db()
        assert (row.title, row.text, row.short_code) == ("Hi", "Hello there!", "hi")
        responses.delete_prepared_response(row)
        assert not PreparedResponse.objects.exists()

    def test_nobody_changes_those_of_others(self, center):
        response = saved(center)
        with pytest.raises(Invalid):
            responses.save_own_response(owner=make_agent(center.tenant), response=response, text="Mine")
        response.refresh_from_db()
        assert response.text == "Good morning"


def test_acts_that_name_what_is_deleted_stay_and_keep_nothing_from_being_saved(center):
    queue = make_queue(center.tenant, "Refunds")
    acts = {"queue": queue.pk, "priority": 5}
    response = saved(center, acts=acts)
    queue.delete()
    response.text = "Other words"
    responses.save_prepared_response(response)
    response.refresh_from_db()
    assert (response.text, response.acts) == ("Other words", acts)
    response.acts = {"queue": acts["queue"]}
    with pytest.raises(Invalid, match="There is no such queue"):
        responses.save_prepared_response(response)
