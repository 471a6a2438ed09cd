"""How do the queues stand, and when is it open? What clients of v1 ask below ``/cc/v1``."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test import Client
from django.utils import timezone

from contactcenter_chat.actions.center import presence
from contactcenter_chat.actions.setup import tenants
from contactcenter_chat.models import Interaction, OpeningHours
from tests.factories import accepted, make_agent, make_queue, make_tenant, start_conversation

from ..caller import problem
from .caller import Gateway, unknown

QUEUES = "/cc/v1/stats/rt/queues"


def of(queue):
    return {"queue-id": queue.pk, "queue-name": queue.name, "media-type": "chat"}


def standing(gateway, queue):
    response = gateway.get(f"/cc/v1/stats/rt/queue/{queue.pk}")
    assert (response.status_code, response["Content-Type"]) == (200, "application/json")
    return response.json()


def test_the_queues_are_listed_by_their_names(gateway, center):
    fees = make_queue(center.tenant, "Admissions")
    make_tenant()
    response = gateway.get(QUEUES)
    assert (response.status_code, response["Content-Type"]) == (200, "application/json")
    assert response.json() == {"queue": [of(fees), of(center.queue)]}


def test_a_queue_nobody_waits_in(gateway, center):
    nobody = {"waiting-count": 0, "longest-wait": 0, "available-agents": 0}
    assert standing(gateway, center.queue) == of(center.queue) | nobody


def test_a_queue_with_who_waits_and_who_is_there(gateway, center):
    there = make_agent(center.tenant, center.queue, capacity=2)
    accepted(start_conversation(center.channel))
    full, elsewhere = make_agent(center.tenant, center.queue, capacity=1), make_queue(center.tenant)
    accepted(start_conversation(center.channel))
    make_agent(center.tenant, center.queue, presence="offline")
    make_agent(center.tenant, elsewhere)
    for _ in range(2):
        start_conversation(center.channel)
    waiting = Interaction.objects.filter(state="waiting")
    waiting.filter(pk=waiting[0].pk).update(queued_at=timezone.now() - timedelta(seconds=90))
    told = standing(gateway, center.queue)
    assert (told["waiting-count"], told["available-agents"]) == (2, 1)
    assert 90 <= told["longest-wait"] < 120
    presence.set_presence(agent_id=there.pk, presence="on_break")
    assert standing(gateway, center.queue)["available-agents"] == 0
    assert full.capacity == 1


def test_schedules_are_opening_hours(gateway, center):
    assert gateway.get("/cc/v1/schedules").json() == {"schedules": {"schedule": []}}
    always = [["00:00", "24:00"]]
    office = OpeningHours.objects.create(tenant=center.tenant, name="Office", weekly=dict.fromkeys("0123456", always))
    never = OpeningHours.objects.create(tenant=center.tenant, name="Never", weekly={})
    OpeningHours.objects.create(tenant=make_tenant().tenant, name="Theirs")
    listed = [{"id": never.pk, "name": "Never"}, {"id": office.pk, "name": "Office"}]
    assert gateway.get("/cc/v1/schedules").json() == {"schedules": {"schedule": listed}}
    assert gateway.get(f"/cc/v1/schedules/{office.pk}/status").json() == {"status": "open"}
    assert gateway.get(f"/cc/v1/schedules/{never.pk}/status").json() == {"status": "closed"}


def test_a_schedule_that_is_not_there_or_anothers(gateway):
    theirs = OpeningHours.objects.create(tenant=make_tenant().tenant, name="Theirs").pk
    assert problem(gateway.get("/cc/v1/schedules/7/status")) == (404, unknown("Schedule", "7"))
    assert problem(gateway.get(f"/cc/v1/schedules/{theirs}/status")) == (404, unknown("Schedule", theirs))


@pytest.mark.parametrize("path", [QUEUES, "/cc/v1/stats/rt/queue/x", "/cc/v1/schedules", "/cc/v1/schedules/x/status"])
def test_they_need_the_key_and_its_scope(center, path):
    denied = Client().get(path)
    assert (denied.status_code, denied.json()["errors"][0]["code"]) == (401, "access_denied")
    blind = tenants.create_api_key(tenant=center.tenant, name="Blind", scopes=["vcc-chat.webhooks.read"])
    assert problem(Gateway(center, key=blind.key).get(path))[0] == 403


def test_as_much_is_asked_however_many_wait(gateway, center, django_assert_num_queries):
    start_conversation(center.channel)
    path = f"/cc/v1/stats/rt/queue/{center.queue.pk}"
    gateway.get(path)
    queries = 6 if connection.vendor == "postgresql" else 5  # which is asked for its time
    with django_assert_num_queries(queries):
        gateway.get(path)
    for _ in range(3):
        start_conversation(center.channel)
        make_agent(center.tenant, center.queue)
    with django_assert_num_queries(queries):
        gateway.get(path)
