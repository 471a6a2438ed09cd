"""A client of each API for tests: Django's test client; for Chat API v2, with a token."""

import base64
import json

from django.test import Client
from django.utils import timezone

from contactcenter_chat.api.authentication import issue_token

PROBLEM = "application/problem+json"


class Calls:
    """What clients of all wires share; ``center`` is what ``factories.make_center`` returns."""

    def __init__(self, center, below):
        self.center = center
        self.below = below  # where paths begin that are not absolute
        self.http = Client()

    def known_by(self):
        """The header that says who calls."""
        raise NotImplementedError

    def call(self, method, path, body=None, *, content_type="application/json", **headers):
        """Call a path of the wire, or an absolute one; ``body`` is encoded unless it is bytes."""
        path = path if path.startswith("/") else self.below + path
        content = body if isinstance(body, bytes) else b"" if body is None else json.dumps(body).encode()
        return self.http.generic(method, path, content, content_type, headers={**self.known_by(), **headers})

    def get(self, path, **headers):
        return self.call("GET", path, **headers)

    def post(self, path, body=None, **headers):
        return self.call("POST", path, body, **headers)

    def put(self, path, body=None, **headers):
        return self.call("PUT", path, body, **headers)

    def patch(self, path, body=None, **headers):
        return self.call("PATCH", path, body, **headers)

    def delete(self, path, **headers):
        return self.call("DELETE", path, **headers)


class Caller(Calls):
    """Calls one contact centre's Chat API v2."""

    def __init__(self, center, *, region="us", token=None):
        self.root = f"/vcc/{region}/chat/v2/"
        self.token = token or issue_token(center.api_key, timezone.now())
        super().__init__(center, f"{self.root}tenant/{center.tenant.label}/")

    def known_by(self):
        return {"Authorization": f"Bearer {self.token}"}


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
