"""Chat Gateway v1's own description: complete, true to the published one, and readable in a browser."""

import json
import os
from pathlib import Path

import pytest
import yaml
from django.test import Client
from drf_spectacular.drainage import GENERATOR_STATS
from drf_spectacular.validation import validate_schema

from contactcenter_chat.api.docs import describe_api
from contactcenter_chat.workers import process

from ..openapi import json_body, names_in, operations, parameters_of, resolved


@pytest.fixture
def description():
    return describe_api("Chat Gateway v1.0")


def test_it_is_valid_and_made_without_a_warning():
    process.forget_all()
    GENERATOR_STATS.reset()
    validate_schema(describe_api("Chat Gateway v1.0"))
    assert not GENERATOR_STATS


def test_every_reference_leads_somewhere_and_every_schema_is_used(description):
    named = {part.split('"')[0] for part in json.dumps(description).split("#/components/schemas/")[1:]}
    assert named == set(description["components"]["schemas"])


def test_it_is_served_with_a_page(db):
    response = Client().get("/api/gateway/schema/")
    assert response["Content-Type"] == "application/json"
    assert response.json() == json.loads(json.dumps(describe_api("Chat Gateway v1.0")))
    assert 'data-schema="/api/gateway/schema/"' in Client().get("/api/gateway/docs/").content.decode()


# The published description requires properties that it does not define, or not in this object.
REQUIRED_BUT_UNDEFINED = {"data", "messages", "cards", "notificationVersion", "size", "type"}


@pytest.fixture
def published():
    """The published description, mended in memory."""
    text = (Path(os.environ["CONTACTCENTER_SPEC_DIR"]) / "chat_gateway_v1.openapi.yml").read_text()
    description = yaml.safe_load(text)
    mend(description["components"]["schemas"])
    # Described by what is inside of them, a level too deep.
    text_payload = description["components"]["schemas"]["SendConversationMessagePayload"]["allOf"][0]
    del text_payload["properties"]["text"]["required"], text_payload["properties"]["text"]["additionalProperties"]
    external = description["components"]["schemas"]["SendConversationMessageWithExternalProviderPayload"]["allOf"][0]
    external["properties"] |= external.pop("allOf")[0]["properties"]
    return description


def mend(value):
    """Take away what is required without being defined."""
    if isinstance(value, dict):
        if isinstance(value.get("required"), list):
            undefined = REQUIRED_BUT_UNDEFINED - set(value.get("properties", {}))
            value["required"] = [each for each in value["required"] if each not in undefined]
        for each in value.values():
            mend(each)
    elif isinstance(value, list):
        for each in value:
            mend(each)


def all_of(published):
    """The published operations by method and path."""
    found = operations(resolved(published, published))
    assert len(found) == 34
    return found


@pytest.mark.spec
def test_every_published_operation_is_there_with_its_parameters_and_answers(description, published):
    ours = operations(resolved(description, description))
    for key, operation in all_of(published).items():
        assert key in ours
        assert parameters_of(operation) <= parameters_of(ours[key]), key
        assert set(operation["responses"]) <= set(ours[key]["responses"]), key
        assert ("requestBody" in operation) == ("requestBody" in ours[key]), key
        assert bool(operation.get("security")) == bool(ours[key].get("security")), key


def takes_anything(schema):
    """Whether a request may have any members: what is typed into a card has the names of its fields."""
    return schema.get("additionalProperties") is True


def is_ignored(names):
    """Whether a request's member is not looked at.

    Files and cards of what was said before the conversation began (there is nothing yet that they could be in), and
    what only answers say of a card.
    """
    if names[0] == "history":
        return bool({"attachments", "cards"} & set(names))
    return names[0] == "cards" and names[-1] in {"id", "actionSubmitted", "actionExecuted"}


@pytest.mark.spec
def test_every_published_property_is_there(description, published):
    ours = operations(resolved(description, description))
    for key, operation in all_of(published).items():
        if "requestBody" in operation and not takes_anything(json_body(ours[key]["requestBody"])):
            missing = names_in(json_body(operation["requestBody"])) - names_in(json_body(ours[key]["requestBody"]))
            assert {names for names in missing if not is_ignored(names)} == set(), key
        for status, response in operation["responses"].items():
            if "content" not in response or key[1].endswith("/public"):
                continue
            missing = names_in(json_body(response)) - names_in(json_body(ours[key]["responses"][status]))
            assert missing == set(), (key, status)


@pytest.mark.spec
def test_answers_have_the_published_media_type(description, published):
    ours = operations(description)
    for key, operation in all_of(published).items():
        for status, response in operation["responses"].items():
            if "content" in response:
                assert set(response["content"]) <= set(ours[key]["responses"][status]["content"]), (key, status)


def mistakable(schema):
    """Every object with a property that is called as a keyword is."""
    if isinstance(schema, list):
        return [found for each in schema for found in mistakable(each)]
    if not isinstance(schema, dict):
        return []
    own = [schema] if "additionalProperties" in (schema.get("properties") or {}) else []
    return own + [found for each in schema.values() for found in mistakable(each)]


def test_a_property_that_is_called_as_a_keyword_is_told_apart():
    found = mistakable(describe_api("Chat Gateway v1.0"))
    assert len(found) == 3  # the customer as it is sent, changed and answered
    assert [each["additionalProperties"] for each in found] == [False] * 3
    assert mistakable(describe_api("v2.0")) == []
