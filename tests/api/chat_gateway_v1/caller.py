"""A client of Chat Gateway v1 for tests: Django's test client with the API key."""

import json

from django.test import Client
from django.urls import resolve

from contactcenter_chat.api.chat_gateway_v1.urls import wire_paths

METHODS = ("GET", "POST", "PUT", "PATCH", "DELETE")
ROOT = "/chat-gateway/v1/"
HAL = "application/hal+json"
VERSION = "Chat Gateway v1.0"


class Gateway:
    """Calls one contact centre's Chat Gateway; ``center`` is what ``factories.make_center`` returns."""

    def __init__(self, center, *, key=None):
        self.center = center
        self.key = center.key if key is None else key
        self.http = Client()

    def call(self, method, path, body=None, *, content_type="application/json", **headers):
        """Call a path below the wire's, or an absolute one; ``body`` is encoded unless it is bytes."""
        path = path if path.startswith("/") else ROOT + path
        content = body if isinstance(body, bytes) else b"" if body is None else json.dumps(body).encode()
        return self.http.generic(method, path, content, content_type, headers={"x-api-key": self.key, **headers})

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


def operations():
    """Every operation as (method, route), as the paths and their views say."""
    return {
        (method, each.pattern._route)
        for each in wire_paths
        for method in METHODS
        if hasattr(each.callback.cls, method.lower())
    }


def route_of(path):
    """The route of a path as ``Gateway.call`` takes it."""
    return resolve(path if path.startswith("/") else ROOT + path).route


def items(response, name):
    """The rows of a list."""
    assert (response.status_code, response["Content-Type"]) == (200, HAL)
    return response.json()["_embedded"][name]


def general(code, message):
    """The usual body of a refusal with one error."""
    return {"message": message, "errors": [{"code": code, "message": message}]}


def invalid(*errors):
    """The body of a refusal that names fields, each as (code, sentence)."""
    return {
        "message": "Constraint Violation",
        "errors": [{"code": code, "message": message} for code, message in errors],
    }


def text(message):
    """The body of what is forbidden or not there."""
    return {"message": message, "errors": [message]}


def unknown(resource_type, resource_id):
    return text(f"Resource of type {resource_type} with id {resource_id} was not found.")
