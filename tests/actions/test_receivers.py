"""What follows when a receiver fails, answers again, is switched on or off: a webhook or a remote centre."""

from datetime import timedelta

import pytest
from django.db import IntegrityError, transaction
from django.utils import timezone

from contactcenter_chat import signals
from contactcenter_chat.actions import receivers
from contactcenter_chat.actions.setup import webhooks
from contactcenter_chat.exceptions import NotFound
from contactcenter_chat.models import Lane, Receiver
from contactcenter_chat.workers import wakeup
from tests import factories

pytestmark = pytest.mark.django_db


@pytest.fixture
def center():
    return factories.make_center()


@pytest.fixture
def webhooks_receiver(center):
    return center.webhook.receiver


@pytest.fixture
def remote_center(center):
    return Receiver.objects.create(tenant=center.tenant, kind=Receiver.Kind.REMOTE_CENTER, provider="vendor")


@pytest.fixture
def woken(monkeypatch):
    woken = []
    monkeypatch.setattr(wakeup, "wake_delivery", lambda: woken.append(True))
    return woken


@pytest.fixture
def told():
    """What the signals tell of, as (signal, id, reason)."""
    told = []

    def receiver(receiver, reason, **kwargs):
        told.append(("receiver_disabled", receiver.pk, reason))

    def webhook(webhook, reason, **kwargs):
        told.append(("webhook_disabled", webhook.pk, reason))

    signals.receiver_disabled.connect(receiver)
    signals.webhook_disabled.connect(webhook)
    yield told
    signals.receiver_disabled.disconnect(receiver)
    signals.webhook_disabled.disconnect(webhook)


def fail_for_days(receiver):
    Receiver.objects.filter(pk=receiver.pk).update(failures=9, failing_since=timezone.now() - timedelta(days=5))
    return receivers.note_failure(receiver)


def test_a_webhook_that_is_switched_off_is_told_of_as_both(
    webhooks_receiver, told, django_capture_on_commit_callbacks
):
    with django_capture_on_commit_callbacks(execute=True):
        assert not fail_for_days(webhooks_receiver)
    pk = webhooks_receiver.pk
    assert told == [("receiver_disabled", pk, "failing"), ("webhook_disabled", pk, "failing")]


def test_a_remote_centre_that_is_switched_off_is_no_webhook(remote_center, told, django_capture_on_commit_callbacks):
    with django_capture_on_commit_callbacks(execute=True):
        assert not fail_for_days(remote_center)
    assert told == [("receiver_disabled", remote_center.pk, "failing")]
    remote_center.refresh_from_db()
    assert (remote_center.enabled, remote_center.disabled_reason) == (False, "failing")


def test_what_is_switched_on_begins_anew(remote_center, woken, django_capture_on_commit_callbacks):
    now = timezone.now()
    health = {"failures": 9, "failing_since": now, "paused_until": now, "disabled_reason": "failing"}
    Receiver.objects.update(enabled=False, **health)
    with django_capture_on_commit_callbacks(execute=True):
        receivers.change_receiver(Receiver.objects.get(pk=remote_center.pk), enabled=True)
    row = Receiver.objects.filter(pk=remote_center.pk).values("enabled", *health).get()
    assert row == {**dict.fromkeys(health), "enabled": True, "failures": 0, "disabled_reason": ""}
    assert woken == [True]


def test_who_answers_again_gets_what_waits_for_it(center, webhooks_receiver, woken):
    factories.start_conversation(center.channel)
    Lane.objects.update(due_at=timezone.now() + timedelta(days=1))
    webhooks_receiver.failures = 9
    receivers.note_success(webhooks_receiver)
    assert Lane.objects.get().due_at <= timezone.now()
    assert woken == [True]


def test_a_webhook_that_is_deleted_while_it_is_tried_stays_off(center, woken):
    Receiver.objects.update(enabled=False, disabled_reason="failing")
    tried = Receiver.objects.get(pk=center.webhook.pk)
    factories.delete_channel(center.channel)
    receivers.note_repaired(tried)
    tried.refresh_from_db()
    assert (tried.enabled, tried.disabled_reason, woken) == (False, "", [])


def test_a_deleted_webhook_is_no_more_switched_on(center):
    webhook = center.webhook
    factories.delete_channel(center.channel)
    with pytest.raises(NotFound):
        webhooks.update_webhook(webhook=webhook, enabled=True)
    assert not Receiver.objects.get(pk=webhook.pk).enabled


@pytest.mark.parametrize(
    "kinds", [{"kind": "remote_center"}, {"kind": "webhook", "provider": "vendor"}, {"provider": "vendor"}]
)
def test_a_remote_centre_and_nothing_else_has_a_provider(center, kinds):
    with pytest.raises(IntegrityError, match="cc_receiver_kind"), transaction.atomic():
        Receiver.objects.create(tenant=center.tenant, uri="http://there.test", **kinds)


def test_a_remote_centre_belongs_to_one_contact_centre(remote_center):
    with pytest.raises(IntegrityError), transaction.atomic():
        Receiver.objects.create(
            tenant=factories.make_tenant().tenant, kind=Receiver.Kind.REMOTE_CENTER, provider="vendor"
        )


def test_receivers_are_called_as_people_know_them(center, remote_center):
    assert [str(remote_center), str(center.webhook.receiver)] == ["vendor", "Portal"]
