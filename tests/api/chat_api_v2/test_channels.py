"""The five operations on channels, with ``filter`` and ``sort``."""

import pytest

from contactcenter_chat.models import Channel
from tests.factories import make_channel, make_queue, make_webhook

from ..caller import invalid, plain, problem


def body_of(center, **changes):
    body = {
        "name": "Some channel name.",
        "webHookId": center.webhook.pk,
        "routingOptions": {"type": "queue", "id": center.queue.pk},
    }
    return body | changes


def test_create_answers_the_channel(api, center):
    response = api.post("channels", body_of(center))
    row = Channel.objects.get(name="Some channel name.")
    assert (response.status_code, response.json()) == (200, {"id": row.pk, **body_of(center)})
    assert list(response.json()) == ["id", "name", "webHookId", "routingOptions"]
    assert response["ETag"] == '"1"'
    assert row.tenant_id == center.tenant.pk


def test_the_routing_type_has_a_default(api, center):
    response = api.post("channels", body_of(center, routingOptions={"id": center.queue.pk}, unknown=True))
    assert response.json()["routingOptions"] == {"type": "queue", "id": center.queue.pk}


def refused(field, value, code, message):
    return {
        "message": "Constraint Violation",
        "errors": [{"code": code, "message": f"{field}: {message}"}],
        "validations": [{"field": field, "value": value, "code": code, "message": message}],
    }


@pytest.mark.parametrize(
    ("changes", "field", "value", "code", "message"),
    [
        ({"name": None}, "name", "", "required", "May not be empty."),
        ({"name": ""}, "name", "", "required", "May not be empty."),
        ({"name": "x" * 256}, "name", "x" * 100, "invalid_value", "May not be longer than 255 characters."),
        ({"name": ["x"]}, "name", "['x']", "invalid_value", "Must be a string."),
        ({"webHookId": "45"}, "webHookId", "45", "invalid_webhook", "Webhook ID 45 is invalid."),
        ({"webHookId": 45}, "webHookId", "45", "invalid_webhook", "Webhook ID 45 is invalid."),
        ({"webHookId": True}, "webHookId", "True", "invalid_value", "Must be a string."),
        ({"webHookId": None}, "webHookId", "", "required", "May not be empty."),
        ({"routingOptions": {"id": "112"}}, "routingOptions.id", "112", "invalid_queue", "Queue ID 112 is invalid."),
        ({"routingOptions": {"id": 112}}, "routingOptions.id", "112", "invalid_queue", "Queue ID 112 is invalid."),
        ({"routingOptions": {}}, "routingOptions.id", "", "required", "May not be empty."),
        ({"routingOptions": None}, "routingOptions.id", "", "required", "May not be empty."),
        (
            {"routingOptions": {"type": "script", "id": "1"}},
            "routingOptions.type",
            "script",
            "invalid_value",
            "Invalid type=script, has to be one of queue",
        ),
    ],
)
def test_create_says_what_is_wrong_with_which_field(api, center, changes, field, value, code, message):
    response = api.post("channels", body_of(center, **changes))
    assert problem(response) == (400, refused(field, value, code, message))
    assert Channel.objects.count() == 1


def test_create_says_everything_that_is_wrong(api, center):
    status, body = problem(api.post("channels", {"name": "x", "webHookId": "45", "routingOptions": {"id": "112"}}))
    assert status == 400
    assert [each["code"] for each in body["errors"]] == ["invalid_webhook", "invalid_queue"]
    assert [each["field"] for each in body["validations"]] == ["webHookId", "routingOptions.id"]


def test_create_with_a_body_that_is_no_object(api, center):
    status, body = problem(api.post("channels", []))
    assert (status, body["validations"][0]["field"]) == (400, "body")
    status, body = problem(api.post("channels", b"{"))
    assert (status, body["validations"][0]["field"]) == (400, "body")


def test_get_list_update_delete(api, center):
    path = f"channels/{center.channel.pk}"
    channel = {"id": center.channel.pk, **body_of(center, name="Website")}
    response = api.get(path)
    assert (response.status_code, response.json(), response["ETag"]) == (200, channel, '"1"')
    assert api.get("channels").json() == {
        "data": [channel],
        "page": {"pageSize": 20, "pageIndex": 0, "elementCount": 1, "pageCount": 1},
    }
    queue, webhook = make_queue(center.tenant), make_webhook(center.tenant)
    changed = {"name": "New", "webHookId": webhook.pk, "routingOptions": {"type": "queue", "id": queue.pk}}
    response = api.put(path, changed)
    assert (response.status_code, response.json(), response["ETag"]) == (
        200,
        {"id": center.channel.pk, **changed},
        '"2"',
    )
    response = api.delete(path)
    assert (response.status_code, response.content) == (204, b"")
    gone = plain(f"Resource of type Channel with id {center.channel.pk} was not found.")
    assert problem(api.get(path)) == (404, gone)
    assert problem(api.put(path, changed)) == (404, gone)
    assert problem(api.delete(path)) == (404, gone)
    assert api.get("channels").json()["data"] == []


def test_update_says_what_is_wrong_in_the_usual_shape(api, center):
    response = api.put(f"channels/{center.channel.pk}", body_of(center, webHookId="45"))
    assert problem(response) == (400, invalid("webHookId: Webhook ID 45 is invalid."))


def test_a_stale_if_match_changes_nothing(api, center):
    path = f"channels/{center.channel.pk}"
    assert api.put(path, body_of(center, name="Second"), **{"If-Match": "1"}).status_code == 200
    response = api.put(path, body_of(center, name="Third"), **{"If-Match": "1"})
    assert problem(response) == (412, plain("It was changed by somebody else since it was read."))
    assert api.get(path).json()["name"] == "Second"


