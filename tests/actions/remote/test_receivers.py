"""The row that stands for a remote centre."""

import pytest

from contactcenter_chat.actions.remote.receivers import ensure_receiver
from contactcenter_chat.exceptions import Conflict
from contactcenter_chat.providers.base import load_provider
from tests.facts import fresh, nothing_written, refused
from tests.remote_center import THERE

pytestmark = pytest.mark.django_db


def test_it_is_made_once(here):
    provider = load_provider("vendor")
    row = ensure_receiver(here.tenant, provider)
    told = ("remote_center", "vendor", THERE, "to v2.0")
    assert fresh(row, "tenant_id", "kind", "provider", "uri", "format") == (here.tenant.pk, *told)
    with nothing_written():
        assert ensure_receiver(here.tenant, provider) == row


def test_it_belongs_to_one_contact_centre(here, there):
    provider = load_provider("vendor")
    ensure_receiver(here.tenant, provider)
    with refused(Conflict, code="conflict"):
        ensure_receiver(there.tenant, provider)
