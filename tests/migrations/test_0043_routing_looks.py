"""Does each decision have all its candidates itself again, when looks are taken back?"""

from importlib import import_module
from types import SimpleNamespace

import pytest
from django.apps import apps
from django.db import connection

from contactcenter_chat.actions.center import routing
from contactcenter_chat.models import Interaction, RoutingDecision
from contactcenter_chat.queries.decisions import explained, replay
from tests import factories

migration = import_module("contactcenter_chat.migrations.0043_routing_looks")


@pytest.mark.django_db
@pytest.mark.parametrize("at_once", [1, 500])
def test_candidates_are_whole_again(monkeypatch, at_once):
    monkeypatch.setattr(migration, "AT_ONCE", at_once)
    center = factories.make_center()
    for _ in range(3):
        factories.make_agent(center.tenant, center.queue, capacity=2)
        factories.start_conversation(center.channel)
    routing.route_queue(center.queue.pk)
    before = [explained(each) for each in Interaction.objects.order_by("pk")]
    migration.whole_again(apps, SimpleNamespace(connection=connection))
    assert not RoutingDecision.objects.exclude(look=None).exists()
    assert [explained(each) for each in Interaction.objects.order_by("pk")] == before
    assert {replay(decision).same for decisions in before for decision in decisions} == {True}
