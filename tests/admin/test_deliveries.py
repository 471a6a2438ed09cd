"""Does the event log show what was owed, tried and answered, and let it go out once more?"""

import pytest
from django.contrib.auth.models import Permission
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from contactcenter_chat.admin.deliveries import EventTypeFilter
from contactcenter_chat.models import Delivery, DeliveryAttempt, Webhook
from tests.factories import make_agent, make_user

from .conftest import address, chat, logged_in

LIST = "admin:contactcenter_chat_delivery_changelist"


@pytest.fixture
def conversation(center):
    return chat(center)


def listed(client, **query):
    page = client.get(reverse(LIST), query)
    assert page.status_code == 200
    return [delivery.event_type for delivery in page.context["cl"].result_list]


def delivery_of(event_type):
    return Delivery.objects.get(event_type=event_type)


def tried(delivery, *statuses, state="delivered", error="", answer=""):
    for retry, status in enumerate(statuses):
        DeliveryAttempt.objects.create(
            delivery=delivery, retry=retry, duration_ms=17 + retry, status=status, error=error, answer=answer
        )
    Delivery.objects.filter(pk=delivery.pk).update(state=state, attempts_made=len(statuses))


def test_the_list_shows_the_last_attempt(staff, conversation):
    tried(delivery_of("QUEUED"), 500, 204)
    tried(delivery_of("TEXT"), None, state="dead", error="timed out")
    content = staff.get(reverse(LIST)).content.decode()
    for told in ("204", "18 ms", "timed out", "cc-dead", "Portal"):
        assert told in content
    assert ">500<" not in content


def test_the_newest_comes_first(staff, conversation):
    assert listed(staff) == ["AGENT_LEFT", "TEXT", "AGENT_JOINED", "QUEUED"]


def test_filters(staff, center, conversation):
    tried(delivery_of("QUEUED"), 500, 204)
    tried(delivery_of("TEXT"), None, state="dead")
    tried(delivery_of("AGENT_JOINED"), 302, state="dead")
    assert listed(staff, state="dead") == ["TEXT", "AGENT_JOINED"]
    assert listed(staff, state="pending") == ["AGENT_LEFT"]
    assert listed(staff, state="delivered") == ["QUEUED"]
    assert listed(staff, event_type="TEXT") == ["TEXT"]
    assert listed(staff, receiver=center.webhook.pk) == ["AGENT_LEFT", "TEXT", "AGENT_JOINED", "QUEUED"]
    assert listed(staff, receiver="unknown") == []
    assert listed(staff, answer="2") == ["QUEUED"]
    assert listed(staff, answer="3") == ["AGENT_JOINED"]
    assert listed(staff, answer="5") == ["QUEUED"]
    assert listed(staff, answer="none") == ["TEXT"]
    assert listed(staff, attempts="0") == ["AGENT_LEFT"]
    assert listed(staff, attempts="1") == ["TEXT", "AGENT_JOINED"]
    assert listed(staff, attempts="2") == ["QUEUED"]
    assert listed(staff, state="dead", event_type="QUEUED") == []


def test_the_kinds_of_events_of_all_formats_are_offered(staff, center):
    Webhook.objects.filter(pk=center.webhook.pk).update(version="Chat Gateway v1.0")
    chat(center)
    kinds = set(Delivery.objects.values_list("event_type", flat=True))
    assert kinds == {"CONVERSATION_UPDATE", "QUEUED", "MEMBERS_CHANGED", "MESSAGE"}
    (offered,) = (
        each for each in staff.get(reverse(LIST)).context["cl"].filter_specs if isinstance(each, EventTypeFilter)
    )
    assert [name for name, _label in offered.lookup_choices] == [
        *("QUEUED", "AGENT_JOINED", "AGENT_LEFT", "TRANSFER", "TEXT"),
        *("CONVERSATION_UPDATE", "MEMBERS_CHANGED", "MESSAGE", "ACTIVITY"),
        *("start", "message", "update", "leave"),
    ]
    assert listed(staff, event_type="MEMBERS_CHANGED") == ["MEMBERS_CHANGED", "MEMBERS_CHANGED"]


