"""Does what is open go on to count from its entry when a column of its own comes for that?"""

from importlib import import_module
from types import SimpleNamespace

import pytest
from django.apps import apps
from django.db import connection

from contactcenter_chat.models import Interaction
from tests import factories

migration = import_module("contactcenter_chat.migrations.0034_queued_at_index")


@pytest.mark.django_db
def test_what_is_open_was_queued_when_it_entered(monkeypatch):
    monkeypatch.setattr(migration, "AT_ONCE", 1)
    center = factories.make_center()
    for state in ("waiting", "offering", "finished"):
        rows = Interaction.objects.filter(conversation=factories.start_conversation(center.channel))
        rows.update(state=state, entered_at="2026-01-01T10:00Z", queued_at="2026-01-01T12:00Z")
    migration.set_queued(apps, SimpleNamespace(connection=connection))
    hours = dict(Interaction.objects.values_list("state", "queued_at__hour"))
    assert hours == {"waiting": 10, "offering": 10, "finished": 12}
