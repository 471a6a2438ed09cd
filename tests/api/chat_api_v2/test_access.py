"""Tokens, public keys, and who is let in."""

import base64
from datetime import timedelta

import jwt
import pytest
from django.test import Client
from django.utils import timezone

from contactcenter_chat.actions.setup.tenants import SCOPES, create_api_key, revoke_api_key, rotate_signing_key
from contactcenter_chat.api.authentication import issue_token
from contactcenter_chat.models import ApiKey, SigningKey

from ..caller import Caller, basic, plain, problem

TOKEN = "/oauth/v2/token"
FORM = "application/x-www-form-urlencoded"
INVALID = {
    "fault": {
        "faultstring": "Invalid Access Token",
        "detail": {"errorcode": "keymanagement.service.invalid_access_token"},
    }
}
EXPIRED = {
    "fault": {
        "faultstring": "Access Token expired",
        "detail": {"errorcode": "keymanagement.service.access_token_expired"},
    }
}


def ask(header, body=b"grant_type=client_credentials", content_type=FORM):
    headers = {"Authorization": header} if header else {}
    return Client().generic("POST", TOKEN, body, content_type, headers=headers)


def test_a_token_is_given_with_strings_for_numbers(center):
    before = timezone.now()
    response = ask(basic(center.key, center.secret))
    body = response.json()
    assert response.status_code == 200
    assert response["Content-Type"] == "application/json"
    assert response["Cache-Control"] == "no-store"
    assert int(before.timestamp() * 1000) <= int(body.pop("issued_at")) <= int(timezone.now().timestamp() * 1000)
    assert Caller(center, token=body.pop("access_token")).get("channels").status_code == 200
    assert body == {
        "refresh_token_expires_in": "0",
        "api_product_list": ["vcc"],
        "organization_name": "college",
        "token_type": "BearerToken",
        "client_id": center.key,
        "application_name": center.api_key.pk,
        "scope": " ".join(SCOPES),
        "expires_in": "3600",
        "refresh_count": "0",
        "status": "approved",
    }


def test_the_grant_type_may_be_json_too(center):
    response = ask(basic(center.key, center.secret), b'{"grant_type": "client_credentials"}', "application/json")
    assert response.status_code == 200


@pytest.mark.parametrize(
    ("body", "content_type", "error"),
    [
        (b"grant_type=password", FORM, "Unsupported grant type : password"),
        (b"", FORM, "Unsupported grant type : "),
        (b"grant_type=%ff", FORM, "Unsupported grant type : �"),
        (b"\xff", FORM, "The form cannot be read."),
        (b"a=1&" * 20, FORM, "The form cannot be read."),
        (b"[]", "application/json", "Unsupported grant type : "),
        (b'{"grant_type": {"a": 1}}', "application/json", "Unsupported grant type : {'a': 1}"),
        (
            b"{",
            "application/json",
            "The body is not valid JSON: Expecting property name enclosed in double quotes at line 1, column 2",
        ),
    ],
)
def test_another_grant_type_is_refused(center, body, content_type, error):
    response = ask(basic(center.key, center.secret), body, content_type)
    assert problem(response) == (400, {"ErrorCode": "invalid_request", "Error": error})


@pytest.mark.parametrize(
    "header",
    [
        "",
        "Basic",
        "Basic !!!",
        "Basic " + base64.b64encode(b"\xff:\xff").decode(),
        "Bearer abc",
        basic("cck_unknown", "secret"),
        basic("", ""),
    ],
)
def test_without_credentials_there_is_no_token(center, header):
    status, body = problem(ask(header))
    assert status == 401
    assert body["ErrorCode"] == "invalid_client"
    assert body["Error"] in {"Client credentials are missing.", "Client credentials are invalid."}


def test_a_wrong_secret_gets_no_token(center, other):
    for secret in ("", "wrong", other.secret, center.secret[:-1], center.secret + "x"):
        response = ask(basic(center.key, secret))
        assert problem(response) == (
            401,
            {"ErrorCode": "invalid_client", "Error": "Client credentials are invalid."},
        )
        assert response["WWW-Authenticate"] == 'Basic realm="Chat API"'


