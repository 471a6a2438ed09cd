import pytest
from django.db.models import F

from contactcenter_chat import models, signature
from contactcenter_chat.actions.setup import channels, webhooks
from contactcenter_chat.encryption import decrypt
from contactcenter_chat.exceptions import Conflict, Invalid, NotFound, StaleRevision
from contactcenter_chat.models import Webhook
from contactcenter_chat.queries import api
from contactcenter_chat.workers import wakeup
from tests import factories
from tests.receiver import Receiver, Say, SayRaw

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def conf(settings):
    settings.CONTACTCENTER_CHAT = {"ALLOW_PRIVATE_WEBHOOKS": True, "LIVE_HINTS": False, "CALLBACK_TIMEOUT": 5}
    return settings.CONTACTCENTER_CHAT


@pytest.fixture
def receiver():
    with Receiver() as receiver:
        yield receiver


@pytest.fixture
def tenant():
    return factories.make_tenant().tenant


def create(tenant, receiver, **changes):
    return webhooks.create_webhook(
        **{"tenant": tenant, "name": "Portal", "uri": receiver.url, "version": "v2.0", **changes}
    )


def test_a_url_is_verified_by_a_signed_callback_before_it_is_stored(tenant, receiver):
    webhook = create(tenant, receiver)
    (got,) = receiver.got
    assert got.body == b'{"notificationVersion":"v2.0","eventType":"WEB_HOOK_VERIFY"}'
    assert got.headers["content-type"] == "application/json"
    sent = signature.verify(got.headers, got.body, api.public_jwk)
    assert (sent.tenant, sent.retry) == (tenant.label, 0)
    assert (webhook.name, webhook.uri, webhook.version, webhook.revision) == ("Portal", receiver.url, "v2.0", 1)
    assert decrypt(webhook.receiver.secret).startswith("whsec_")


@pytest.mark.parametrize("status", [200, 201, 202, 204, 299])
def test_any_2xx_passes_and_its_body_is_ignored(status, tenant, receiver):
    receiver.answer = Say(status, body=b"" if status == 204 else b"<not json>")
    assert create(tenant, receiver).pk


@pytest.mark.parametrize(
    ("answer", "said"),
    [
        (Say(302, {"Location": "/"}), "It answered 302."),
        (Say(404), "It answered 404."),
        (Say(410), "It answered 410."),
        (Say(500), "It answered 500."),
        (SayRaw(), "closed in the head of the answer"),
    ],
)
def test_anything_else_is_refused_and_nothing_is_stored(answer, said, tenant, receiver):
    receiver.answer = answer
    with pytest.raises(Invalid) as refused:
        create(tenant, receiver)
    assert (refused.value.field, refused.value.code) == ("uri", "verification_failed")
    assert said in refused.value.message
    assert not Webhook.objects.exists()


def test_a_private_address_is_refused_without_a_post(tenant, receiver, conf):
    conf["ALLOW_PRIVATE_WEBHOOKS"] = False
    with pytest.raises(Invalid, match="is not a public address") as refused:
        create(tenant, receiver)
    assert refused.value.field == "uri"
    assert receiver.got == []


@pytest.mark.parametrize(
    "uri",
    [
        "",
        "nonsense",
        "ftp://example.org/",
        "javascript:alert(1)",
        "//example.org/",
        "http://",
        "http:///path",
        "http://example.org:99999/",
        "http://example.org:0/",
        "http://[::1/",
        "http://user:secret@example.org/",
        "http://example.org/a b",
        "http://example.org/\r\nX: y",
        "http://example.org/" + "a" * 2000,
    ],
)
def test_what_is_no_url_is_refused(uri, tenant):
    with pytest.raises(Invalid) as refused:
        webhooks.create_webhook(tenant=tenant, name="Portal", uri=uri, version="v2.0")
    assert refused.value.field == "uri"


def test_a_host_name_without_a_dot_is_a_url(tenant):
    assert webhooks._is_url("http://portal:8000/callbacks")


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"name": ""}, "name"),
        ({"name": " "}, "name"),
        ({"name": "n" * 256}, "name"),
        ({"version": "v1.0"}, "version"),
        ({"version": ""}, "version"),
    ],
)
def test_other_values_are_checked_before_anything_is_posted(change, field, tenant, receiver):
    with pytest.raises(Invalid) as refused:
        create(tenant, receiver, **change)
    assert refused.value.field == field
    assert receiver.got == []


def test_a_url_that_was_verified_before_is_not_verified_again(tenant, receiver):
    verified = webhooks.verify_uri(tenant=tenant, uri=receiver.url, version="v2.0")
    webhook = create(tenant, receiver, verified=verified)
    assert len(receiver.got) == 1
    assert decrypt(webhook.receiver.secret) == verified.secret


