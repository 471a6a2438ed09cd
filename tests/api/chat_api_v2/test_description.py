"""The API's own description: complete, true to the published one, and readable in a browser."""

import copy
import json
import os
from pathlib import Path

import pytest
from django.contrib.staticfiles import finders
from django.test import Client
from drf_spectacular.drainage import GENERATOR_STATS
from drf_spectacular.validation import validate_schema

from contactcenter_chat.api.docs import describe_api
from contactcenter_chat.workers import process

from ..openapi import json_body, names_in, operations, parameters_of, resolved

# The published description requires properties that it does not define.
REQUIRED_BUT_UNDEFINED = {
    "WebHookV2CreateRequest": {"notificationVersion"},
    "WebHookV2PutRequest": {"notificationVersion"},
    "CreateTransactionRequest": {"user"},
    "MessageResult": {"type", "senderId"},
    "MessageListResult": {"participants"},
}


@pytest.fixture
def description():
    return describe_api("v2.0")


def test_it_is_valid_and_made_without_a_warning(description):
    process.forget_all()
    GENERATOR_STATS.reset()
    validate_schema(describe_api("v2.0"))
    assert not GENERATOR_STATS


def test_it_holds_every_path_that_is_served(description):
    assert len(operations(description)) == 29  # the vendor's 20, and what is our own
    assert len({operation["operationId"] for operation in operations(description).values()}) == 29


def test_every_reference_leads_somewhere(description):
    text = json.dumps(description)
    for name in {part.split('"')[0] for part in text.split("#/components/schemas/")[1:]}:
        assert name in description["components"]["schemas"]


def test_every_schema_is_used(description):
    text = json.dumps(description)
    unused = {name for name in description["components"]["schemas"] if f'schemas/{name}"' not in text}
    assert unused == set()


def test_it_is_served_as_json(db):
    response = Client().get("/api/schema/")
    assert response.status_code == 200
    assert response["Content-Type"] == "application/json"
    assert response.json() == json.loads(json.dumps(describe_api("v2.0")))


def test_its_page_loads_nothing_from_elsewhere(db):
    page = Client().get("/api/docs/").content.decode()
    assert 'data-schema="/api/schema/"' in page
    assert "<script>" not in page
    assert "//" not in page.replace("<!DOCTYPE html>", "")
    for part in page.split('"'):
        if part.startswith("/static/"):
            assert finders.find(part.removeprefix("/static/")), part


def test_neither_page_can_be_posted_to(db):
    assert Client().post("/api/schema/").status_code == 405
    assert Client().post("/api/docs/").status_code == 405


@pytest.fixture
def published():
    """The published description, mended in memory."""
    text = (Path(os.environ["CONTACTCENTER_SPEC_DIR"]) / "chat_api_v2.openapi.json").read_text()
    description = json.loads(text)
    schemas = description["components"]["schemas"]
    for name, undefined in REQUIRED_BUT_UNDEFINED.items():
        for part in schemas[name].get("allOf", [schemas[name]]):
            if "required" in part:
                part["required"] = [each for each in part["required"] if each not in undefined]
    schemas["ConversationParticipants"] = {
        "type": "array",  # described as one participant
        "items": copy.deepcopy(schemas["ConversationParticipants"]),
    }
    return description


@pytest.mark.spec
def test_every_published_operation_is_there_with_its_parameters_and_answers(description, published):
    ours = operations(resolved(description, description))
    theirs = operations(resolved(published, published))
    assert len(theirs) == 20
    for key, operation in theirs.items():
        assert key in ours
        assert parameters_of(operation) <= parameters_of(ours[key]), key
        assert set(operation["responses"]) <= set(ours[key]["responses"]), key
        assert ("requestBody" in operation) == ("requestBody" in ours[key]), key
        assert bool(operation.get("security")) == bool(ours[key].get("security")), key


@pytest.mark.spec
def test_every_published_property_is_there(description, published):
    ours = operations(resolved(description, description))
    for key, operation in operations(resolved(published, published)).items():
        if "requestBody" in operation:
            missing = names_in(json_body(operation["requestBody"])) - names_in(json_body(ours[key]["requestBody"]))
            assert missing == set(), key
        for status, response in operation["responses"].items():
            if not status.startswith("2") or "content" not in response:
                continue
            schema = json_body(response)
            if schema.get("type") == "string":  # the public key: described as a string, shown as an object
                schema = {"properties": {name: {} for name in schema["example"]}}
            missing = names_in(schema) - names_in(json_body(ours[key]["responses"][status]))
            assert missing <= customer_names(), (key, missing)


def customer_names():
    """In answers, the customer's data are described as any strings."""
    fields = ("name", "customerId", "email", "company", "caseId", "language")
    return {(*path, "customer", name) for path in ((), ("data", "[]")) for name in fields}
