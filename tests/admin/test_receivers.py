"""Do the pages of remote centres show how they do, and switch them off and on?"""

import pytest
from django.utils import timezone

from contactcenter_chat.models import Delivery, Receiver
from tests.factories import start_conversation

from .conftest import address


@pytest.fixture
def remote(center):
    return Receiver.objects.create(
        tenant=center.tenant,
        kind="remote_center",
        provider="vendor",
        uri="https://vendor.test/",
        format="to v2.0",
        remote_channel="C-1",
    )


def test_remote_centres_are_listed_and_webhooks_are_not(staff, center, remote):
    page = staff.get(address("receiver_changelist"))
    assert list(page.context["cl"].result_list) == [remote]
    assert '<td class="field-kind">remote centre</td>' in page.content.decode()
    listed = staff.get(address("webhook_changelist")).context["cl"].result_list
    assert list(listed) == [center.webhook]
    assert staff.get(address("receiver_change", center.webhook.pk)).status_code == 302


def test_a_centres_page_shows_how_it_does(staff, remote):
    Receiver.objects.filter(pk=remote.pk).update(failures=3, failing_since=timezone.now())
    page = staff.get(address("receiver_change", remote.pk)).content.decode()
    for shown in ("vendor", "https://vendor.test/", "Chat API v2", "C-1", "3 failures in a row"):
        assert shown in page


def test_it_is_switched_off_and_on(staff, remote):
    page = address("receiver_change", remote.pk)
    assert staff.post(page, {}).status_code == 302
    assert not Receiver.objects.get(pk=remote.pk).enabled
    Receiver.objects.filter(pk=remote.pk).update(failures=9, disabled_reason="failing")
    assert staff.post(page, {"enabled": "on"}).status_code == 302
    row = Receiver.objects.get(pk=remote.pk)
    assert (row.enabled, row.failures, row.disabled_reason) == (True, 0, "")


def test_what_the_settings_say_is_not_changed(staff, remote):
    before = Receiver.objects.values().get(pk=remote.pk)
    staff.post(address("receiver_change", remote.pk), {"enabled": "on", "uri": "https://x.test/", "provider": "x"})
    assert Receiver.objects.values().get(pk=remote.pk) == before
    assert staff.get(address("receiver_add")).status_code == 403
    assert staff.post(address("receiver_delete", remote.pk), {"post": "yes"}).status_code == 403


def test_the_event_log_names_receivers_and_leads_to_them(staff, center, remote):
    conversation = start_conversation(center.channel)
    told = Delivery.objects.get(conversation=conversation)
    owed = Delivery.objects.create(
        tenant=center.tenant,
        conversation=conversation,
        receiver=remote,
        entry=told.entry,
        number=1,
        event_type="start",
    )
    page = staff.get(address("delivery_changelist"))
    (by_receiver,) = (spec for spec in page.context["cl"].filter_specs if spec.title == "receiver")
    assert list(by_receiver.lookup_choices) == [(center.webhook.pk, "Portal"), (remote.pk, "vendor")]
    listed = page.content.decode()
    assert '<td class="field-receiver nowrap">Portal</td>' in listed
    assert '<td class="field-receiver nowrap">vendor</td>' in listed
    pages = {told: address("webhook_change", told.receiver_id), owed: address("receiver_change", remote.pk)}
    for delivery, link in pages.items():
        assert f'<a href="{link}">' in staff.get(address("delivery_change", str(delivery.pk))).content.decode()
