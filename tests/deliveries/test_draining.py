"""One worker's view of delivery; what several at once do is in ``test_leases`` and ``integration``."""

import json
from datetime import timedelta

import pytest
from django.utils import timezone

from contactcenter_chat import models, signals, signature
from contactcenter_chat.actions import messages
from contactcenter_chat.actions.setup import webhooks
from contactcenter_chat.actions.setup.tenants import rotate_signing_key
from contactcenter_chat.deliveries import draining, leases
from contactcenter_chat.events import AGENT
from contactcenter_chat.models import Delivery, DeliveryAttempt, Lane, Webhook
from contactcenter_chat.outbound import requests
from contactcenter_chat.queries import api
from contactcenter_chat.workers import wakeup
from tests import factories
from tests.receiver import Receiver, Say, SayRaw

pytestmark = pytest.mark.django_db
BASE = {"ALLOW_PRIVATE_WEBHOOKS": True, "DELIVERY_THREADS": 1, "LIVE_HINTS": False, "RETRY_JITTER": 0}
OK, DELIVERED, PENDING, DEAD = Say(), Delivery.State.DELIVERED, Delivery.State.PENDING, Delivery.State.DEAD


@pytest.fixture(autouse=True)
def conf(settings):
    """Set some of the app's settings."""

    def change(**values):
        settings.CONTACTCENTER_CHAT = {**BASE, **values}

    change()
    return change


@pytest.fixture
def receiver():
    with Receiver() as receiver:
        yield receiver


@pytest.fixture
def center(receiver):
    center = factories.make_center()
    point(center.webhook, receiver)
    return center


def point(webhook, receiver):
    models.Receiver.objects.filter(pk=webhook.pk).update(uri=receiver.url)


def says(*answers):
    """Answer with these, one after the other; the last one for ever."""
    left = list(answers)
    return lambda got: left.pop(0) if len(left) > 1 else left[0]


def handled(center):
    """A conversation whose agent has joined: two deliveries are owed."""
    if not center.queue.members.exists():
        factories.make_agent(center.tenant, center.queue, capacity=25)
    conversation = factories.start_conversation(center.channel)
    return conversation, factories.accepted(conversation).agent


def say(conversation, agent, *texts):
    for text in texts:
        messages.add_message(conversation_id=conversation.pk, author_type=AGENT, agent=agent, text=text)


def events_of(receiver, conversation=None):
    """What arrived, as event types, or as texts where there is one."""
    events = [got.event for got in receiver.got]
    mine = [e for e in events if conversation is None or e["conversationId"] == conversation.pk]
    return [event.get("message", event["eventType"]) for event in mine]


def states():
    return list(Delivery.objects.order_by("number").values_list("state", flat=True))


def lane_due_in():
    """Seconds from the end of the last attempt until the only lane is due; None when nothing is owed."""
    due_at = Lane.objects.get().due_at
    last = DeliveryAttempt.objects.latest("pk")
    ended_at = last.started_at + timedelta(milliseconds=last.duration_ms)
    return due_at and int((due_at - ended_at).total_seconds() + 0.01)  # some time passes until it is written


def let_time_pass():
    """Make due what waits for the clock."""
    Lane.objects.exclude(due_at=None).update(due_at=timezone.now())
    models.Receiver.objects.exclude(paused_until=None).update(paused_until=timezone.now())


def drain():
    """Deliver what is due now; what has to wait stays."""
    return draining.drain()


def test_what_is_owed_arrives_in_the_order_of_the_log(center, receiver):
    conversation, agent = handled(center)
    say(conversation, agent, "one", "two", "three")
    assert drain() == 5
    assert events_of(receiver) == ["QUEUED", "AGENT_JOINED", "one", "two", "three"]
    assert states() == [DELIVERED] * 5
    assert lane_due_in() is None
    assert drain() == 0


