"""No page of the admin keeps people from using it: axe finds nothing grave on any of ours, light or dark."""

from types import SimpleNamespace

import pytest
from django.contrib import admin
from django.contrib.admin.utils import quote
from django.contrib.auth import get_user_model
from django.urls import reverse
from playwright.sync_api import expect

from contactcenter_chat.models import (
    Agent,
    ApiKey,
    Channel,
    Customer,
    Delivery,
    DeliveryAttempt,
    Department,
    Failure,
    InboundCallback,
    Interaction,
    OpeningHours,
    PreparedResponse,
    Queue,
    QueueMember,
    Receiver,
    Skill,
    TransactionCode,
    TransactionCodeList,
    Webhook,
)
from tests.admin.conftest import one_of_each
from tests.factories import add_code, make_user, start_conversation

from .accessibility import faults_of

pytestmark = [pytest.mark.browser, pytest.mark.postgresql, pytest.mark.django_db(transaction=True)]

MODELS = [model for model in admin.site._registry if model._meta.app_label == "contactcenter_chat"]
FIRST = "/admin/contactcenter_chat/"


@pytest.fixture
def root():
    return SimpleNamespace(user=make_user("root", is_staff=True, is_superuser=True))


@pytest.fixture
def rows(center):
    """A row of each model, with all that its page can show."""
    rows = one_of_each(center)
    Queue.objects.filter(pk=center.queue.pk).update(hours=rows[OpeningHours])
    QueueMember.objects.get_or_create(queue=center.queue, agent=rows[Interaction].agent)
    under = add_code(rows[TransactionCodeList], "Refund", rows[TransactionCode])
    add_code(rows[TransactionCodeList], "Old", retired_at=under.list.tenant.created_at)
    for status, error in ((500, ""), (None, "ConnectTimeout")):
        DeliveryAttempt.objects.create(
            delivery=rows[Delivery], retry=0, duration_ms=12, status=status, error=error, answer='{"a": 1}'
        )
    Delivery.objects.filter(pk=rows[Delivery].pk).update(state="dead")
    start_conversation(center.channel, name="Noor")  # who waits
    return rows


def address(name, *args):
    return reverse(f"admin:contactcenter_chat_{name}", args=[quote(arg) for arg in args])


def faults_on(page, paths):
    """The faults of each page, in both schemes, by where it is."""
    found = {}
    for path in paths:
        if path:
            page.goto(page.server + path)
        for scheme in ("light", "dark"):
            page.emulate_media(color_scheme=scheme)
            page.evaluate("Promise.all(document.getAnimations().map(each => each.finished))")  # colours change slowly
            if faults := faults_of(page):
                found[path, scheme] = faults
    return found


@pytest.fixture
def page(open_page, root, server, rows):
    page = open_page(FIRST, root)
    page.server = server.url
    return page


@pytest.mark.parametrize("model", MODELS, ids=lambda model: model._meta.model_name)
def test_lists_and_forms(page, rows, model):
    name = model._meta.model_name
    own_pages = [address(f"{name}_{kind}", rows[model].pk) for kind in ("change", "history")]
    paths = [address(f"{name}_changelist"), *own_pages]
    if page.request.get(page.server + address(f"{name}_add")).ok:
        paths.append(address(f"{name}_add"))
    assert faults_on(page, paths) == {}


def name_long(rows):
    """Let all that people and other systems named be one unbroken word."""
    word = "Llanfair" * 12
    Customer.objects.update(name=word, email=f"{word}@example.org", company=word)
    Channel.objects.update(name=word)
    Receiver.objects.update(uri=f"https://example.org/{word}")
    Receiver.objects.filter(kind="remote_center").update(provider=word[:64])
    InboundCallback.objects.update(event_id=word, event_type=word[:60], provider=word[:64])
    Queue.objects.update(name=word)
    Webhook.objects.update(name=word)
    get_user_model().objects.filter(pk=rows[Agent].user_id).update(first_name=word, last_name=word)
    for model, field in (
        (ApiKey, "name"),
        (Department, "name"),
        (OpeningHours, "name"),
        (PreparedResponse, "title"),
        (Skill, "name"),
        (TransactionCode, "label"),
        (TransactionCodeList, "name"),
        (Failure, "error"),
        (Failure, "row"),
    ):
        size = model._meta.get_field(field).max_length
        model.objects.filter(pk=rows[model].pk).update(**{field: word[:size]})


@pytest.mark.parametrize("long", [False, True], ids=["usual", "long-words"])
def test_no_list_is_wider_than_its_place(page, rows, long):
    if long:
        name_long(rows)
    page.set_viewport_size({"width": 1400, "height": 900})
    wider = {}
    for model in MODELS:
        page.goto(page.server + address(f"{model._meta.model_name}_changelist"))
        box = page.locator(".results")
        beyond = box.evaluate("box => box.scrollWidth - box.clientWidth") if box.count() else 0
        if beyond > 0:
            wider[model.__name__] = beyond
    assert wider == {}


def test_the_first_page(page):
    assert faults_on(page, [FIRST]) == {}


def test_what_a_search_finds(page):
    lists = [address(f"{name}_changelist") for name in ("conversation", "customer")]
    assert faults_on(page, [f"{each}?q=invoice" for each in lists]) == {}


def test_pages_of_codes(page, rows):
    code_list, code = rows[TransactionCodeList].pk, rows[TransactionCode].pk
    steps = [address("transactioncode_step", code, step) for step in ("retire", "restore", "merge", "delete")]
    paths = [address(f"transactioncodelist_{each}", code_list) for each in ("import", "use")]
    assert faults_on(page, [*paths, *steps]) == {}


@pytest.mark.parametrize("content", ["short_code,label\nnew,New\n", "short_code,label\n,\n"])
def test_the_preview_of_an_import(page, rows, content):
    page.goto(page.server + address("transactioncodelist_import", rows[TransactionCodeList].pk))
    page.set_input_files("input[type=file]", {"name": "a.csv", "mimeType": "text/csv", "buffer": content.encode()})
    page.click("input[type=submit]")
    assert faults_on(page, [""]) == {}


def test_the_question_before_customers_are_erased(page, rows):
    page.goto(page.server + address("customer_changelist"))
    page.check(".action-select >> nth=0")
    page.select_option("select[name=action]", "erase")
    page.click("button[name=index]")
    assert faults_on(page, [""]) == {}


def test_a_key_that_was_made(page, center):
    page.goto(page.server + address("apikey_add"))
    page.select_option("#id_tenant", center.tenant.pk)
    page.fill("#id_name", "Another application")
    page.click("input[name=_save]")
    expect(page.locator(".cc-secret")).to_have_count(3)
    assert faults_on(page, [""]) == {}


def test_a_form_with_errors(page, rows):
    page.goto(page.server + address("agent_change", rows[Agent].pk))
    page.fill("#id_capacity", "")
    page.evaluate("document.querySelector('#agent_form').noValidate = true")
    page.click("input[name=_save]")
    assert faults_on(page, [""]) == {}
