"""What does the admin do with half of a form? Nothing, as with what no database keeps."""

import pytest

from contactcenter_chat.models import LogEntry, Tenant
from tests.cut_off import BODIES, post_cut_off
from tests.unstorable import filled

from .test_unstorable import ROUTES, own, values  # noqa: F401  (a fixture)


@pytest.mark.parametrize("content_type", BODIES)
def test_every_form_is_refused(root, own, content_type):  # noqa: F811
    before = LogEntry.objects.count()
    for route in ROUTES:
        answer = post_cut_off(root, filled(route, values(own, route)), content_type)
        assert answer.status_code == 400, route
    assert LogEntry.objects.count() == before
    assert Tenant.objects.count() == 1