def test_a_deleted_webhook_cannot_be_bound(api, center):
    webhook = make_webhook(center.tenant)
    assert api.delete(f"web-hooks/{webhook.pk}").status_code == 204
    assert api.post("channels", body_of(center, webHookId=webhook.pk)).status_code == 400


@pytest.fixture
def three(center):
    """Website is there already."""
    other = make_queue(center.tenant, "Other")
    make_channel(center.tenant, other, center.webhook, name="App")
    make_channel(center.tenant, other, center.webhook, name="Web (old), 50 %")


def names(response):
    assert response.status_code == 200, response.content
    return [channel["name"] for channel in response.json()["data"]]


@pytest.mark.parametrize(
    ("filter_by", "found"),
    [
        ("name==App", ["App"]),
        ("name!=App", ["Website", "Web (old), 50 %"]),
        ("name==app", []),
        ("name==Web*", ["Website", "Web (old), 50 %"]),
        ("name==*e", ["Website"]),
        ("name==*old*", ["Web (old), 50 %"]),
        ("name==Web%20%28old%29%2C%2050%20%25", ["Web (old), 50 %"]),
        ("name==App,name==Website", ["Website", "App"]),
        ("name==Web*;name!=Website", ["Web (old), 50 %"]),
        ("(name==App,name==Web*);name!=*old*", ["Website", "App"]),
        ("routingOptions.id=={queue}", ["Website"]),
        ("name==Cosmin,(routingOption.id=={queue})", ["Website"]),
        ("webHookId=={webhook};name==A*", ["App"]),
        ("id=={channel}", ["Website"]),
        ("id!={channel}", ["App", "Web (old), 50 %"]),
    ],
)
def test_filter(api, center, three, filter_by, found):
    filter_by = filter_by.format(queue=center.queue.pk, webhook=center.webhook.pk, channel=center.channel.pk)
    response = api.http.get(
        f"{api.below}channels", {"filter": filter_by}, headers={"Authorization": f"Bearer {api.token}"}
    )
    assert names(response) == found


def test_a_filter_escaped_once_is_enough(api, three):
    assert names(api.get("channels?filter=name==Web%20*")) == ["Web (old), 50 %"]
    assert names(api.get("channels?filter=name==Web%20*&size=1")) == ["Web (old), 50 %"]


@pytest.mark.parametrize(
    ("filter_by", "error"),
    [
        ("name", "name can be compared with == or != and a value."),
        ("name=gt=4", "name can be compared with == or != and a value."),
        ("name=like=4", "name can be compared with == or != and a value."),
        (
            "tenant==x",
            "Unknown field tenant, has to be one of id, name, webHookId, routingOptions.id, routingOption.id.",
        ),
        (
            "tenant__label==college",
            "Unknown field tenant__label, has to be one of id, name, webHookId, routingOptions.id, routingOption.id.",
        ),
        ("name==", "This is not a valid FIQL expression (see character 5)."),
        ("==x", "This is not a valid FIQL expression (see character 1)."),
        ("name==a;", "This is not a valid FIQL expression (see character 9)."),
        ("(name==a,)", "This is not a valid FIQL expression (see character 10)."),
        ("(name==a", "This is not a valid FIQL expression (see character 9)."),
        ("name==a)", "This is not a valid FIQL expression (see character 8)."),
        ("name==a;;name==b", "This is not a valid FIQL expression (see character 9)."),
        ("name==a%2500", "May not contain the character U+0000."),
        ("x" * 1025, "May not be longer than 1024 characters."),
        ("name==a," * 20 + "name==a", "May not have more than 20 terms."),
        ("((((((name==a))))))", "May not be nested deeper than 5."),
    ],
)
def test_a_filter_beyond_the_limits_is_refused(api, filter_by, error):
    assert problem(api.get(f"channels?filter={filter_by}")) == (400, invalid(f"filter: {error}"))


def test_a_filter_just_within_the_limits(api):
    assert names(api.get("channels?filter=" + "name==a," * 19 + "name==Website")) == ["Website"]
    assert names(api.get("channels?filter=(((((name==Website)))))")) == ["Website"]


@pytest.mark.parametrize(
    ("sort_by", "found"),
    [
        ("", ["Website", "App", "Web (old), 50 %"]),
        ("name", ["App", "Web (old), 50 %", "Website"]),
        ("-name", ["Website", "Web (old), 50 %", "App"]),
        ("name:asc", ["App", "Web (old), 50 %", "Website"]),
        ("name:desc", ["Website", "Web (old), 50 %", "App"]),
    ],
)
def test_sort(api, three, sort_by, found):
    # Databases differ in whether a space comes before a letter; here they agree.
    Channel.objects.filter(name__startswith="Web (").update(name="Web (old), 50 %")
    assert names(api.get(f"channels?sort={sort_by}")) == found


def test_sort_by_id_is_what_the_description_calls_the_default(api, three):
    ids = [channel["id"] for channel in api.get("channels?sort=id").json()["data"]]
    assert sorted(ids) == sorted(Channel.objects.values_list("id", flat=True))


@pytest.mark.parametrize("sort_by", ["tenant", "name:up", "name,id", "password", "?"])
def test_sorting_by_something_else_is_refused(api, sort_by):
    status, body = problem(api.get(f"channels?sort={sort_by}"))
    assert status == 400
    assert body["errors"][0].startswith("sort: Invalid sort=")
