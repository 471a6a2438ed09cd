"""How a channel is made, changed and taken away."""

import pytest
from django.utils import timezone

from contactcenter_chat.actions.receivers import ensure_receiver
from contactcenter_chat.actions.setup import channels
from contactcenter_chat.actions.setup.webhooks import delete_webhook
from contactcenter_chat.exceptions import Invalid, NotFound, StaleRevision
from contactcenter_chat.models import Channel, Receiver
from contactcenter_chat.providers.base import load_provider
from tests import factories
from tests.facts import fresh, nothing_written, refused

FIELDS = ("tenant_id", "name", "webhook_id", "queue_id", "provider", "revision", "deleted_at")


@pytest.fixture
def providers(settings):
    embedded = "contactcenter_chat.providers.embedded.EmbeddedCenter"
    vendor = {
        "BACKEND": "contactcenter_chat.providers.chat_api_v2.ChatApi",
        "OPTIONS": {"base_url": "http://127.0.0.1:9"},
    }
    named = {"default": {"BACKEND": embedded}, "second": {"BACKEND": embedded}, "vendor": vendor}
    settings.CONTACTCENTER_CHAT = {"PROVIDERS": named, "LIVE_HINTS": False}


@pytest.fixture
def stranger_center(db):
    return factories.make_center()


def create(center, **fields):
    return channels.create_channel(
        **{"tenant": center.tenant, "name": "App", "webhook": center.webhook, "queue": center.queue, **fields}
    )


def update(center, **changes):
    return channels.update_channel(channel=center.channel, **changes)


def test_made(center, providers):
    channel = create(center, provider="second")
    assert fresh(channel, *FIELDS) == (
        center.tenant.pk,
        "App",
        center.webhook.pk,
        center.queue.pk,
        "second",
        1,
        None,
    )
    assert fresh(create(center), "provider") == ("default",)


def test_changed(center, providers):
    webhook, queue = factories.make_webhook(center.tenant), factories.make_queue(center.tenant)
    before = timezone.now()
    changed = update(center, name="App", webhook=webhook, queue=queue, provider="second", expected_revision=1)
    expected = (center.tenant.pk, "App", webhook.pk, queue.pk, "second", 2, None)
    assert fresh(center.channel, *FIELDS) == tuple(getattr(changed, name) for name in FIELDS) == expected
    assert changed.updated_at >= before
    update(center, name="Apps")
    assert fresh(center.channel, "name", "queue_id", "revision") == ("Apps", queue.pk, 3)


def test_a_stale_revision_changes_nothing(center):
    with refused(StaleRevision, code="precondition_failed"):
        update(center, name="App", expected_revision=2)


both = pytest.mark.parametrize("verb", [create, update])


@both
@pytest.mark.parametrize(
    ("name", "says"), [("", "May not be empty."), (" \n", "May not be empty."), ("x" * 256, "May not be longer")]
)
def test_what_is_no_name(center, verb, name, says):
    with pytest.raises(Invalid, match=says) as caught:
        verb(center, name=name)
    assert caught.value.field == "name"
    assert fresh(center.channel, "name", "revision") == ("Website", 1)


@both
def test_the_longest_name(center, verb):
    assert fresh(verb(center, name="x" * 255), "name") == ("x" * 255,)


@both
def test_a_foreign_webhook(center, stranger_center, verb):
    foreign = stranger_center.webhook
    with refused(Invalid, field="webhook", value=foreign.pk, code="invalid_webhook"):
        verb(center, webhook=foreign)


@both
def test_a_webhook_that_is_gone(center, verb):
    webhook = factories.make_webhook(center.tenant)
    delete_webhook(webhook)
    webhook.refresh_from_db()
    with refused(Invalid, field="webhook", value=webhook.pk, code="invalid_webhook"):
        verb(center, webhook=webhook)


@both
def test_a_foreign_queue(center, stranger_center, verb):
    foreign = stranger_center.queue
    with refused(Invalid, field="queue", value=foreign.pk, code="invalid_queue"):
        verb(center, queue=foreign)


@both
def test_a_provider_that_is_none(center, providers, verb):
    with refused(Invalid, field="provider", value="nobody"):
        verb(center, provider="nobody")


@both
def test_another_tenants_remote_centre(center, stranger_center, providers, verb):
    ensure_receiver(stranger_center.tenant, load_provider("vendor"))
    with refused(Invalid, field="provider", value="vendor"):
        verb(center, provider="vendor")
    Receiver.objects.filter(provider="vendor").update(tenant=center.tenant)
    assert fresh(verb(center, provider="vendor"), "provider") == ("vendor",)


def test_conversations_stay_with_their_provider(center, conversation, providers):
    with refused(Invalid, field="provider"):
        update(center, provider="second")
    assert fresh(update(center, provider="default", name="App"), "name") == ("App",)


def test_taken_away_once(center, conversation):
    other = factories.make_channel(center.tenant, center.queue)
    before = timezone.now()
    channels.delete_channel(center.channel)
    assert fresh(center.channel, "deleted_at")[0] >= before
    assert list(Channel.objects.alive()) == [other]
    assert fresh(conversation, "state", "channel_id") == ("active", center.channel.pk)
    with nothing_written():
        channels.delete_channel(center.channel)


def test_what_was_taken_away_meanwhile_is_not_there(center):
    channels.delete_channel(center.channel)
    with refused(NotFound, resource_type="Channel", resource_id=center.channel.pk):
        channels.update_channel(channel=center.channel, name="App")


def test_the_pace(center):
    channel = create(center)
    assert channel.pace == "live"
    assert create(center, pace="mail").pace == "mail"
    assert channels.update_channel(channel=channel, pace="messaging").pace == "messaging"
    assert fresh(channel, "pace") == ("messaging",)


def test_a_pace_that_is_none(center):
    with refused(Invalid, field="pace", message="There is no pace fast."):
        create(center, pace="fast")


# What becomes of what is written after the end


POLICY = ("reopen_hours", "sticky_seconds", "reopen_to")


def test_a_policy_of_its_own(center, settings):
    settings.CONTACTCENTER_CHAT = {"BOTS": ("guide",), "LIVE_HINTS": False}
    assert fresh(create(center), *POLICY) == (None, None, "")
    channel = create(center, reopen_hours=0, sticky_seconds=3600, reopen_to="bot")
    assert fresh(channel, *POLICY) == (0, 3600, "bot")
    channels.update_channel(channel=channel, reopen_hours=2**31 - 1, sticky_seconds=None, reopen_to="last_queue")
    assert fresh(channel, *POLICY) == (2**31 - 1, None, "last_queue")
    channels.update_channel(channel=channel, name="Other")
    assert fresh(channel, *POLICY) == (2**31 - 1, None, "last_queue")
    channels.update_channel(channel=channel, reopen_to=None)
    assert fresh(channel, "reopen_to") == ("",)


@pytest.mark.parametrize(
    "policy",
    [
        {"sticky_seconds": 3601},
        {"sticky_seconds": -1},
        {"bot_seconds": 2},
        {"bot_seconds": 121},
        {"reopen_hours": -1},
        {"reopen_hours": 2**31},
        {"reopen_to": "queue"},
        {"reopen_to": "bot"},  # the settings name none
    ],
)
def test_what_is_no_policy(center, policy):
    with nothing_written(), refused(Invalid, field=next(iter(policy))):
        update(center, **policy)
    with nothing_written(), refused(Invalid, field=next(iter(policy))):
        create(center, **policy)
