"""A client of Chat Gateway v1 for tests: Django's test client with the API key."""

from django.urls import resolve

from contactcenter_chat.api.chat_gateway_v1.urls import wire_paths

from ..caller import Calls

METHODS = ("GET", "POST", "PUT", "PATCH", "DELETE")
ROOT = "/chat-gateway/v1/"
HAL = "application/hal+json"
VERSION = "Chat Gateway v1.0"


class Gateway(Calls):
    """Calls one contact centre's Chat Gateway v1."""

    def __init__(self, center, *, key=None):
        self.key = center.key if key is None else key
        super().__init__(center, ROOT)

    def known_by(self):
        return {"x-api-key": self.key}


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