def test_a_token_with_get_is_not_allowed(db):
    response = Client().get(TOKEN)
    assert problem(response) == (
        405,
        {"ErrorCode": "method_not_allowed", "Error": "Method GET is not allowed here."},
    )
    assert response["Allow"] == "POST"


def test_neither_key_nor_secret_is_stored(center):
    row = ApiKey.objects.filter(pk=center.api_key.pk).values().get()
    assert center.key not in str(row)
    assert center.secret not in str(row)


def test_a_revoked_key_stops_its_tokens_at_once(api, center):
    assert api.get("channels").status_code == 200
    revoke_api_key(center.api_key)
    assert problem(api.get("channels")) == (401, INVALID)
    assert problem(ask(basic(center.key, center.secret)))[0] == 401


def test_an_expired_token_is_refused(center):
    token = issue_token(center.api_key, timezone.now() - timedelta(hours=1, seconds=1))
    response = Caller(center, token=token).get("channels")
    assert problem(response) == (401, EXPIRED)
    assert response["WWW-Authenticate"] == 'Bearer realm="Chat API"'


def test_the_setting_says_how_long_a_token_lives(center, settings):
    settings.CONTACTCENTER_CHAT = {"TOKEN_SECONDS": 60}
    response = ask(basic(center.key, center.secret))
    assert response.json()["expires_in"] == "60"
    old = issue_token(center.api_key, timezone.now() - timedelta(seconds=61))
    assert problem(Caller(center, token=old).get("channels")) == (401, EXPIRED)


def forged(center, **changes):
    claims = {"sub": center.api_key.pk, "exp": int(timezone.now().timestamp()) + 60}
    return jwt.encode({**claims, **changes}, "x" * 32, "HS256")


@pytest.mark.parametrize("scheme", ["Bearer", "bearer", "BearerToken"])
def test_how_the_scheme_is_written_does_not_matter(api, scheme):
    assert api.get("channels", Authorization=f"{scheme} {api.token}").status_code == 200


def test_what_is_no_token_is_refused(api, center):
    unsigned = jwt.encode({"sub": center.api_key.pk}, None, "none")
    halves = api.token.rsplit(".", 1)
    for header in (
        "",
        "Bearer",
        "Bearer ",
        "Bearer abc",
        "Bearer é",
        "Basic " + api.token,
        api.token,
        f"Bearer {forged(center)}",
        f"Bearer {unsigned}",
        f"Bearer {halves[0]}.",
        f"Bearer {halves[0]}.{halves[1][::-1]}",
    ):
        assert problem(api.get("channels", Authorization=header)) == (401, INVALID)


def test_tokens_outlive_a_change_of_the_secret_key_that_keeps_the_old_one(api, settings):
    old = settings.SECRET_KEY
    settings.SECRET_KEY, settings.SECRET_KEY_FALLBACKS = "new" * 20, [old]
    assert api.get("channels").status_code == 200
    settings.SECRET_KEY_FALLBACKS = []
    assert problem(api.get("channels")) == (401, INVALID)


def test_a_path_of_another_tenant_is_forbidden(api, other):
    response = api.get(f"{api.root}tenant/{other.tenant.label}/channels")
    assert problem(response) == (
        403,
        {
            "message": "The tenant does not belong to customer.",
            "errors": ["Tenant museum does not belong to customer college."],
        },
    )