def test_a_new_name_needs_no_verification(tenant, receiver):
    webhook = webhooks.update_webhook(webhook=create(tenant, receiver), name="Other")
    assert (webhook.name, webhook.revision) == ("Other", 2)
    assert len(receiver.got) == 1


def test_a_new_url_is_verified_with_the_webhooks_own_secret(tenant, receiver):
    webhook = create(tenant, receiver)
    with Receiver() as other:
        changed = webhooks.update_webhook(webhook=webhook, uri=other.url)
    assert changed.uri == other.url
    assert decrypt(changed.receiver.secret) == decrypt(webhook.receiver.secret)
    assert len(other.got) == 1


def test_a_new_url_that_fails_changes_nothing(tenant, receiver):
    webhook = create(tenant, receiver)
    with Receiver(Say(500)) as other, pytest.raises(Invalid):
        webhooks.update_webhook(webhook=webhook, uri=other.url, name="Other")
    webhook.refresh_from_db()
    assert (webhook.uri, webhook.name, webhook.revision) == (receiver.url, "Portal", 1)


def test_a_stale_revision_is_refused_before_anything_is_posted(tenant, receiver):
    webhook = create(tenant, receiver)
    webhooks.update_webhook(webhook=webhook, name="Other")
    webhook.refresh_from_db()
    with Receiver() as other, pytest.raises(StaleRevision):
        webhooks.update_webhook(webhook=webhook, uri=other.url, expected_revision=1)
    assert other.got == []


def test_a_revision_that_became_stale_meanwhile_is_refused(tenant, receiver):
    webhook = create(tenant, receiver)
    Webhook.objects.update(revision=F("revision") + 1)
    with pytest.raises(StaleRevision):
        webhooks.update_webhook(webhook=webhook, name="Other", expected_revision=1)


def test_what_failed_is_well_again_once_it_passes(tenant, receiver, monkeypatch):
    woken = []
    monkeypatch.setattr(wakeup, "wake_delivery", lambda: woken.append(True))
    webhook = create(tenant, receiver)
    models.Receiver.objects.update(enabled=False, disabled_reason="failing", failures=9)
    webhook.refresh_from_db()
    webhooks.verify_webhook(webhook)
    webhook.refresh_from_db()
    assert (webhook.enabled, webhook.receiver.disabled_reason, webhook.receiver.failures) == (True, "", 0)
    assert woken == [True]


def test_what_a_person_switched_off_stays_off(tenant, receiver):
    webhook = create(tenant, receiver)
    webhook = webhooks.update_webhook(webhook=webhook, enabled=False)
    webhooks.verify_webhook(webhook)
    webhook.refresh_from_db()
    assert not webhook.enabled
    assert webhooks.update_webhook(webhook=webhook, enabled=True).enabled


def test_verifying_a_receiver_that_fails_says_so_and_changes_nothing(tenant, receiver):
    webhook = create(tenant, receiver)
    receiver.answer = Say(503)
    with pytest.raises(Invalid, match="It answered 503"):
        webhooks.verify_webhook(webhook)
    webhook.refresh_from_db()
    assert webhook.enabled


def test_a_webhook_that_a_channel_uses_is_not_deleted():
    center = factories.make_center()
    with pytest.raises(Conflict):
        webhooks.delete_webhook(center.webhook)
    channels.delete_channel(center.channel)
    webhooks.delete_webhook(center.webhook)
    center.webhook.refresh_from_db()
    assert center.webhook.deleted_at is not None


def test_what_was_taken_away_meanwhile_is_not_there(center):
    webhook = factories.make_webhook(center.tenant)
    webhooks.delete_webhook(webhook)
    with pytest.raises(NotFound):
        webhooks.delete_webhook(webhook)
    with pytest.raises(NotFound):
        webhooks.update_webhook(webhook=webhook, name="App")


def test_a_change_sees_that_its_receiver_was_switched_off_meanwhile(center):
    webhook = factories.make_webhook(center.tenant)
    models.Receiver.objects.filter(pk=webhook.pk).update(enabled=False, disabled_reason="gone", failures=3)
    verified = webhooks.Verified("http://127.0.0.1:9/new", webhook.version, "whsec_x")
    webhooks.update_webhook(webhook=webhook, uri=verified.uri, verified=verified)
    row = models.Receiver.objects.get(pk=webhook.pk)
    assert (row.enabled, row.disabled_reason, row.failures, row.uri) == (True, "", 0, "http://127.0.0.1:9/new")
