"""Is a form saved over what somebody else has changed since it was opened? Not before its reader has been told."""

import pytest
from bs4 import BeautifulSoup

from contactcenter_chat.actions.center.releasing import release_agent
from contactcenter_chat.isolates import unturned
from contactcenter_chat.models import (
    PreparedResponse,
    Queue,
    QueueMember,
    Tenant,
    TransactionCode,
    TransactionCodeList,
)
from tests.factories import make_agent, make_queue, make_user

from .conftest import address, logged_in, one_of_each

SAVED = 302
CARRYING = {
    *("Agent", "Article", "Channel", "Department", "OpeningHours", "PreparedResponse", "Queue", "Receiver", "Skill"),
    *("Tenant", "TransactionCode", "TransactionCodeList", "Webhook"),
}


def opened(client, page):
    """The fields of a page's form."""
    return fields_of(client.get(page))


def fields_of(answer):
    """The fields of a form as a browser sends them."""
    form = BeautifulSoup(answer.content, "html.parser").select_one("#content form[id$=_form]")
    data = {}
    for field in form.select("input[name], textarea[name], select[name]"):
        if field.get("type") in ("submit", "checkbox", "radio") and not field.has_attr("checked"):
            continue
        chosen = [option["value"] for option in field.select("option[selected]")]
        text = "on" if field.get("type") == "checkbox" else field.get_text().removeprefix("\n")
        data[field["name"]] = chosen if field.name == "select" else field.get("value", text)
    return data


def said(answer):
    return [unturned(str(error)) for error in answer.context["adminform"].form.non_field_errors()]


@pytest.fixture
def colleague(db):
    return logged_in(make_user("grace", "Grace", "Hopper", is_staff=True, is_superuser=True))


def test_what_somebody_else_changed_is_told_and_saved_over_when_sent_once_more(root, colleague, center):
    page = address("queue_change", center.queue.pk)
    mine, theirs = opened(root, page), opened(colleague, page)
    theirs |= {"name": "Billing", "wrap_up_mode": "none"}
    assert colleague.post(page, theirs).status_code == SAVED
    answer = root.post(page, {**mine, "ring_seconds": "20"})
    assert answer.status_code == 200
    assert said(answer) == [
        "Grace Hopper has changed this since you opened it.",
        "Name: now “Billing”, yours “Default”.",
        "Wrap-up: now “none”, yours “optional”.",
        "Save once more to have it your way, or open the page anew.",
    ]
    center.queue.refresh_from_db()
    assert (center.queue.name, center.queue.ring_seconds) == ("Billing", None)
    again = BeautifulSoup(answer.content, "html.parser").select_one("[name=contactcenter_seen]")["value"]
    assert root.post(page, {**mine, "ring_seconds": "20", "contactcenter_seen": again}).status_code == SAVED
    center.queue.refresh_from_db()
    assert (center.queue.name, center.queue.ring_seconds) == ("Default", 20)


def test_what_was_changed_to_the_same_is_no_conflict(root, colleague, center):
    page = address("queue_change", center.queue.pk)
    mine, theirs = opened(root, page), opened(colleague, page)
    for client, data in ((colleague, theirs), (root, mine)):
        assert client.post(page, {**data, "name": "Billing"}).status_code == SAVED


def test_what_was_changed_elsewhere_is_somebodys(root, center):
    page = address("queue_change", center.queue.pk)
    mine = opened(root, page)
    Queue.objects.update(name="Billing")
    assert said(root.post(page, mine))[0] == "Somebody has changed this since you opened it."


def test_rows_and_choices_are_told_by_their_names(root, center):
    rows = one_of_each(center)
    response, billing = rows[PreparedResponse], make_queue(center.tenant, "Billing")
    page = address("preparedresponse_change", response.pk)
    mine = opened(root, page)
    PreparedResponse.objects.update(queue=billing, text="x" * 200)
    assert said(root.post(page, mine))[1:-1] == [
        "Queue: now “Billing”, yours “–”.",
        f"Text: now “{'x' * 79}…”, yours “Good morning!”.",
    ]
    page = address("transactioncodelist_change", rows[TransactionCodeList].pk)
    mine = opened(root, page)
    rows[TransactionCodeList].queues.set([billing])
    TransactionCodeList.objects.update(required=True)
    assert said(root.post(page, mine))[1:-1] == [
        "Required: now “Yes”, yours “No”.",
        "Queues: now “Billing”, yours “–”.",
    ]
    page = address("transactioncode_change", rows[TransactionCode].pk)
    mine = opened(root, page)
    TransactionCode.objects.update(translations={"es": "Tasas"})
    assert said(root.post(page, mine))[1:-1] == ["Translations: now “es: Tasas”, yours “–”."]
    page = address("tenant_change", center.tenant.pk)
    mine = opened(root, page)
    Tenant.objects.update(name="University")
    assert said(root.post(page, mine))[1:-1] == ["Name: now “University”, yours “College”."]


def test_every_form_that_changes_a_row_carries_what_it_was_opened_with(root, center):
    rows = one_of_each(center)
    carried = {
        model.__name__
        for model, row in rows.items()
        if "contactcenter_seen" in root.get(address(f"{model._meta.model_name}_change", row.pk)).content.decode()
    }
    assert carried == CARRYING


@pytest.mark.parametrize("junk", ["", "x", "a:b:c", "9" * 5000])
def test_what_a_page_did_not_carry_is_not_compared(root, center, junk):
    page = address("queue_change", center.queue.pk)
    mine = opened(root, page)
    Queue.objects.update(name="Billing")
    assert root.post(page, {**mine, "contactcenter_seen": junk}).status_code == SAVED


def said_of_rows(answer):
    (formset,) = answer.context["inline_admin_formsets"]
    return [unturned(str(error)) for error in formset.formset.non_form_errors()]


