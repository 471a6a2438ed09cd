"""What agents had a model write, as administrators see it, and the queue's switch."""

from datetime import timedelta

import pytest
from django.contrib.auth import get_user_model
from django.contrib.auth.models import Permission

from contactcenter_chat.actions.upkeep.retention import purge
from contactcenter_chat.models import AssistantRequest, Interaction, clock

from .conftest import address, chat

pytestmark = pytest.mark.django_db
MODEL = {"ASSISTANT": {"base_url": "http://127.0.0.1:9/v1"}}


def made(center, **data):
    conversation, now = chat(center, **data), clock.now()
    return AssistantRequest.objects.create(
        tenant=center.tenant,
        conversation=conversation,
        interaction=Interaction.objects.get(conversation=conversation),
        kind="draft",
        state="ready",
        text="What the model said",
        sources=[{"title": "Fees"}],
        model="small",
        tokens=321,
        asked_at=now - timedelta(seconds=2.5),
        answer_by=now,
        done_at=now,
    )


def test_the_list_has_seconds_and_tokens_and_the_page_the_model(staff, center):
    row = made(center)
    page = staff.get(address("assistantrequest_changelist")).content.decode()
    for told in ("2.5", "321", "draft of a reply"):
        assert told in page, told
    assert "small" in staff.get(address("assistantrequest_change", row.pk)).content.decode()


def test_what_was_written_is_for_those_who_may_read(staff, center):
    row = made(center)
    page = address("assistantrequest_change", row.pk)
    assert "What the model said" in staff.get(page).content.decode()
    user = get_user_model().objects.get(username="staff")
    user.user_permissions.remove(Permission.objects.get(codename="view_transcript"))
    answer = staff.get(page)
    assert answer.status_code == 200
    assert "What the model said" not in answer.content.decode()


def test_another_contact_centres_are_not_there(staff, other):
    row = made(other)
    assert staff.get(address("assistantrequest_change", row.pk)).status_code in (302, 404)
    assert "321" not in staff.get(address("assistantrequest_changelist")).content.decode()


def test_without_a_model_nothing_of_it_is_shown(staff, center, settings):
    queue = address("queue_change", center.queue.pk)
    menu = address("assistantrequest_changelist")
    settings.CONTACTCENTER_CHAT = {}
    page = staff.get(queue).content.decode()
    assert ('name="assisted"' in page, menu in page) == (False, False)
    settings.CONTACTCENTER_CHAT = MODEL
    page = staff.get(queue).content.decode()
    assert ('name="assisted"' in page, menu in page) == (True, True)


def test_they_are_deleted_after_a_month(center):
    old, young = made(center), made(center, customerId="another")
    AssistantRequest.objects.filter(pk=old.pk).update(asked_at=clock.now() - timedelta(days=31))
    assert purge()["assistant_requests"] == 1
    assert AssistantRequest.objects.get() == young
