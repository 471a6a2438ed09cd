"""Do addresses of lists go on working: what their parameters were once called?"""

import pytest

from contactcenter_chat.models import Delivery, Receiver
from tests.factories import make_center

from .conftest import address, chat


@pytest.fixture
def second(center):
    """Another webhook of the contact centre, which is switched off."""
    webhook = make_center("third").webhook
    for row in (webhook, webhook.receiver):
        type(row).objects.filter(pk=row.pk).update(tenant=center.tenant)
    Receiver.objects.filter(pk=webhook.pk).update(
        enabled=False, uri="https://second.test/", failures=4, disabled_reason="failing"
    )
    return webhook


def listed(client, model, query):
    page = client.get(f"{address(f'{model}_changelist')}?{query}")
    assert page.status_code == 200, page.get("Location")
    return page, [row.pk for row in page.context["cl"].result_list]


def test_deliveries_are_filtered_by_what_was_called_webhook(staff, center, second):
    chat(center)
    told = Delivery.objects.filter(receiver=center.webhook.pk).first()
    Delivery.objects.filter(pk=told.pk).update(receiver=second.pk)
    for name in ("webhook", "receiver"):
        page, found = listed(staff, "delivery", f"{name}={second.pk}")
        assert found == [told.pk]
        (shown,) = (spec for spec in page.context["cl"].filter_specs if spec.title == "receiver")
        assert shown.value() == second.pk
        assert f"?{name}=" not in page.content.decode() or name == "receiver"
    assert told.pk not in listed(staff, "delivery", f"webhook={center.webhook.pk}&state=pending")[1]


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("enabled__exact=1", "own"),
        ("enabled__exact=0", "second"),
        ("receiver__enabled__exact=0", "second"),
        ("enabled=0", "second"),
        ("uri__icontains=second", "second"),
        ("uri=https://second.test/", "second"),
        ("failures__gte=4", "second"),
        ("disabled_reason__exact=failing", "second"),
        ("failing_since__isnull=False", None),
        ("paused_until__isnull=False", None),
    ],
)
def test_webhooks_are_filtered_by_what_their_receivers_have_now(staff, center, second, query, found):
    expected = {"own": [center.webhook.pk], "second": [second.pk], None: []}[found]
    assert listed(staff, "webhook", query)[1] == expected


def test_a_webhooks_secret_is_not_guessed_by_filters(staff, center):
    for query in ("secret__startswith=a", "receiver__secret__startswith=a", "webhook__secret__startswith=a"):
        for model in ("webhook", "delivery"):
            assert staff.get(f"{address(f'{model}_changelist')}?{query}").status_code in (302, 400)


def test_an_action_on_a_list_at_an_old_address_is_done(staff, center, second):
    chat(center)
    told = Delivery.objects.filter(receiver=center.webhook.pk).first()
    Delivery.objects.filter(pk=told.pk).update(state="dead")
    data = {"action": "redeliver", "_selected_action": [told.pk]}
    staff.post(f"{address('delivery_changelist')}?webhook={center.webhook.pk}", data)
    assert Delivery.objects.get(pk=told.pk).state == "pending"
