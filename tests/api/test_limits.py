"""Does each limit have one owner? Readers and descriptions follow the tables and the settings of the moment."""

import ast
from dataclasses import asdict
from pathlib import Path

import pytest

import contactcenter_chat
from contactcenter_chat.actions.bots.after_agent import SILENCE_MINUTES, TOTAL_MINUTES
from contactcenter_chat.api.base import limits
from contactcenter_chat.api.docs import describe_api
from contactcenter_chat.exceptions import InvalidFields
from contactcenter_chat.models import Channel, InboundCallback, Participant, Receiver, RemoteKey, Verification
from contactcenter_chat.models.base import max_length
from contactcenter_chat.signature import NAME
from contactcenter_chat.wire.chat_api_v2 import requests as chat_api_v2
from contactcenter_chat.wire.chat_api_v2.names import OWN_NAMES
from contactcenter_chat.wire.chat_gateway_v1 import requests as chat_gateway_v1
from contactcenter_chat.wire.chat_gateway_v1.requests import MILLISECONDS, THINKING_SECONDS
from contactcenter_chat.wire.limits import BRIEF_ITEMS_MAX, BRIEF_SUMMARY_MAX, BRIEF_WORDS_MAX, CODE_MAX, Range
from contactcenter_chat.wire.reading import KEY_MAX
from contactcenter_chat.wire.tolerant import AGENT_MAX
from tests.wire.bodies import BODIES, LIMITS

ROOT = Path(contactcenter_chat.__file__).parent
SETTINGS = {
    "MESSAGE_MAX_LENGTH": 100,
    "HISTORY_MAX_MESSAGES": 7,
    "CUSTOMER_MAX_KEYS": 9,
    "ATTACHMENTS_PER_MESSAGE": 3,
    "CARDS_PER_MESSAGE": 2,
}


def test_limits_are_asked_of_their_owners(settings):
    settings.CONTACTCENTER_CHAT = SETTINGS
    assert asdict(limits()) == {
        "webhook_name": 255,
        "webhook_uri": Receiver._meta.get_field("uri").max_length,
        "channel_name": Channel._meta.get_field("name").max_length,
        "message": 100,
        "history": 7,
        "customer_keys": 9,
        "attachments": 3,
        "cards": 2,
        "total_minutes": TOTAL_MINUTES,
        "silence_minutes": SILENCE_MINUTES,
        "address": Verification._meta.get_field("address").max_length,
    }


# The served description


VERSIONS = {"chat_api_v2": chat_api_v2.VERSION, "chat_gateway_v1": chat_gateway_v1.VERSION}


def bodies_of(wire):
    return describe_api(VERSIONS[wire])["components"]["schemas"]


@pytest.mark.parametrize("wire", ["chat_api_v2", "chat_gateway_v1"])
def test_the_description_follows_the_settings(wire, settings):
    before = describe_api(VERSIONS[wire])
    settings.CONTACTCENTER_CHAT = SETTINGS
    message, conversation = (bodies_of(wire)[name]["properties"] for name in ("MessageRequest", "ConversationRequest"))
    assert message["text"]["maxLength"] == 100
    history = conversation["history"]["properties"]["messages"]
    of_history = (history.get("maxItems"), history["items"]["properties"]["text"].get("maxLength"))
    assert of_history == ((7, 100) if wire == "chat_gateway_v1" else (None, None))  # v2 names no limit
    settings.CONTACTCENTER_CHAT = {}
    assert describe_api(VERSIONS[wire]) is before  # made once for the same limits


def test_it_follows_those_that_one_wire_has(settings):
    settings.CONTACTCENTER_CHAT = SETTINGS
    assert bodies_of("chat_api_v2")["ConversationRequest"]["properties"]["customer"]["maxProperties"] == 9 + 10
    gateway = bodies_of("chat_gateway_v1")
    for name in ("ConversationRequest", "ChangeRequest"):
        assert gateway[name]["properties"]["user"]["properties"]["additionalProperties"]["maxItems"] == 9
    message = gateway["MessageRequest"]["properties"]
    assert (message["attachments"]["maxItems"], message["cards"]["maxItems"]) == (3, 2)


# No number is written in a declaration


def numbers_in(schema):
    """All that a schema says in numbers."""
    if isinstance(schema, dict):
        return {number for each in schema.values() for number in numbers_in(each)}
    if isinstance(schema, list):
        return {number for each in schema for number in numbers_in(each)}
    return {schema} if isinstance(schema, int) and not isinstance(schema, bool) else set()


def flat(values):
    return {each for value in values for each in (value if isinstance(value, Range) else (value,))}


def test_every_number_of_a_schema_is_a_limit():
    described = {number for body in BODIES for number in numbers_in(body.schema(LIMITS))}
    usual = len(OWN_NAMES)  # a customer's names that Chat API v2 has; it allows so many more
    own = {
        KEY_MAX,
        BRIEF_WORDS_MAX,
        BRIEF_SUMMARY_MAX,
        BRIEF_ITEMS_MAX,
        CODE_MAX,
        *THINKING_SECONDS,
        *MILLISECONDS,
        LIMITS.customer_keys + usual,
    } - {None}  # a wire's own
    assert described == flat(vars(LIMITS).values()) | own