def test_the_body_arrives_byte_for_byte_as_it_was_frozen(center, receiver):
    conversation, agent = handled(center)
    say(conversation, agent, 'héllo 👋 a/b "q" \\ back')
    drain()
    frozen = Delivery.objects.order_by("number").values_list("body", flat=True)
    assert [got.body.decode() for got in receiver.got] == list(frozen)
    assert '"message":"héllo 👋 a/b \\"q\\" \\\\ back"' in frozen[2]


def test_the_receiver_verifies_the_signature_with_the_published_key(center, receiver):
    handled(center)
    drain()
    for got in receiver.got:
        sent = signature.verify(got.headers, got.body, api.public_jwk)
        assert sent.tenant == center.tenant.label
        assert sent.retry == 0
    assert [got.event_id for got in receiver.got] == list(
        Delivery.objects.order_by("number").values_list("entry_id", flat=True)
    )


def test_each_attempt_says_under_which_epoch_of_control_it_was(center, receiver):
    receiver.answer = says(Say(500), OK)
    handled(center)
    for _ in range(2):
        drain()
        let_time_pass()
    assert [got.headers["x-contactcenter-control"] for got in receiver.got] == ["2", "2", "3"]
    assert events_of(receiver) == ["QUEUED", "QUEUED", "AGENT_JOINED"]


def test_a_delivery_of_an_older_version_says_nothing_of_control(center, receiver):
    handled(center)
    Delivery.objects.update(control_epoch=None)
    drain()
    assert ["x-contactcenter-control" in got.headers for got in receiver.got] == [False, False]


def test_a_rotated_key_signs_from_then_on(center, receiver):
    conversation, agent = handled(center)
    drain()
    key = rotate_signing_key(center.tenant)
    say(conversation, agent, "new")
    drain()
    seen = [kid for got in receiver.got for kid in [json.loads(signature._decode(got.token.split(".")[0]))["kid"]]]
    assert seen[2] == key.pk
    assert len(set(seen)) == 2
    for got in receiver.got:
        signature.verify(got.headers, got.body, api.public_jwk)


def test_an_attempt_is_written_down(center, receiver):
    receiver.answer = says(Say(500, body=b"broken"), OK)
    handled(center)
    drain()
    let_time_pass()
    drain()
    first, second = DeliveryAttempt.objects.filter(delivery__number=Delivery.objects.earliest("number").number)
    assert (first.retry, first.status, first.answer, first.error) == (0, 500, "broken", "")
    assert (second.retry, second.status, second.answer) == (1, 200, "ok")


def test_each_attempt_is_signed_anew_with_the_same_event_id_and_body(center, receiver):
    receiver.answer = says(Say(500), Say(503), OK)
    factories.start_conversation(center.channel)
    for _ in range(3):
        drain()
        let_time_pass()
    assert [got.retry for got in receiver.got] == [0, 1, 2]
    assert len({got.event_id for got in receiver.got}) == 1
    assert len({got.body for got in receiver.got}) == 1
    assert len({got.token for got in receiver.got}) == 3
    times = [signature.verify(got.headers, got.body, api.public_jwk).sent_at for got in receiver.got]
    assert times == sorted(times)


REFUSALS = [Say(status, {"Location": "/elsewhere"}) for status in (301, 302, 400, 401, 403, 404, 422)]
FAILURES = [Say(500), Say(503), Say(408), Say(409), Say(425), Say(429), SayRaw(), SayRaw(b"HTTP/1.1 2")]


@pytest.mark.parametrize("answer", [*FAILURES, *REFUSALS])
def test_whatever_is_not_taken_is_tried_again_and_its_lane_waits(answer, center, receiver):
    receiver.answer = says(answer, OK)
    handled(center)
    assert drain() == 1
    assert states() == [PENDING, PENDING]
    assert lane_due_in() == 1
    assert drain() == 0
    let_time_pass()
    assert drain() == 2
    assert events_of(receiver) == ["QUEUED", "QUEUED", "AGENT_JOINED"]
    assert states() == [DELIVERED, DELIVERED]


