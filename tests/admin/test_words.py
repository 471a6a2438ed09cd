"""Does a page of the admin say in people's words what the system writes down as codes?"""

from importlib import import_module

from bs4 import BeautifulSoup
from django.contrib.auth.models import Permission
from django.utils import timezone

from contactcenter_chat.actions.one_by_one import STEPS
from contactcenter_chat.admin import words
from contactcenter_chat.models import (
    Agent,
    ApiKey,
    CallbackRejection,
    Failure,
    Interaction,
    InteractionCode,
    Offer,
    Receiver,
    TransactionCode,
)
from contactcenter_chat.models.conversations import OfferState
from contactcenter_chat.models.wrapup import OWN_LABELS
from contactcenter_chat.queries.codes import use_of
from tests.factories import add_code, make_code_list, make_user

from .conftest import address, chat, logged_in, one_of_each


def soup(client, name, *args):
    return BeautifulSoup(text(client, name, *args), "html.parser")


def text(client, name, *args):
    answer = client.get(address(name, *args))
    assert answer.status_code == 200
    return answer.content.decode()


def test_codes_that_the_centre_gave_itself(root, center):
    conversation = chat(center)
    interaction = Interaction.objects.get(conversation=conversation)
    for code in OWN_LABELS:
        InteractionCode.objects.create(interaction=interaction, short_code=code, label=code)
    labels = [str(label) for label in OWN_LABELS.values()]
    page = soup(root, "interaction_change", interaction.pk)
    assert page.select_one(".field-codes_chosen .readonly").get_text().strip() == ", ".join(labels)
    page = soup(root, "conversation_change", conversation.pk)
    assert [cell.get_text(strip=True) for cell in page.select(".cc-code")] == labels


def test_reasons(root, center):
    rows = one_of_each(center)
    interaction = rows[Interaction]
    Agent.objects.update(presence="on_break", presence_reason="missed")
    (cell,) = soup(root, "agent_changelist").select("tbody .field-reason_shown")
    shown = soup(root, "agent_change", rows[Agent].pk).select_one(".field-reason_shown .readonly")
    assert [each.get_text(strip=True) for each in (cell, shown)] == ["two chats were missed"] * 2
    Offer.objects.filter(interaction=interaction).update(state=OfferState.WITHDRAWN, reason="customer_left")
    interaction.decisions.update(
        candidates=[{"agent": rows[Agent].pk, "level": 3, "load": 0, "capacity": 3, "ruled_out": "others_first"}]
    )
    page = text(root, "interaction_change", interaction.pk)
    assert "The customer had left." in page
    assert "others come first" in page
    Receiver.objects.update(enabled=False, disabled_reason="gone")
    assert "off: it answered that it is gone" in text(root, "webhook_change", center.webhook.pk)


def test_steps_of_failures(root, center):
    import_module("contactcenter_chat.tasks")  # and with it all that makes steps
    assert words.STEPS.keys() == STEPS.keys()
    rows = one_of_each(center)
    page = soup(root, "failure_changelist")
    assert [cell.get_text() for cell in page.select("tbody .field-step_shown")] == ["warn silent customers"]
    assert [option.get_text(strip=True) for option in page.select("select[name=step] option")] == [
        "All",
        "warn silent customers",
    ]
    page = soup(root, "failure_change", rows[Failure].pk)
    assert page.select_one(".field-step_shown .readonly").get_text(strip=True) == "warn silent customers"


def test_why_callbacks_were_refused(root, center):
    for reason in ("bad_signature", "unreadable", "what nobody knows"):
        CallbackRejection.objects.create(tenant=center.tenant, provider=reason, reason=reason, hour=timezone.now())
    rows = soup(root, "inboundcallback_changelist").select("details.cc-note tbody tr")
    told = dict([cell.get_text() for cell in row.select("td")[1:3]] for row in rows)
    assert told == {
        "bad_signature": "the signature is not valid",
        "unreadable": "it could not be read",
        "what nobody knows": "what nobody knows",
    }


def test_lists_and_dictionaries(root, center):
    rows = one_of_each(center)
    TransactionCode.objects.update(translations={"es": "Tasas"})
    user = make_user("reader", is_staff=True)
    user.user_permissions.set(Permission.objects.filter(codename="view_transactioncode"))
    center.tenant.administrators.add(user)
    page = text(logged_in(user), "transactioncode_change", rows[TransactionCode].pk)
    assert "es: Tasas" in page
    assert "{" not in page.split('id="content"')[1].split("</main>")[0]
    assert ", ".join(rows[ApiKey].scopes) in text(root, "apikey_change", rows[ApiKey].pk)


def test_a_heading_counts_what_is_under_it(root, center):
    code_list = make_code_list(center.tenant)
    fees = add_code(code_list, "Fees")
    refund, invoice = add_code(code_list, "Refund", fees), add_code(code_list, "Invoice", fees)
    chat(center, codes=[refund])
    chat(center, codes=[invoice], customerId="2")
    uses = use_of(code_list, center.tenant.created_at, center.tenant.created_at.replace(year=2100))
    assert [(use.code.label, use.count, use.own, use.share) for use in uses] == [
        ("Fees", 2, 0, 1.0),
        ("Refund", 1, 1, 0.5),
        ("Invoice", 1, 1, 0.5),
    ]
    assert "2 choices in this period" in text(root, "transactioncodelist_use", code_list.pk)
