"""Names that were stored before they were refused turn nothing of the admin's pages."""

import pytest
from bs4 import BeautifulSoup
from django.contrib.admin.models import LogEntry

from contactcenter_chat.admin.names import all_isolated, isolated, said_of, told
from contactcenter_chat.models import (
    Agent,
    Channel,
    Conversation,
    Customer,
    CustomerIdentity,
    Queue,
    Tenant,
    TransactionCode,
    TransactionCodeList,
    Webhook,
)
from tests.factories import make_queue
from tests.turning import NAME, unisolated

from .conftest import address, one_of_each


@pytest.fixture
def rows(center):
    rows = one_of_each(center)
    make_queue(center.tenant).members.create(agent=rows[Agent])
    for model in (Customer, Channel, Webhook, TransactionCodeList):
        model.objects.update(name=NAME)
    Queue.objects.filter(pk=center.queue.pk).update(name=NAME)
    rows[TransactionCodeList].queues.add(center.queue, make_queue(center.tenant))
    CustomerIdentity.objects.update(value=NAME)
    TransactionCode.objects.update(label=NAME)
    rows[Agent].user.first_name, rows[Agent].user.last_name = NAME, ""
    rows[Agent].user.save()
    Conversation.objects.update(last_queue=center.queue, last_agent=rows[Agent])
    rows[Conversation].interactions.get().codes.update(label=NAME)
    return rows


def parsed(response):
    assert response.status_code == 200
    page = BeautifulSoup(response.content, "html.parser")
    for each in page.select(".original"):  # what Django calls the rows of an inline, isolated as a whole
        each.decompose()
    return page


def test_no_name_turns_what_stands_beside_it(root, rows):
    pages = {f"{model._meta.model_name}_changelist": () for model in rows}
    pages |= {f"{model._meta.model_name}_change": (row.pk,) for model, row in rows.items()}
    shown = {name: unisolated(parsed(root.get(address(name, *args)))) for name, args in pages.items()}
    assert [f"{name}: {text[:60]}" for name, found in shown.items() for text in found] == []


def test_what_is_said_of_a_row_isolates_it(root, center, rows):
    chosen = {"action": "take_away", "_selected_action": [rows[Webhook].pk]}
    answer = root.post(address("webhook_changelist"), chosen, follow=True)
    [said] = parsed(answer).select(".messagelist li")
    assert str(said.bdi) == f"<bdi>{NAME}</bdi>"
    assert said.get_text() == f"{NAME}: A channel uses this webhook."


def test_sentences_isolate_each_name_in_them(root, rows):
    page = parsed(root.get(address("conversation_change", rows[Conversation].pk)))
    sentences = [str(each) for each in page.select(".cc-event .cc-text > bdi")]
    assert "<bdi>Offered to <bdi>esoR</bdi>.</bdi>" in sentences


def test_what_was_done_is_kept_with_the_name_isolated(root, center, rows):
    chosen = {"action": "rotate_signing_key", "_selected_action": [center.tenant.pk]}
    Tenant.objects.update(name=NAME)
    answer = root.post(address("tenant_changelist"), chosen, follow=True)
    assert [str(each.bdi) for each in parsed(answer).select(".messagelist li")] == ["<bdi>esoR</bdi>"]
    assert LogEntry.objects.get(object_id=center.tenant.pk).change_message == "\u2068esoR\u2069 signs with a new key."


def test_names_are_escaped():
    assert isolated("<b>") == "<bdi>&lt;b&gt;</bdi>"
    assert all_isolated([]) == ""
    assert all_isolated(["a", "<b>"], between=" › ") == "<bdi>a</bdi> › <bdi>&lt;b&gt;</bdi>"
    assert said_of("<b>", "5 < 6") == "<bdi>&lt;b&gt;</bdi>: 5 &lt; 6"
    assert told("%(row)s & %(count)d", row="<b>", count=2) == "<bdi>&lt;b&gt;</bdi> &amp; 2"
    assert told("%(rows)s", rows=["a\u2069", "b"]) == "<bdi>a</bdi>, <bdi>b</bdi>"