def test_what_is_refused_to_the_end_is_dead_and_the_lane_goes_on(center, receiver, conf):
    conf(BREAKER_FAILURES=100)
    receiver.answer = says(*9 * [Say(404)], OK)
    handled(center)
    waits, dead = [], []
    signals.delivery_dead.connect(on_dead := lambda delivery, **kwargs: dead.append(delivery.event_type))
    try:
        for _ in range(9):
            drain()
            waits.append(lane_due_in())
            let_time_pass()
    finally:
        signals.delivery_dead.disconnect(on_dead)
    assert waits == [1, 2, 5, 10, 30, 120, 300, 1800, None]
    assert events_of(receiver) == [*9 * ["QUEUED"], "AGENT_JOINED"]
    assert states() == [DEAD, DELIVERED]
    assert dead == ["QUEUED"]


def test_after_the_schedule_it_is_dead_and_the_lane_goes_on(center, receiver, conf):
    conf(RETRY_SCHEDULE=(1, 5), BREAKER_FAILURES=100)
    receiver.answer = says(Say(500), Say(500), Say(500), OK)
    handled(center)
    waits = []
    for _ in range(3):
        drain()
        waits.append(lane_due_in())
        let_time_pass()
    assert waits == [1, 5, None]
    assert events_of(receiver) == ["QUEUED", "QUEUED", "QUEUED", "AGENT_JOINED"]
    assert states() == [DEAD, DELIVERED]


def test_other_lanes_do_not_wait(center, receiver):
    first, _ = handled(center)
    receiver.answer = lambda got: Say(500) if got.event["conversationId"] == first.pk else OK
    second, _ = handled(center)
    drain()
    assert events_of(receiver, first) == ["QUEUED"]
    assert events_of(receiver, second) == ["QUEUED", "AGENT_JOINED"]


def test_410_switches_the_webhook_off_and_keeps_what_it_misses(center, receiver, django_capture_on_commit_callbacks):
    receiver.answer = Say(410)
    handled(center)
    off = []
    signals.webhook_disabled.connect(on_off := lambda webhook, reason, **kwargs: off.append((webhook.pk, reason)))
    try:
        with django_capture_on_commit_callbacks(execute=True):
            drain()
    finally:
        signals.webhook_disabled.disconnect(on_off)
    webhook = Webhook.objects.get()
    assert (webhook.enabled, webhook.receiver.disabled_reason) == (False, "gone")
    assert off == [(webhook.pk, "gone")]
    assert states() == [PENDING, PENDING]
    let_time_pass()
    assert drain() == 0
    receiver.answer = OK
    webhooks.update_webhook(webhook=webhook, enabled=True)
    assert drain() == 2
    assert states() == [DELIVERED, DELIVERED]


@pytest.mark.parametrize("status", [429, 503])
def test_retry_after_pauses_all_lanes_of_the_webhook(status, center, receiver):
    receiver.answer = says(Say(status, {"Retry-After": "40"}), OK)
    handled(center)
    handled(center)
    assert drain() == 1
    webhook = Webhook.objects.get()
    assert 38 <= (webhook.receiver.paused_until - timezone.now()).total_seconds() <= 40
    assert drain() == 0
    let_time_pass()
    assert drain() == 4
    assert states() == [DELIVERED] * 4


