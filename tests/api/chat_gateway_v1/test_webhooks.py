"""The operations on webhooks in Chat Gateway v1."""

import pytest

from contactcenter_chat.models import Webhook
from tests.factories import make_webhook

from ..caller import problem
from .caller import HAL, VERSION, general, invalid, items, unknown

BODY = {"name": "Portal", "uri": "https://portal.example.org/callbacks", "version": VERSION}
KEY = {"Idempotency-Key": "a0f04570"}


def made(gateway, **changes):
    response = gateway.post("webhooks", {**BODY, **changes})
    assert response.status_code == 200, response.content
    return response.json()


def test_create_verifies_and_answers_the_webhook(gateway, center, receiver):
    response = gateway.post("webhooks", BODY)
    row = Webhook.objects.get(receiver__uri=BODY["uri"])
    assert (response.status_code, response.json()) == (200, {"id": row.pk, **BODY})
    assert (response["Content-Type"], response["ETag"]) == (HAL, '"1"')
    assert (row.tenant_id, row.version) == (center.tenant.pk, VERSION)
    [(uri, body, headers)] = receiver.posts
    assert (uri, body) == (BODY["uri"], '{"notificationVersion":"Chat Gateway v1.0","eventType":"WEB_HOOK_VERIFY"}')
    assert headers["X-8x8-Signature"]


@pytest.mark.parametrize("given", [{"version": VERSION}, {"notificationVersion": VERSION}, {}, {"version": None}])
def test_the_version_has_two_names_and_a_default(gateway, receiver, given):
    body = {"name": BODY["name"], "uri": BODY["uri"], **given}
    assert gateway.post("webhooks", body).json()["version"] == VERSION


@pytest.mark.parametrize("name", ["version", "notificationVersion"])
@pytest.mark.parametrize("version", ["v1.0", "v2.0", "chat gateway v1.0"])
def test_there_is_but_one_version(gateway, receiver, name, version):
    body = {"name": BODY["name"], "uri": BODY["uri"], name: version}
    message = f"{name}: Invalid {name}={version}, has to be one of {VERSION}"
    for response in (gateway.post("webhooks", body), gateway.post("webhooks/verify", body)):
        assert problem(response) == (400, invalid(("invalid_value", message)))
    assert receiver.posts == []


def test_bad_values_are_named(gateway, receiver):
    assert problem(gateway.post("webhooks", {"name": " ", "uri": 5})) == (
        400,
        invalid(("required", "name: May not be empty."), ("invalid_value", "uri: Must be a string.")),
    )


def test_an_address_that_does_not_answer(gateway, receiver):
    receiver.status = 500
    failed = ("verification_failed", "uri: The URL did not pass the verification. It answered 500.")
    assert problem(gateway.post("webhooks", BODY)) == (400, invalid(failed))
    assert problem(gateway.post("webhooks/verify", BODY)) == (400, invalid(failed))
    assert not Webhook.objects.filter(receiver__uri=BODY["uri"]).exists()


def test_verify_keeps_nothing(gateway, receiver):
    before = Webhook.objects.count()
    response = gateway.post("webhooks/verify", {"uri": BODY["uri"], "version": VERSION})
    assert (response.status_code, response.content) == (204, b"")
    assert (len(receiver.posts), Webhook.objects.count()) == (1, before)


def test_lists_are_pages_in_hal(gateway, center, receiver):
    first, second = made(gateway), made(gateway, name="Second")
    response = gateway.get("webhooks?size=1&page=1")
    assert response["Content-Type"] == HAL
    assert response.json() == {
        "_embedded": {"webhooks": [second]},
        "_links": {"self": {"href": "/chat-gateway/v1/webhooks?size=1&page=1"}},
        "page": {"size": 1, "number": 1, "totalElements": 2, "totalPages": 2},
    }
    assert items(gateway.get("webhooks?size=1000"), "webhooks") == [first, second]


def test_an_empty_list_is_there(gateway, center):
    for path in ("webhooks?filter=name==nobody", "webhooks?page=7"):
        body = gateway.get(path).json()
        assert body["_embedded"] == {"webhooks": []}


def test_filter_and_sort(gateway, center, receiver):
    for name in ("B", "A", "C"):
        made(gateway, name=name)

    def names(query):
        return [row["name"] for row in items(gateway.get(f"webhooks?{query}"), "webhooks")]

    assert names("sort=name:asc") == ["A", "B", "C"]
    assert names("sort=name:desc") == ["C", "B", "A"]
    assert names("") == ["B", "A", "C"]
    ids = [row["id"] for row in items(gateway.get("webhooks?sort=id:asc"), "webhooks")]
    assert ids == sorted(ids)
    assert names("filter=name==A,name==C") == ["A", "C"]
    assert names("filter=version==v2.0") == []
    row = Webhook.objects.get(name="A")
    assert names(f"filter=id=={row.pk}") == names(f"filter=id==*{row.pk[-8:]}") == ["A"]
    assert names(f"filter=uri=={BODY['uri']}") == names("filter=uri==*.org/callbacks") == ["B", "A", "C"]
    assert names("sort=uri")[0] == names("sort=-uri")[-1]
    assert names("sort=id") == names("sort=-id")[::-1]
    assert names(f"filter=version=={VERSION};name!=B&sort=name:desc") == ["C", "A"]


