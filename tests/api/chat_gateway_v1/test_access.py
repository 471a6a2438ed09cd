"""Who may call: the API key in its header, the tenant that may be named, scopes, methods, the rate limit."""

import pytest
from django.test import Client

from contactcenter_chat.actions.setup.tenants import SCOPES, create_api_key, revoke_api_key
from contactcenter_chat.models import ApiKey

from ..caller import problem
from .caller import Gateway, general, operations, route_of, text

DENIED = {"message": "Access Denied", "errors": [{"message": "Access Denied", "code": "access_denied"}]}
FOREIGN = {
    "message": "The tenant does not belong to customer.",
    "errors": ["Header X-8x8-Tenant doesn't match tenant information for customerId=college"],
}

OPERATIONS = [
    ("GET", "webhooks", "webhooks.read"),
    ("POST", "webhooks", "webhooks.write"),
    ("POST", "webhooks/verify", "webhooks.read"),
    ("GET", "webhooks/x", "webhooks.read"),
    ("PUT", "webhooks/x", "webhooks.write"),
    ("DELETE", "webhooks/x", "webhooks.write"),
    ("GET", "channels", "channels.read"),
    ("HEAD", "channels", "channels.read"),
    ("POST", "channels", "channels.write"),
    ("GET", "channels/x", "channels.read"),
    ("PUT", "channels/x", "channels.write"),
    ("DELETE", "channels/x", "channels.write"),
    ("GET", "conversations", "conversations.read"),
    ("POST", "conversations", "conversations.write"),
    ("GET", "conversations/x", "conversations.read"),
    ("PUT", "conversations/x", "conversations.write"),
    ("PATCH", "conversations/x", "conversations.write"),
    ("GET", "conversations/x/interactions", "conversations.read"),
    ("GET", "conversations/x/participants", "conversations.read"),
    ("PATCH", "conversations/x/participants/user", "conversations.write"),
    ("GET", "conversations/x/messages", "conversations.read"),
    ("GET", "channels/x/availability", "channels.read"),
    ("GET", "conversations/x/waiting", "conversations.read"),
    ("GET", "conversations/x/handover", "conversations.read"),
    ("POST", "conversations/x/handover", "conversations.write"),
    ("DELETE", "conversations/x/handover", "conversations.write"),
    ("GET", "conversations/x/verification", "conversations.read"),
    ("POST", "conversations/x/verification", "conversations.write"),
    ("GET", "articles", "articles.read"),
    ("POST", "conversations/x/messages", "conversations.write"),
    ("GET", "conversations/x/messages/y", "conversations.read"),
    ("GET", "conversations/x/messages/y/cards", "conversations.read"),
    ("GET", "conversations/x/attachments", "conversations.read"),
    ("POST", "conversations/x/attachments", "conversations.write"),
    ("GET", "conversations/x/attachments/y", "conversations.read"),
    ("GET", "conversations/x/attachments/y/content", "conversations.read"),
    ("PUT", "/api/v1/tenant/college/conversations/x/cards/y/action-submit", "conversations.write"),
    ("PUT", "/api/v1/tenant/college/conversations/x/cards/y/action-execute", "conversations.write"),
    ("POST", "conversations/x/post-agent-assignment", "conversations.write"),
    ("POST", "conversations/x/typing", "conversations.write"),
    ("POST", "conversations/x/thinking", "conversations.write"),
    ("POST", "conversations/x/read-receipt", "conversations.write"),
    ("GET", "/cc/v1/stats/rt/queues", "conversations.read"),
    ("GET", "/cc/v1/stats/rt/queue/x", "conversations.read"),
    ("GET", "/cc/v1/schedules", "conversations.read"),
    ("GET", "/cc/v1/schedules/x/status", "conversations.read"),
]


def test_the_scope_of_every_operation_is_looked_at():
    listed = {(method, route_of(path)) for method, path, _scope in OPERATIONS if method != "HEAD"}
    assert operations() - listed == {("GET", route_of("jwk/x/public"))}  # needs no key


def denied(response):
    status, body = problem(response)
    assert len(body.pop("referenceId")) == 32
    assert response["WWW-Authenticate"].startswith("ApiKey ")
    return status, body


