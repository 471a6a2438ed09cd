"""Do readers and schemas say the same of a body? Both come from one declaration, so each is tried on the other."""

import pytest
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st
from jsonschema import Draft202012Validator

from contactcenter_chat.exceptions import InvalidFields
from contactcenter_chat.storable import is_blank

from .bodies import BODIES, LIMITS
from .json_values import allowed, around

# Of these the schema says more than the readers do: others look at them (addresses when they are verified, cards and
# the number of files and cards when they are sent), or leniency is not described (letter case, an alias).
CHECKED_ELSEWHERE = {"uri", "content", "contentType", "attachments", "cards"}
LENIENT = {"removed", "notifyChannelWebhookIfExists", "externalProvider", "user"}  # and other members of a user

a_body = pytest.mark.parametrize("body", BODIES, ids=str)


def test_every_schema_has_its_reader():
    declared = {(body.schemas, name) for body in BODIES for name in body.schemas.REQUESTS}
    read = {(body.schemas, body.name) for body in BODIES}
    assert {name for _schemas, name in declared - read} == {"CardRequest"}  # a part of a message


@a_body
@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.data())
def test_what_the_schema_allows_is_read(body, data):
    """The promise to clients: what the description allows is read without a complaint.

    Three things no schema of ours says: a message holds something, and no text where it names another place; a script
    has a name, and a queue need not.
    """
    example = data.draw(allowed(body.schema(LIMITS)))
    if body.name == "MessageRequest":
        text = not is_blank(example.get("text") or "")
        assume(text or any(example.get(name) for name in ("externalProvider", "attachments", "cards")))
        assume(not (text and example.get("externalProvider")))
    assigned = example.get("assignment") or {}
    assume(assigned.get("type") != "script" or assigned.get("id") is not None)
    body.read(example, LIMITS)


@a_body
@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.data())
def test_what_is_read_the_schema_allows(body, data):
    """The other way round it holds but for what is named above: there clients may send more than is described."""
    example = data.draw(around(body.schema(LIMITS)))
    try:
        body.read(example, LIMITS)
    except InvalidFields:
        return
    errors = Draft202012Validator(plain(body.schema(LIMITS))).iter_errors(example)
    wrong = [list(error.absolute_path) for error in errors]
    assert [path for path in wrong if not {*path} & (CHECKED_ELSEWHERE | LENIENT)] == []


def plain(schema):
    """A schema as JSON Schema has it: there is no ``nullable``."""
    if isinstance(schema, list):
        return [plain(each) for each in schema]
    if not isinstance(schema, dict):
        return schema
    same = {name: plain(each) for name, each in schema.items() if name != "nullable"}
    return {"anyOf": [{"type": "null"}, same]} if schema.get("nullable") is True else same