OPERATIONS = [
    ("GET", "web-hooks", "webhooks.read"),
    ("POST", "web-hooks", "webhooks.write"),
    ("POST", "web-hooks/verify", "webhooks.read"),
    ("GET", "web-hooks/x", "webhooks.read"),
    ("PUT", "web-hooks/x", "webhooks.write"),
    ("DELETE", "web-hooks/x", "webhooks.write"),
    ("GET", "channels", "channels.read"),
    ("HEAD", "channels", "channels.read"),
    ("POST", "channels", "channels.write"),
    ("GET", "channels/x", "channels.read"),
    ("PUT", "channels/x", "channels.write"),
    ("DELETE", "channels/x", "channels.write"),
    ("GET", "conversations", "conversations.read"),
    ("POST", "conversations", "conversations.write"),
    ("GET", "conversations/x", "conversations.read"),
    ("GET", "conversations/x/participants", "conversations.read"),
    ("DELETE", "conversations/x/participants/customer", "conversations.write"),
    ("GET", "conversations/x/messages", "conversations.read"),
    ("POST", "conversations/x/messages", "conversations.write"),
    ("GET", "conversations/x/events", "conversations.read"),
    ("GET", "articles?q=x", "articles.read"),
]


@pytest.mark.parametrize(("method", "path", "scope"), OPERATIONS)
def test_each_operation_needs_its_scope(center, receiver, method, path, scope):
    def status_with(*scopes):
        new = create_api_key(tenant=center.tenant, name="App", scopes=scopes)
        center.api_key = new.api_key
        return Caller(center).call(method, path, b"{}" if method in {"POST", "PUT"} else b"").status_code

    needed = f"vcc-chat.{scope}"
    assert status_with(needed) in {200, 400, 404}
    assert status_with(*(set(SCOPES) - {needed})) == 403


def test_a_missing_scope_is_named(center):
    new = create_api_key(tenant=center.tenant, name="App", scopes=["vcc-chat.channels.write"])
    center.api_key = new.api_key
    assert problem(Caller(center).get("channels")) == (403, plain("The scope vcc-chat.channels.read is required."))


@pytest.mark.parametrize("root", ["/vcc/us/chat/v2", "/vcc/eu/chat/v2", "/chat-gateway/v1"])
def test_the_public_key_is_open_to_everybody(center, root):
    key = SigningKey.objects.get(tenant=center.tenant)
    response = Client().get(f"{root}/jwk/{key.pk}/public")
    assert response.status_code == 200
    assert response["Content-Type"] == "application/json"
    body = response.json()
    assert list(body) == ["kty", "e", "kid", "n"]
    assert (body["kty"], body["e"], body["kid"]) == ("RSA", "AQAB", key.pk)
    assert jwt.PyJWK({**body, "alg": "RS256"}).key.key_size == 2048


def test_a_retired_key_is_published_for_a_while(center):
    old = SigningKey.objects.get(tenant=center.tenant)
    path = f"/vcc/us/chat/v2/jwk/{old.pk}/public"
    rotate_signing_key(center.tenant, overlap=timedelta(days=1))
    assert Client().get(path).status_code == 200
    SigningKey.objects.filter(pk=old.pk).update(published_until=timezone.now())
    assert Client().get(path).status_code == 404


def test_a_public_key_in_an_unknown_region(db):
    status, body = problem(Client().get("/vcc/xx/chat/v2/jwk/EXaiWfZe20eSjklZ70074w/public"))
    assert (status, body["resourceId"]) == (404, "EXaiWfZe20eSjklZ70074w")


@pytest.mark.parametrize("key_id", ["EXaiWfZe20eSjklZ70074w", "undefined", "a%00b", "x" * 300, "%F0%9F%91%8B"])
def test_an_unknown_public_key_has_its_own_problem(db, key_id):
    status, body = problem(Client().get(f"/vcc/us/chat/v2/jwk/{key_id}/public"))
    body.pop("resourceId")
    assert (status, body) == (
        404,
        {
            "type": "ClientError",
            "title": "Resource not found.",
            "status": 404,
            "detail": "Resource may not exist or is not accessible.",
            "resourceType": "JWKPublic",
            "instance": "ResourceNotFound",
        },
    )


def test_credentials_may_be_percent_encoded(center):
    """As OAuth 2 has it."""
    encoded = ["".join(f"%{byte:02X}" for byte in each.encode()) for each in (center.key, center.secret)]
    assert ask(basic(*encoded)).status_code == 200
    assert ask(basic(encoded[0], encoded[1] + "x")).status_code == 401