WEBHOOK = {"name": "n", "uri": "u"}
MESSAGE = {"channelId": "c", "history": {"messages": [{"text": "x" * 18}]}}
HISTORY = {"channelId": "c", "history": {"messages": [{"text": "x"}] * 4}}
MANY = {f"key-{number}": "v" for number in range(6)}
USUAL = dict.fromkeys(OWN_NAMES, "v")
OTHERS = {"additionalProperties": [{"key": key, "value": "v"} for key in MANY]}


@pytest.mark.parametrize(
    ("name", "body", "complaint"),
    [
        ("WebHookRequest", WEBHOOK | {"name": "x" * 12}, "May not be longer than 11 characters."),
        ("WebHookRequest", WEBHOOK | {"uri": "x" * 24}, "May not be longer than 23 characters."),
        ("WebHookVerifyRequest", {"uri": "x" * 24}, "May not be longer than 23 characters."),
        (
            "ChannelRequest",
            {"name": "x" * 14, "webHookId": 1, "routingOptions": {"id": 1}},
            "May not be longer than 13 characters.",
        ),
        ("MessageRequest", {"text": "x" * 18}, "May not be longer than 17 characters."),
        ("ConversationRequest", MESSAGE, "May not be longer than 17 characters."),
        ("ConversationRequest", HISTORY, "May not have more than 3 items."),
        ("ConversationRequest", {"channelId": "c", "customer": MANY | USUAL}, "May not have more than 15 keys."),
        ("ConversationRequest", {"channelId": "c", "user": OTHERS}, "May not have more than 5 items."),
        ("ChangeRequest", {"user": OTHERS}, "May not have more than 5 items."),
        (
            "PostAgentRequest",
            {"id": 1, "configuration": {"maxTotalMinutes": 42}},
            "Must be a whole number from 31 to 41.",
        ),
        (
            "PostAgentRequest",
            {"id": 1, "configuration": {"userTimeoutInMinutes": 42}},
            "Must be a whole number from 43 to 53.",
        ),
    ],
)
def test_readers_have_the_same_limits(name, body, complaint):
    knowing = {"customer": "chat_api_v2", "user": "chat_gateway_v1", "history": "chat_gateway_v1"}
    wire = next((wire for member, wire in knowing.items() if member in body), "")
    readers = [each for each in BODIES if each.name == name and wire in str(each)]
    assert readers
    for reader in readers:
        with pytest.raises(InvalidFields) as raised:
            reader.read(body, LIMITS)
        assert [each.message for each in raised.value.problems] == [complaint]


def test_a_formats_own_names_do_not_count_among_a_customers_keys():
    known = dict.fromkeys(OWN_NAMES, "v") | dict(list(MANY.items())[1:])
    (reader,) = (each for each in BODIES if each.name == "ConversationRequest" and "chat_api_v2" in str(each))
    assert reader.read({"channelId": "c", "customer": known}, LIMITS).customer == known


# No number is written twice


def test_what_an_agent_is_called_elsewhere_fits_its_columns():
    assert {max_length(Participant, name) for name in ("remote_id", "remote_name")} == {AGENT_MAX}


@pytest.mark.parametrize(("model", "field"), [(InboundCallback, "event_id"), (RemoteKey, "kid")])
def test_what_stands_in_signed_headers_fits_its_columns(model, field):
    longest = max_length(model, field)
    assert NAME.fullmatch("x" * longest)
    assert not NAME.fullmatch("x" * (longest + 1))


LENGTHS = {255, 256, 320, 2000, 16_000}  # of columns and messages, all that are not round or small
# Who owns one besides the tables and the settings: limits of texts that have no column of their own.
OWNERS = {
    ("wire/reading.py", 255),  # KEY_MAX
    ("wire/tolerant.py", 255),  # AGENT_MAX, see above
    ("wire/tolerant.py", 2000),  # words of a refusal
    ("outbound/requests.py", 255),  # what went wrong
    ("outbound/requests.py", 2000),  # an answer
    ("actions/one_by_one.py", 2000),  # an error
    ("wire/limits.py", 255),  # a webhook's name, as answers may hold it
    ("admin/table_import.py", 255),  # a file's name, on the way in
    ("admin/trying_sets.py", 255),  # likewise
    ("simulation/trying/runs.py", 2000),  # a year
}


def modules():
    for path in ROOT.rglob("*.py"):
        name = path.relative_to(ROOT).as_posix()
        if not name.startswith(("models/", "migrations/")) and name != "conf.py":
            yield name, ast.parse(path.read_text())


def test_a_columns_length_is_written_in_its_table_alone():
    written = {
        (name, node.value)
        for name, tree in modules()
        for node in ast.walk(tree)
        if isinstance(node, ast.Constant) and type(node.value) is int and node.value in LENGTHS
    }
    assert written == OWNERS


def test_verbs_cut_texts_by_no_number_of_their_own():
    """Short columns' lengths are too common to be looked for; but who cuts a text asks the table."""
    rooms = ("actions/", "api/", "wire/", "inbound/", "deliveries/", "providers/", "attachments/", "desk/")
    cut = {
        (name, node.upper.value)
        for name, tree in modules()
        if name.startswith(rooms)
        for node in ast.walk(tree)
        if isinstance(node, ast.Slice) and isinstance(node.upper, ast.Constant) and node.upper.value >= 32
    }
    assert cut == {("wire/reading.py", 100), ("wire/reading.py", 200)}  # of what is shown back