def test_without_a_key_nobody_gets_in(db):
    assert denied(Client().get("/chat-gateway/v1/webhooks")) == (401, DENIED)


@pytest.mark.parametrize("key", ["", "cck_", "cck_wrong", "é", "x" * 5000, "a b"])
def test_a_wrong_key_is_refused(center, key):
    assert denied(Gateway(center, key=key).get("webhooks")) == (401, DENIED)


def test_the_secret_is_no_key(center):
    assert denied(Gateway(center, key=center.secret).get("webhooks")) == (401, DENIED)


def test_a_revoked_key_is_refused_at_once(gateway, center):
    assert gateway.get("webhooks").status_code == 200
    revoke_api_key(center.api_key)
    assert denied(gateway.get("webhooks")) == (401, DENIED)


def test_its_use_is_noted(gateway, center):
    gateway.get("webhooks")
    assert ApiKey.objects.get(pk=center.api_key.pk).last_used_at


@pytest.mark.parametrize("name", ["X-8x8-Tenant", "x-8x8-tenant"])
def test_the_tenant_may_be_named(gateway, name):
    assert gateway.get("webhooks", **{name: "college"}).status_code == 200


@pytest.mark.parametrize("tenant", ["museum", "nobody", "", "College"])
def test_another_tenant_may_not(gateway, other, tenant):
    assert problem(gateway.get("webhooks", **{"X-8x8-Tenant": tenant})) == (403, FOREIGN)


@pytest.mark.parametrize(("method", "path", "scope"), OPERATIONS)
def test_each_operation_needs_its_scope(center, receiver, method, path, scope):
    def status_with(*scopes):
        key = create_api_key(tenant=center.tenant, name="App", scopes=scopes).key
        body = b"{}" if method in {"POST", "PUT", "PATCH"} else b""
        return Gateway(center, key=key).call(method, path, body).status_code

    needed = f"vcc-chat.{scope}"
    assert status_with(needed) in {200, 400, 404}
    assert status_with(*(set(SCOPES) - {needed})) == 403


def test_a_missing_scope_is_named(center):
    key = create_api_key(tenant=center.tenant, name="App", scopes=["vcc-chat.webhooks.write"]).key
    message = "The scope vcc-chat.channels.read is required."
    assert problem(Gateway(center, key=key).get("channels")) == (403, text(message))
    message = "The scope vcc-chat.channels.write is required."
    assert problem(Gateway(center, key=key).post("channels", {})) == (403, general("forbidden", message))


def test_a_method_that_is_not_there(gateway):
    for method in ("DELETE", "PATCH", "OPTIONS", "TRACE"):
        message = f"Method {method} is not allowed here."
        assert problem(gateway.call(method, "webhooks")) == (405, general("method_not_allowed", message))


@pytest.mark.parametrize("path", ["/chat-gateway/v1/web-hooks", "/chat-gateway", "/chat-gateway/v2/webhooks"])
def test_a_path_that_is_not_there(gateway, path):
    assert problem(gateway.get(path)) == (404, text(f"There is nothing at {path}."))
    assert problem(Client().post(path)) == (404, text(f"There is nothing at {path}."))


def test_too_many_requests(gateway, settings):
    settings.CONTACTCENTER_CHAT = {"API_RATE_LIMIT": 2}
    statuses = [gateway.get("webhooks").status_code for _ in range(3)]
    assert statuses == [200, 200, 429]
    response = gateway.get("webhooks")
    assert problem(response) == (429, general("rate_limited", "Too many requests."))
    assert int(response["Retry-After"]) >= 1


def test_what_nobody_expected_has_a_reference(gateway, monkeypatch, caplog):
    def fail(*args, **kwargs):
        raise RuntimeError("the disk is full of secrets")

    monkeypatch.setattr("contactcenter_chat.queries.api.channels", fail)
    status, body = problem(gateway.get("channels"))
    reference = body.pop("referenceId")
    message = "Could not process this request due to an unexpected error."
    assert (status, body) == (500, general("internal_error", message))
    assert f"reference {reference}" in caplog.text