def test_the_circuit_opens_after_failures_in_a_row_and_one_attempt_probes(center, receiver):
    receiver.answer = Say(500)
    conversations = [handled(center)[0] for _ in range(8)]
    assert drain() == 5
    webhook = Webhook.objects.get()
    assert webhook.receiver.failures == 5
    assert 0 < (webhook.receiver.paused_until - timezone.now()).total_seconds() <= 1
    assert drain() == 0
    for failures, pause in [(6, 2), (7, 5), (8, 10)]:
        let_time_pass()
        assert drain() == 1
        webhook.refresh_from_db()
        assert webhook.receiver.failures == failures
        assert pause - 1 < (webhook.receiver.paused_until - timezone.now()).total_seconds() <= pause
    models.Receiver.objects.update(paused_until=timezone.now())
    receiver.answer = OK
    assert drain() == 16  # the probe's success makes all that waits due
    webhook.refresh_from_db()
    assert (webhook.receiver.failures, webhook.receiver.failing_since) == (0, None)
    for conversation in conversations:
        assert events_of(receiver, conversation)[-2:] == ["QUEUED", "AGENT_JOINED"]


def test_failures_of_five_days_switch_the_webhook_off(center, receiver):
    receiver.answer = Say(500)
    handled(center)
    models.Receiver.objects.update(failures=9, failing_since=timezone.now() - timedelta(days=5))
    drain()
    webhook = Webhook.objects.get()
    assert (webhook.enabled, webhook.receiver.disabled_reason) == (False, "failing")


def test_two_failures_five_days_apart_do_not(center, receiver):
    receiver.answer = Say(500)
    handled(center)
    models.Receiver.objects.update(failures=1, failing_since=timezone.now() - timedelta(days=6))
    drain()
    assert Webhook.objects.get().enabled


@pytest.mark.parametrize(
    "change",
    [
        lambda center: models.Receiver.objects.update(enabled=False),
        lambda center: models.Receiver.objects.update(paused_until=timezone.now() + timedelta(days=1)),
        lambda center: factories.delete_channel(center.channel),
    ],
)
def test_no_post_to_a_webhook_that_is_off_paused_or_deleted(change, center, receiver):
    handled(center)
    change(center)
    assert drain() == 0
    assert not leases.has_work()
    assert receiver.got == []


def test_a_private_address_is_refused_at_each_connection(center, receiver, conf):
    conf(ALLOW_PRIVATE_WEBHOOKS=False)
    handled(center)
    drain()
    assert receiver.got == []
    assert DeliveryAttempt.objects.get().error == "Refused: 127.0.0.1 is not a public address."
    assert states() == [PENDING, PENDING]


def test_a_long_lane_arrives_in_order(center, receiver):
    conversation, agent = handled(center)
    texts = [str(number) for number in range(2 * leases.DELIVERIES_AT_ONCE + 3)]
    say(conversation, agent, *texts)
    drain()
    assert events_of(receiver) == ["QUEUED", "AGENT_JOINED", *texts]


def test_results_that_were_lost_with_the_database_server_are_repeated_in_order_before_what_is_new(center, receiver):
    conversation, agent = handled(center)
    say(conversation, agent, "one", "two")
    drain()
    lost = Delivery.objects.filter(event_type="TEXT")
    DeliveryAttempt.objects.filter(delivery__in=lost).delete()
    lost.update(state=PENDING, attempts_made=0, done_at=None)
    Lane.objects.update(due_at=timezone.now())
    say(conversation, agent, "three")
    drain()
    assert events_of(receiver) == ["QUEUED", "AGENT_JOINED", "one", "two", "one", "two", "three"]


def test_a_failing_project_receiver_of_a_signal_harms_nothing(center, receiver, conf):
    conf(RETRY_SCHEDULE=())

    def fail(**kwargs):
        raise RuntimeError("project code")

    receiver.answer = says(Say(404), OK)
    handled(center)
    signals.delivery_dead.connect(fail)
    try:
        drain()
    finally:
        signals.delivery_dead.disconnect(fail)
    assert states() == [DEAD, DELIVERED]


ENDLESS = "Mon, 01 Jan 99999999999999999999 00:00:00 GMT"


@pytest.mark.parametrize("status", [200, 429, 503])
def test_a_retry_after_that_no_calendar_has_says_nothing(status, center, receiver):
    receiver.answer = says(Say(status, {"Retry-After": ENDLESS}), OK)
    factories.start_conversation(center.channel)
    assert drain() == 1
    assert DeliveryAttempt.objects.get().status == status
    assert lane_due_in() == (None if status == 200 else 1)