def sent_again(client, page, answer):
    """Send the page that was answered as it is."""
    return client.post(page, fields_of(answer))


def levels(queue):
    return {str(member.agent): member.level for member in queue.members.select_related("agent__user")}


@pytest.fixture
def ada(center):
    return make_agent(center.tenant, center.queue, first_name="Ada", last_name="Lovelace")


BEGIN, END = (
    "Grace Hopper has changed this since you opened it.",
    "Save once more to have it your way, or open the page anew.",
)


def test_a_row_below_is_no_more_saved_over_than_a_field(root, colleague, center, ada):
    page = address("queue_change", center.queue.pk)
    mine, theirs = opened(root, page), opened(colleague, page)
    assert colleague.post(page, {**theirs, "members-0-level": "5"}).status_code == SAVED
    answer = root.post(page, mine)
    assert answer.status_code == 200
    assert said_of_rows(answer) == [BEGIN, "Ada Lovelace, Level: now “5”, yours “3”.", END]
    assert levels(center.queue) == {"Ada Lovelace": 5}
    assert sent_again(root, page, answer).status_code == SAVED
    assert levels(center.queue) == {"Ada Lovelace": 3}


def test_a_row_that_was_removed_meanwhile_is_added_again_when_sent_once_more(root, colleague, center, ada):
    page = address("queue_change", center.queue.pk)
    mine, theirs = opened(root, page), opened(colleague, page)
    assert colleague.post(page, {**theirs, "members-0-DELETE": "on"}).status_code == SAVED
    answer = root.post(page, mine)
    assert said_of_rows(answer) == [BEGIN, "Ada Lovelace, Level: now “–”, yours “3”.", END]
    assert levels(center.queue) == {}
    assert sent_again(root, page, answer).status_code == SAVED
    assert levels(center.queue) == {"Ada Lovelace": 3}


def test_a_row_that_was_added_meanwhile_is_removed_when_sent_once_more(root, colleague, center, ada):
    joan = make_agent(center.tenant, first_name="Joan", last_name="Clarke")
    page = address("queue_change", center.queue.pk)
    mine, theirs = opened(root, page), opened(colleague, page)
    new = {"members-TOTAL_FORMS": "2", "members-1-agent": joan.pk, "members-1-level": "4"}
    assert colleague.post(page, theirs | new).status_code == SAVED
    answer = root.post(page, mine)
    assert said_of_rows(answer) == [BEGIN, "Joan Clarke, Level: now “4”, yours “–”.", END]
    assert levels(center.queue) == {"Ada Lovelace": 3, "Joan Clarke": 4}
    assert sent_again(root, page, answer).status_code == SAVED
    assert levels(center.queue) == {"Ada Lovelace": 3}


def test_a_row_that_both_have_added_is_one(root, colleague, center):
    joan = make_agent(center.tenant, first_name="Joan", last_name="Clarke")
    page = address("queue_change", center.queue.pk)
    mine, theirs = opened(root, page), opened(colleague, page)
    new = {"members-TOTAL_FORMS": "1", "members-0-agent": joan.pk, "members-0-level": "4"}
    assert colleague.post(page, theirs | new).status_code == SAVED
    answer = root.post(page, mine | new | {"members-0-level": "2"})
    assert said_of_rows(answer) == [BEGIN, "Joan Clarke, Level: now “4”, yours “2”.", END]
    assert sent_again(root, page, answer).status_code == SAVED
    assert levels(center.queue) == {"Joan Clarke": 2}


def test_rows_changed_by_both_to_the_same_are_no_conflict(root, colleague, center, ada):
    joan = make_agent(center.tenant, center.queue, first_name="Joan", last_name="Clarke")
    page = address("queue_change", center.queue.pk)
    forms = opened(root, page), opened(colleague, page)
    numbers = {forms[0][f"members-{number}-agent"][0]: number for number in (0, 1)}
    same = {f"members-{numbers[ada.pk]}-DELETE": "on", f"members-{numbers[joan.pk]}-level": "1"}
    for client, form in zip((colleague, root), forms, strict=True):
        assert client.post(page, form | same).status_code == SAVED
    assert levels(center.queue) == {"Joan Clarke": 1}


@pytest.mark.parametrize("junk", ["", "x", "a:b:c"])
def test_rows_that_a_page_did_not_carry_are_not_compared(root, center, ada, junk):
    page = address("queue_change", center.queue.pk)
    mine = opened(root, page)
    QueueMember.objects.update(level=5)
    joan = make_agent(center.tenant, center.queue, first_name="Joan", last_name="Clarke")
    assert root.post(page, mine | {"contactcenter_seen-members": junk}).status_code == SAVED
    assert levels(center.queue) == {"Ada Lovelace": 3, str(joan): 3}


def test_an_agent_released_meanwhile_is_told_and_cannot_be_added_again(root, center, ada):
    page = address("queue_change", center.queue.pk)
    mine = opened(root, page)
    release_agent(agent_id=ada.pk)
    answer = root.post(page, mine)
    assert said_of_rows(answer)[1] == "Ada Lovelace, Level: now “–”, yours “3”."
    assert sent_again(root, page, answer).status_code == SAVED
    assert levels(center.queue) == {}


@pytest.mark.parametrize("chosen", ["abc", "-1", ""])
def test_a_choice_that_is_none_is_no_error_of_the_server(root, center, chosen):
    page = address("tenant_change", center.tenant.pk)
    mine = opened(root, page)
    center.tenant.administrators.set([make_user("boss", is_staff=True)])
    answer = root.post(page, {**mine, "administrators": [chosen]})
    assert answer.status_code == 200
    assert any("has changed this since you opened it." in each for each in said(answer)), said(answer)