def test_deliveries_are_found_by_conversation_and_event(staff, center, other, conversation):
    chat(center)
    foreign = chat(other)
    assert listed(staff, q=conversation.pk) == ["AGENT_LEFT", "TEXT", "AGENT_JOINED", "QUEUED"]
    assert listed(staff, q=Delivery.objects.filter(conversation=conversation).last().entry_id) == ["AGENT_LEFT"]
    assert listed(staff, q=foreign.pk) == []


@pytest.mark.parametrize("before", ["1-abc", "1-99999999999999999999999", "x", "99999999999999999-1"])
def test_a_place_that_is_none_is_the_newest(staff, conversation, before):
    assert len(listed(staff, before=before)) in (0, 4)


def test_what_was_given_up_on_is_pointed_at(staff, conversation):
    assert "given up on" not in staff.get(reverse(LIST)).content.decode()
    tried(delivery_of("TEXT"), 500, state="dead")
    page = staff.get(reverse(LIST))
    assert "given up on" in page.content.decode()
    linked = staff.get(f"{reverse(LIST)}?{page.context['dead']}")
    assert [delivery.event_type for delivery in linked.context["cl"].result_list] == ["TEXT"]


def test_the_list_needs_as_many_queries_for_many_rows(staff, center, conversation):
    counts = set()
    for _ in range(2):
        with CaptureQueriesContext(connection) as captured:
            listed(staff)
        counts.add(len(captured))
        assert not [query for query in captured if "COUNT(" in query["sql"].upper()]
        chat(center, agent=make_agent(center.tenant, center.queue))
    assert len(counts) == 1


def page_of(delivery):
    return address("delivery_change", delivery.pk)


def test_the_page_shows_what_was_sent_and_answered(staff, conversation):
    delivery = delivery_of("TEXT")
    tried(delivery, 503, None, state="dead", answer='{"why":"<b>busy</b>"}')
    content = staff.get(page_of(delivery)).content.decode()
    for told in (
        "&quot;message&quot;: &quot;It is on its way.&quot;",
        f"  &quot;conversationId&quot;: &quot;{conversation.pk}&quot;",
        "&quot;why&quot;: &quot;&lt;b&gt;busy&lt;/b&gt;&quot;",
        "503",
        delivery.entry_id,
    ):
        assert told in content
    assert "<b>busy</b>" not in content


@pytest.mark.parametrize("body", ["", "not JSON", "[" * 5000])
def test_any_body_is_shown(staff, conversation, body):
    Delivery.objects.update(body=body)
    assert staff.get(page_of(delivery_of("TEXT"))).status_code == 200


def test_a_selection_is_redelivered(staff, conversation):
    for event_type in ("QUEUED", "TEXT", "AGENT_JOINED"):
        tried(delivery_of(event_type), 500, state="dead")
    chosen = [delivery_of("QUEUED").pk, delivery_of("TEXT").pk]
    page = staff.post(reverse(LIST), {"action": "redeliver", "_selected_action": chosen}, follow=True)
    assert "2 events go out once more." in page.content.decode()
    states = dict(Delivery.objects.values_list("event_type", "state"))
    assert (states["QUEUED"], states["TEXT"], states["AGENT_JOINED"]) == ("pending", "pending", "dead")


def test_redelivering_needs_permission(center, conversation):
    user = make_user("viewer", is_staff=True)
    user.user_permissions.add(Permission.objects.get(codename="view_delivery"))
    center.tenant.administrators.add(user)
    client = logged_in(user)
    delivery = delivery_of("TEXT")
    tried(delivery, 500, state="dead")
    client.post(reverse(LIST), {"action": "redeliver", "_selected_action": [delivery.pk]})
    assert delivery_of("TEXT").state == "dead"
    assert "Redeliver" not in client.get(page_of(delivery)).content.decode()


def test_nothing_is_written_by_hand(root, conversation):
    delivery = delivery_of("TEXT")
    root.post(page_of(delivery), {"body": "other", "state": "delivered"})
    assert delivery_of("TEXT").body == delivery.body
    assert root.get(reverse("admin:contactcenter_chat_delivery_add")).status_code == 403