def test_an_address_that_answers_so_can_be_verified(center, receiver):
    receiver.answer = Say(204, {"Retry-After": ENDLESS, "Content-Length": "0"}, b"")
    assert webhooks.verify_webhook(Webhook.objects.get()).status == 204


def spoil_posting(center, monkeypatch):
    def spoiled(*about, uri, secret):
        if uri.endswith("/spoiled"):
            raise RuntimeError("not\0 so")
        return usual(*about, uri=uri, secret=secret)

    usual = requests.post_signed
    models.Receiver.objects.filter(pk=center.webhook.pk).update(uri=f"{center.webhook.receiver.uri}/spoiled")
    monkeypatch.setattr(requests, "post_signed", spoiled)


def spoil_secret(center, monkeypatch):
    models.Receiver.objects.filter(pk=center.webhook.pk).update(secret="nobody can decrypt it")


def spoil_key(center, monkeypatch):
    models.SigningKey.objects.filter(tenant=center.tenant).delete()


@pytest.mark.parametrize(
    ("spoil", "error"),
    [(spoil_posting, "RuntimeError: not\ufffd so"), (spoil_secret, "Error: "), (spoil_key, "DoesNotExist: ")],
)
def test_an_attempt_that_raises_is_an_attempt_with_an_error_and_harms_no_other(
    spoil, error, center, receiver, monkeypatch, caplog
):
    conversation, _ = handled(center)
    other = factories.make_center()
    point(other.webhook, receiver)
    factories.start_conversation(other.channel)
    spoil(center, monkeypatch)
    assert drain() == 2
    assert [got.event["conversationId"] == conversation.pk for got in receiver.got] == [False]
    attempt = DeliveryAttempt.objects.exclude(error="").get()
    assert (attempt.status, attempt.error[: len(error)]) == (None, error)
    lane = Lane.objects.get(conversation=conversation)
    assert 0 < (lane.due_at - timezone.now()).total_seconds() <= 1
    assert lane.lease_until is None
    blamed = models.Receiver.objects.get(pk=center.webhook.pk)
    assert (blamed.failures, blamed.failing_since, blamed.paused_until) == (0, None, None)
    assert f"to receiver {center.webhook.pk} failed" in caplog.text


def test_a_result_that_cannot_be_written_harms_no_other(center, receiver, monkeypatch, caplog):
    handled(center)
    other = factories.make_center()
    point(other.webhook, receiver)
    factories.start_conversation(other.channel)
    usual = leases.write_result

    def write(lane, delivery, attempt, **lane_after):
        if delivery.receiver_id == center.webhook.pk:
            raise RuntimeError("the database is read-only")
        return usual(lane, delivery, attempt, **lane_after)

    monkeypatch.setattr(leases, "write_result", write)
    assert drain() == 1
    assert list(Delivery.objects.filter(state=DELIVERED).values_list("receiver", flat=True)) == [other.webhook.pk]
    assert f"Delivering to receiver {center.webhook.pk} failed" in caplog.text


def test_when_its_time_is_over_a_drain_hands_on_to_another_task(center, receiver, monkeypatch):
    handled(center)
    woken = []
    monkeypatch.setattr(wakeup, "wake_delivery", lambda: woken.append(True))
    monkeypatch.setattr(draining, "TASK_SECONDS", 0)
    assert drain() == 0
    assert woken == [True]


def test_what_becomes_due_by_the_clock_wakes_the_workers(center, receiver, monkeypatch):
    woken = []
    monkeypatch.setattr(wakeup, "wake_delivery", lambda: woken.append(True))
    receiver.answer = says(Say(500), OK)
    handled(center)
    drain()
    draining.wake_if_due()
    assert woken == []
    let_time_pass()
    draining.wake_if_due()
    assert woken == [True]
