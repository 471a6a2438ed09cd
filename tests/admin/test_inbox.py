"""Does the event log's other direction show what came in and what was refused, and have what failed done again?"""

import pytest
from django.contrib.auth.models import Permission
from django.urls import reverse
from django.utils import timezone

from contactcenter_chat.models import CallbackRejection, InboundCallback
from contactcenter_chat.workers import wakeup
from tests.factories import make_user

from .conftest import address, logged_in

LIST = "admin:contactcenter_chat_inboundcallback_changelist"
FAILED = {"state": "failed", "error": "Invalid: <b>No.</b>", "attempts": 3, "due_at": None}


def came(center, event_id, **fields):
    values = {"provider": "vendor", "event_type": "TEXT", "body": b'{"eventType":"TEXT"}', **fields}
    return InboundCallback.objects.create(tenant=center.tenant, event_id=event_id, **values)


def run_again(client, *callbacks):
    """Have the action done; return what the next page tells."""
    chosen = [callback.pk for callback in callbacks]
    page = client.post(reverse(LIST), {"action": "run_again", "_selected_action": chosen}, follow=True)
    return [str(message) for message in page.context["messages"]] if page.context else []


def values(callback):
    return InboundCallback.objects.filter(pk=callback.pk).values().get()


@pytest.fixture
def woken(monkeypatch):
    woken = []
    monkeypatch.setattr(wakeup, "wake_callbacks", lambda: woken.append(True))
    return woken


def viewer(center, *codenames):
    user = make_user(is_staff=True)
    user.user_permissions.set(Permission.objects.filter(codename__in=codenames))
    center.tenant.administrators.add(user)
    return logged_in(user)


def test_what_failed_is_run_again(staff, center, woken, django_capture_on_commit_callbacks):
    failed = [came(center, f"event-{number}", **FAILED) for number in range(3)]
    before = timezone.now()
    with django_capture_on_commit_callbacks(execute=True):
        assert run_again(staff, *failed[:2]) == ["2 callbacks are processed again."]
    for callback in failed[:2]:
        callback.refresh_from_db()
        assert (callback.state, callback.error, callback.attempts) == ("received", "", 0)
        assert before <= callback.due_at <= timezone.now()
    assert values(failed[2])["state"] == "failed"
    assert woken == [True]


@pytest.mark.parametrize("state", ["received", "processed"])
def test_what_did_not_fail_is_left_alone(staff, center, woken, state, django_capture_on_commit_callbacks):
    callback = came(center, "event-1", state=state)
    before = values(callback)
    with django_capture_on_commit_callbacks(execute=True):
        assert run_again(staff, callback) == ["0 callbacks are processed again."]
    assert (values(callback), woken) == (before, [])


def test_running_again_needs_permission(center, woken):
    callback = came(center, "event-1", **FAILED)
    before = values(callback)
    client = viewer(center, "view_inboundcallback")
    page = client.get(reverse(LIST)).content.decode()
    assert "event-1" in client.get(address("inboundcallback_change", callback.pk)).content.decode()
    assert "Run again" not in page
    run_again(client, callback)
    assert values(callback) == before
    assert (
        "Run again"
        in viewer(center, "view_inboundcallback", "change_inboundcallback").get(reverse(LIST)).content.decode()
    )


def test_anothers_is_not_run_again(staff, center, other, woken, django_capture_on_commit_callbacks):
    own, foreign = came(center, "event-1", **FAILED), came(other, "event-1", **FAILED)
    before = values(foreign)
    with django_capture_on_commit_callbacks(execute=True):
        run_again(staff, foreign)
        assert (values(foreign), woken) == (before, [])
        assert run_again(staff, own, foreign) == ["1 callback is processed again."]
    assert (values(foreign), values(own)["state"], woken) == (before, "received", [True])


def test_a_page_shows_what_came_and_why_it_failed(staff, center):
    content = staff.get(address("inboundcallback_change", came(center, "event-1", **FAILED).pk)).content.decode()
    for told in ("event-1", "&quot;eventType&quot;: &quot;TEXT&quot;", "Invalid: &lt;b&gt;No.&lt;/b&gt;"):
        assert told in content
    assert "<b>No.</b>" not in content


def test_nothing_is_written_by_hand(root, center):
    callback = came(center, "event-1", **FAILED)
    before = values(callback)
    assert root.post(address("inboundcallback_change", callback.pk), {"state": "received"}).status_code == 403
    assert root.get(reverse("admin:contactcenter_chat_inboundcallback_add")).status_code == 403
    assert values(callback) == before


def test_refusals_are_shown_of_the_own_contact_centre_only(staff, center, other):
    for each, reason in ((center, "bad_signature"), (other, "outside_window")):
        CallbackRejection.objects.create(
            tenant=each.tenant, provider="vendor", reason=reason, hour=timezone.now(), count=7
        )
    content = staff.get(reverse(LIST)).content.decode()
    assert "the signature is not valid" in content
    assert "it was sent too long ago" not in content
