"""A client of the API for tests: Django's test client with a token."""

import base64
import json

from django.test import Client
from django.utils import timezone

from contactcenter_chat.api.authentication import issue_token

PROBLEM = "application/problem+json"


class Caller:
    """Calls one contact centre's API; ``center`` is what ``factories.make_center`` returns."""

    def __init__(self, center, *, region="us", token=None):
        self.center = center
        self.root = f"/vcc/{region}/chat/v2/"
        self.tenant_root = f"{self.root}tenant/{center.tenant.label}/"
        self.token = token or issue_token(center.api_key, timezone.now())
        self.http = Client()

    def call(self, method, path, body=None, *, content_type="application/json", **headers):
        """Call a path below the tenant's, or an absolute one; ``body`` is encoded unless it is bytes."""
        path = path if path.startswith("/") else self.tenant_root + path
        content = body if isinstance(body, bytes) else b"" if body is None else json.dumps(body).encode()
        headers = {"Authorization": f"Bearer {self.token}", **headers}
        return self.http.generic(method, path, content, content_type, headers=headers)

    def get(self, path, **headers):
        return self.call("GET", path, **headers)

    def post(self, path, body=None, **headers):
        return self.call("POST", path, body, **headers)

    def put(self, path, body=None, **headers):
        return self.call("PUT", path, body, **headers)

    def delete(self, path, **headers):
        return self.call("DELETE", path, **headers)


def basic(key, secret):
    """The header that a token is asked for with."""
    return "Basic " + base64.b64encode(f"{key}:{secret}".encode()).decode()


def problem(response):
    """The status and body of a refusal, after a look at its content type."""
    assert response["Content-Type"] == PROBLEM
    return response.status_code, response.json()


def plain(message):
    """The usual body of a refusal with one error."""
    return {"message": message, "errors": [message]}


def invalid(*errors):
    """The body of a refusal that names fields."""
    return {"message": "Constraint Violation", "errors": list(errors)}