@pytest.mark.parametrize(
    ("query", "message"),
    [
        ("size=0", "size: Must be a whole number, 1 or more."),
        ("page=-1", "page: Must be a whole number, 0 or more."),
        ("sort=secret:asc", "sort: Invalid sort=secret:asc, has to be one of id, name, uri, version"),
        ("sort=name:up", "sort: Invalid sort=name:up, has to be one of id, name, uri, version"),
        ("filter=secret==x", "filter: Unknown field secret, has to be one of id, name, uri, version."),
        ("filter=name", "filter: name can be compared with == or != and a value."),
        ("filter=((", "filter: This is not a valid FIQL expression (see character 3)."),
    ],
)
def test_a_wrong_query_is_named(gateway, query, message):
    assert problem(gateway.get(f"webhooks?{query}")) == (400, invalid(("invalid_value", message)))


def test_get_update_delete(gateway, receiver):
    webhook = made(gateway)
    path = f"webhooks/{webhook['id']}"
    response = gateway.get(path)
    assert (response.status_code, response.json(), response["ETag"]) == (200, webhook, '"1"')
    changed = {"name": "New", "uri": "https://portal.example.org/other", "version": VERSION}
    response = gateway.put(path, changed, **{"If-Match": '"1"'})
    assert (response.status_code, response.json(), response["ETag"]) == (200, {**webhook, **changed}, '"2"')
    assert [post[0] for post in receiver.posts] == [BODY["uri"], changed["uri"]]
    stale = gateway.put(path, BODY, **{"If-Match": '"1"'})
    message = "It was changed by somebody else since it was read."
    assert problem(stale) == (412, general("precondition_failed", message))
    assert gateway.delete(path).status_code == 204
    for method in (gateway.get, gateway.delete):
        assert problem(method(path)) == (404, unknown("WebHook", webhook["id"]))


def test_a_webhook_that_a_channel_uses_stays(gateway, center):
    Webhook.objects.update(version=VERSION)
    response = gateway.delete(f"webhooks/{center.webhook.pk}")
    assert problem(response) == (409, general("conflict", "A channel uses this webhook."))


def test_each_api_gives_the_webhooks_of_its_own_version_alone(gateway, api, center, receiver):
    webhook = made(gateway)
    assert [row["id"] for row in items(gateway.get("webhooks"), "webhooks")] == [webhook["id"]]
    assert [row["id"] for row in api.get("web-hooks").json()["data"]] == [center.webhook.pk]
    for method in (gateway.get, gateway.delete):
        assert problem(method(f"webhooks/{center.webhook.pk}")) == (404, unknown("WebHook", center.webhook.pk))
    for method in (api.get, api.delete):
        assert problem(method(f"web-hooks/{webhook['id']}"))[0] == 404
    assert Webhook.objects.alive().count() == 2


def test_an_update_takes_over_a_webhook_of_the_other_version(gateway, api, center, receiver):
    old = make_webhook(center.tenant, uri=BODY["uri"])
    body = {"name": "Portal", "uri": old.uri}
    assert gateway.put(f"webhooks/{old.pk}", body).json() == {"id": old.pk, **body, "version": VERSION}
    assert len(receiver.posts) == 1  # the new format is verified
    assert gateway.get(f"webhooks/{old.pk}").json()["version"] == VERSION
    assert api.get(f"web-hooks/{old.pk}").status_code == 404
    assert api.put(f"web-hooks/{old.pk}", body).json() == {"id": old.pk, **body, "version": "v2.0"}
    assert gateway.get(f"webhooks/{old.pk}").status_code == 404


def test_a_name_has_as_many_characters_as_answers_may(gateway, api, center, receiver):
    assert made(gateway, name="x" * 255)["name"] == "x" * 255
    too_long = invalid(("invalid_value", "name: May not be longer than 255 characters."))
    assert problem(gateway.post("webhooks", {**BODY, "name": "x" * 256})) == (400, too_long)
    v2 = {**BODY, "name": "x" * 256, "version": "v2.0"}
    for response in (api.post("web-hooks", v2), api.put(f"web-hooks/{center.webhook.pk}", v2)):
        assert problem(response)[0] == 400
    assert not Webhook.objects.filter(name="x" * 256).exists()


def test_a_repeated_request_gets_the_first_answer(gateway, receiver):
    first, second = gateway.post("webhooks", BODY, **KEY), gateway.post("webhooks", BODY, **KEY)
    assert (first.content, dict(first.headers)) == (second.content, dict(second.headers))
    assert (first["Content-Type"], len(receiver.posts)) == (HAL, 1)
    other = gateway.post("webhooks", {**BODY, "name": "x"}, **KEY)
    assert problem(other)[1]["errors"][0]["code"] == "idempotency_mismatch"
