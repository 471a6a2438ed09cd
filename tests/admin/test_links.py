"""Do links of the admin lead to pages that the reader may see, whatever their permissions are?"""

import itertools
import re

import pytest
from django.contrib.auth.models import Permission

from contactcenter_chat.models import (
    Conversation,
    Customer,
    Delivery,
    InboundCallback,
    Interaction,
    Queue,
    QueueMember,
    Receiver,
    TransactionCode,
    TransactionCodeList,
    Webhook,
)
from tests.factories import make_user

from .conftest import address, logged_in, one_of_each
from .test_isolation import LINK, MODELS, url

PERMISSIONS = {Conversation: ["view_transcript"]}


@pytest.fixture
def own(center):
    rows = one_of_each(center)
    QueueMember.objects.get_or_create(queue=rows[Queue], agent=rows[Interaction].agent)
    return rows


@pytest.fixture
def reader(center):
    """Makes the client of somebody with these permissions, in the contact centre."""

    numbers = itertools.count()

    def with_permissions(*names):
        user = make_user(f"reader {next(numbers)}", is_staff=True)
        found = Permission.objects.filter(content_type__app_label="contactcenter_chat", codename__in=names)
        assert len(found) == len(names)
        user.user_permissions.set(found)
        center.tenant.administrators.add(user)
        return logged_in(user)

    return with_permissions


def of(model, *kinds):
    return PERMISSIONS.get(model) or [f"{kind}_{model._meta.model_name}" for kind in kinds]


def links_on(client, *pages):
    """What the pages link to in the app, each of which is there."""
    links = set()
    for page in pages:
        answer = client.get(page)
        assert answer.status_code == 200, page
        links |= {link.replace("&amp;", "&") for link in LINK.findall(answer.content.decode())}
    for link in links:
        assert client.get(link).status_code == 200, (link, pages)
    return links


@pytest.mark.parametrize("kinds", [("view",), ("view", "add", "change", "delete")])
def test_links_lead_to_pages_that_the_reader_may_see(reader, own, kinds):
    for model in MODELS:
        links_on(reader(*of(model, *kinds)), url(model, "changelist"), url(model, "change", own[model].pk))


def test_members_are_linked_for_those_who_may_see_agents(reader, own):
    agent = url(type(own[Interaction].agent), "change", own[Interaction].agent.pk)
    page = url(Queue, "change", own[Queue].pk)
    assert agent in links_on(reader("view_queue", "view_queuemember", "view_agent"), page)


def test_members_are_named_to_others(reader, own):
    page = reader("view_queue", "view_queuemember").get(url(Queue, "change", own[Queue].pk)).content.decode()
    assert re.search(r"<p>\s*Ada Lovelace", page)


@pytest.mark.parametrize(
    ("page", "link"),
    [
        (Delivery, Webhook),
        (Delivery, Conversation),
        (InboundCallback, Conversation),
        (Interaction, Conversation),
        (Interaction, Queue),
        (Conversation, Customer),
        (Conversation, Interaction),
        (Conversation, Delivery),
    ],
)
def test_they_are_links_to_those_who_may(reader, own, page, link):
    links = links_on(reader(*of(page, "view"), *of(link, "view")), url(page, "change", own[page].pk))
    assert any(found.startswith(url(link, "change", own[link].pk).removesuffix("change/")) for found in links)


def test_a_remote_centre_is_named_to_those_who_may_not_see_receivers(reader, own):
    remote = own[Receiver]
    Delivery.objects.filter(pk=own[Delivery].pk).update(receiver=remote.pk)
    client = reader("view_delivery", "view_webhook", "view_transcript")
    page = url(Delivery, "change", own[Delivery].pk)
    assert f'<div class="readonly">{remote.provider}</div>' in client.get(page).content.decode()
    links_on(client, page, url(Delivery, "changelist"))


def test_without_transcripts_the_conversation_is_named(reader, own):
    for model in (Delivery, InboundCallback):
        client = reader(*of(model, "view"))
        listed = client.get(url(model, "changelist")).content.decode()
        assert f'<td class="field-said">{own[model].conversation_id}</td>' in listed


def test_whoever_changes_codes_needs_no_list(reader, own):
    client = reader("view_transactioncode", "change_transactioncode")
    code = own[TransactionCode]
    steps = [address("transactioncode_step", code.pk, step) for step in ("retire", "merge")]
    links_on(client, *steps)
    assert client.post(steps[0], follow=True).status_code == 200
    form = {"short_code": code.short_code, "label": "Other", "report_text": "", "translations": ""}
    assert client.post(url(TransactionCode, "change", code.pk), form, follow=True).status_code == 200
    assert TransactionCode.objects.get(pk=code.pk).label == "Other"


def test_whoever_changes_lists_and_no_codes_is_offered_no_steps(reader, own):
    page = url(TransactionCodeList, "change", own[TransactionCodeList].pk)
    client = reader("view_transactioncodelist", "change_transactioncodelist")
    assert not [link for link in links_on(client, page) if "/transactioncode/" in link]
