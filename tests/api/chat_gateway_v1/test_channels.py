"""The operations on channels in Chat Gateway v1."""

import pytest

from contactcenter_chat.models import Channel
from tests.factories import make_channel, make_queue, make_webhook

from ..caller import problem
from .caller import HAL, invalid, items, unknown


def body_of(center, **changes):
    body = {
        "name": "Some channel name.",
        "type": "ChatAPI",
        "webHookId": center.webhook.pk,
        "routingOptions": {"type": "queue", "id": center.queue.pk},
    }
    return body | changes


def test_create_answers_the_channel(gateway, center):
    response = gateway.post("channels", body_of(center))
    row = Channel.objects.get(name="Some channel name.")
    assert (response.status_code, response.json()) == (200, {"id": row.pk, **body_of(center)})
    assert (response["Content-Type"], response["ETag"]) == (HAL, '"1"')
    assert row.tenant_id == center.tenant.pk


def test_the_types_have_defaults(gateway, center):
    body = body_of(center, type=None, routingOptions={"id": center.queue.pk}, displayMessage="ignored")
    answer = gateway.post("channels", body).json()
    assert (answer["type"], answer["routingOptions"]["type"]) == ("ChatAPI", "queue")


@pytest.mark.parametrize(
    ("changes", "field", "value", "code", "message"),
    [
        ({"name": None}, "name", "", "required", "May not be empty."),
        ({"type": "SMS"}, "type", "SMS", "invalid_value", "Invalid type=SMS, has to be one of ChatAPI"),
        ({"webHookId": 45}, "webHookId", "45", "invalid_webhook", "Webhook ID 45 is invalid."),
        ({"routingOptions": {"id": "112"}}, "routingOptions.id", "112", "invalid_queue", "Queue ID 112 is invalid."),
    ],
)
def test_bad_values_are_named(gateway, center, changes, field, value, code, message):
    sentence = f"{field}: {message}"
    body = body_of(center, **changes)
    assert problem(gateway.post("channels", body)) == (
        400,
        invalid((code, sentence))
        | {"validations": [{"field": field, "value": value, "code": code, "message": message}]},
    )
    assert problem(gateway.put(f"channels/{center.channel.pk}", body)) == (400, invalid((code, sentence)))
    assert Channel.objects.count() == 1


def test_get_list_update_delete(gateway, center):
    path = f"channels/{center.channel.pk}"
    channel = {"id": center.channel.pk, **body_of(center, name="Website")}
    response = gateway.get(path)
    assert (response.status_code, response.json(), response["ETag"]) == (200, channel, '"1"')
    assert gateway.get("channels").json() == {
        "_embedded": {"channels": [channel]},
        "_links": {"self": {"href": "/chat-gateway/v1/channels"}},
        "page": {"size": 20, "number": 0, "totalElements": 1, "totalPages": 1},
    }
    queue, webhook = make_queue(center.tenant), make_webhook(center.tenant)
    changed = body_of(center, webHookId=webhook.pk, routingOptions={"type": "queue", "id": queue.pk})
    response = gateway.put(path, changed)
    assert (response.status_code, response.json(), response["ETag"]) == (
        200,
        {"id": center.channel.pk, **changed},
        '"2"',
    )
    assert gateway.delete(path).status_code == 204
    for response in (gateway.get(path), gateway.put(path, changed), gateway.delete(path)):
        assert problem(response) == (404, unknown("Channel", center.channel.pk))


def test_filter_and_sort(gateway, center):
    for name in ("B", "A"):
        make_channel(center.tenant, center.queue, center.webhook, name=name)

    def names(query):
        return [row["name"] for row in items(gateway.get(f"channels?{query}"), "channels")]

    assert names("sort=name:desc") == ["Website", "B", "A"]
    assert names(f"filter=name==A,(routingOption.id=={center.queue.pk};name!=B)") == ["Website", "A"]


def test_the_same_channel_in_both_apis(gateway, api, center):
    path = f"channels/{center.channel.pk}"
    assert gateway.get(path).json() == {**api.get(path).json(), "type": "ChatAPI"}


@pytest.mark.parametrize("path", ["channels", "webhooks"])
def test_the_number_of_queries_is_constant(gateway, center, django_assert_num_queries, path):
    def look():
        gateway.get(path)

    look()
    with django_assert_num_queries(2):  # the key, the page
        look()
    for _ in range(5):
        make_channel(center.tenant, center.queue)
    with django_assert_num_queries(2):
        look()
