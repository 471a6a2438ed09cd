"""Does a format alone know what it calls things, and does it tell what it declares?"""

import re
from pathlib import Path

import pytest

import contactcenter_chat
from contactcenter_chat import events
from contactcenter_chat.actions.recording import FILLED_IN
from contactcenter_chat.events import Event
from contactcenter_chat.wire import chat_api_v2, chat_gateway_v1
from contactcenter_chat.wire.base import formats

ROOT = Path(contactcenter_chat.__file__).parent
FORMATS = ("chat_api_v2", "chat_gateway_v1")

# Names of formats, versions, kinds of events, and members of bodies that no format but these two could have.
WORDS = (
    *FORMATS,
    "Chat API v",
    "Chat Gateway",
    "v2.0",
    "WEB_HOOK_VERIFY",
    "AGENT_JOINED",
    "AGENT_LEFT",
    "CONVERSATION_UPDATE",
    "MEMBERS_CHANGED",
    "assignment.id",
    "authorType",
    "channelId",
    "contentType",
    "conversationId",
    "createdAt",
    "customerId",
    "emailVerified",
    "eventType",
    "externalProvider",
    "isEcho",
    "messageType",
    "notificationVersion",
    "preSignedUrl",
    "routingOption",
    "timezoneOffset",
    "userId",
    "webHookId",
    "8x8",
    "BearerToken",
    "JWKPublic",
    "WebHook",
    "_embedded",
    "faultstring",
    "vcc",
)
PLACES = re.compile(rf"(wire|api)/({'|'.join(FORMATS)})/|providers/({'|'.join(FORMATS)})\.py|migrations/|locale/")
# What is no knowledge of the house, and why.
ELSEWHERE = {
    "client.py": WORDS,  # what a client application of Chat API v2 runs: it is no part of a contact centre
    "conf.py": FORMATS,  # the default of WIRE_FORMATS
    "signature.py": ("8x8",),  # every format's callbacks are signed alike; so are the headers called
    "actions/setup/tenants.py": ("vcc",),  # scopes belong to keys, and a key may be used with every format
    "events.py": ("8x8",),  # the media type of a kind of card, which is kept with each card
    # Where who waits stands, as all formats are answered: none of them has anything of it.
    "api/operations/waiting.py": ("channelId", "conversationId"),
    "wire/waiting.py": ("channelId", "conversationId"),
    # How sure it is who a customer is, likewise.
    "api/operations/handover.py": ("conversationId",),
    "wire/handover.py": ("conversationId",),
    "api/operations/verification.py": ("conversationId",),
    "wire/verification.py": ("conversationId",),
    # What a team's assistants read and write, whatever format the applications speak.
    "management/assistants/catalogue.py": ("conversationId",),
    "management/assistants/conversations.py": ("conversationId",),
    "management/assistants/knowledge.py": ("conversationId",),
    # A file of an article, as all formats are answered.
    "api/operations/articles.py": ("contentType",),
    "wire/articles.py": ("contentType",),
    "wire/tolerant.py": ("_embedded", "faultstring"),  # gateways before a centre answer in one another's shapes
}


def sources():
    for path in sorted(ROOT.rglob("*")):
        name = path.relative_to(ROOT).as_posix()
        if path.suffix in (".py", ".html", ".txt", ".js") and not PLACES.match(name):
            yield name, path.read_text(encoding="utf-8")


def said(name, text):
    """The words of a format in a file, but for a package's map of its modules, which names them all."""
    lines = text.splitlines()
    if name.endswith("__init__.py"):
        lines = [line for line in lines if not line.startswith("- ``")]
    found = {word for word in WORDS if any(word in line for line in lines)}
    return found - set(ELSEWHERE.get(name, ()))


def test_nobody_else_says_a_formats_words():
    assert {name: words for name, text in sources() if (words := said(name, text))} == {}


def test_what_is_excused_is_still_said():
    texts = dict(sources())
    assert all(any(word in texts[name] for word in words) for name, words in ELSEWHERE.items())
    assert texts["conf.py"].count('FORMAT"') == len(FORMATS)
    assert "chat_api_v2" in said("actions/recording.py", "from ..wire.chat_api_v2 import callbacks")


def test_the_settings_name_the_formats_that_there_are():
    assert formats() == (chat_api_v2.FORMAT, chat_gateway_v1.FORMAT)


@pytest.mark.parametrize("spoken", formats(), ids=lambda spoken: spoken.version)
def test_what_is_to_be_filled_in_can_be(spoken):
    unkept = {name for told in spoken.tells for name in told.unkept}
    assert spoken.fills <= FILLED_IN.keys()
    assert spoken.fills <= unkept


@pytest.mark.parametrize(
    ("telling", "told"),
    [
        (
            chat_api_v2.FORMAT,
            {
                events.InteractionQueued,
                events.AgentJoined,
                events.AgentLeft,
                events.InteractionTransferred,
                events.ConversationHandedBack,
                events.MessageAdded,
            },
        ),
        (
            chat_gateway_v1.FORMAT,
            {
                events.ConversationStarted,
                events.ConversationActivated,
                events.ConversationIdled,
                events.ConversationUpdated,
                events.ConversationAssigned,
                events.InteractionQueued,
                events.InteractionTransferred,
                events.CustomerLeft,
                events.AgentJoined,
                events.AgentLeft,
                events.MessageAdded,
                events.MessagesRead,
                events.CardSubmitted,
                events.CardExecuted,
            },
        ),
        (chat_api_v2.FORMAT.outgoing, {events.ConversationStarted, events.MessageAdded, events.CustomerLeft}),
        (
            chat_gateway_v1.FORMAT.outgoing,
            {events.ConversationStarted, events.MessageAdded, events.ConversationUpdated, events.CustomerLeft},
        ),
    ],
    ids=lambda each: getattr(each, "version", ""),
)
def test_which_facts_are_told(telling, told):
    assert telling.tells == told
    assert all(issubclass(each, Event) for each in telling.tells)


@pytest.mark.parametrize("spoken", FORMATS)
def test_every_kind_of_event_is_declared(spoken):
    """The constants of the module of callbacks that name one, but for the verification."""
    module = {"chat_api_v2": chat_api_v2, "chat_gateway_v1": chat_gateway_v1}[spoken].callbacks
    of_bodies = {value for name, value in vars(module).items() if name == value} - {module.WEB_HOOK_VERIFY}
    assert set(module.EVENT_TYPES) == of_bodies
