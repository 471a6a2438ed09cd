"""Does no secret get into a log, or a report of an error, with whatever holds it?"""

import dataclasses
import importlib
import inspect
import re
from pathlib import Path

import pytest
from celery import current_app
from django.core import mail

import contactcenter_chat
from contactcenter_chat import tasks
from contactcenter_chat.actions.setup import tenants, webhooks
from contactcenter_chat.actions.verification import send_code
from contactcenter_chat.api.authentication import authenticate_client
from contactcenter_chat.client import ChatApiClient
from contactcenter_chat.encryption import decrypt
from contactcenter_chat.events import MessageAdded
from contactcenter_chat.exceptions import ContactCenterError, Unauthorized
from contactcenter_chat.models import Receiver, SigningKey
from contactcenter_chat.outbound.connections import Request
from contactcenter_chat.outbound.requests import Call, Response
from contactcenter_chat.outbound.tokens import AccessToken
from contactcenter_chat.queries import signing_keys
from contactcenter_chat.signature import NewKeys, Transmission, new_keys
from tests.factories import make_center, make_tenant, make_webhook, start_conversation

PACKAGE = Path(contactcenter_chat.__file__).parent
SECRET = "whsec_neverToBeSeen"
TELLING = re.compile(
    r"secret|token|password|passphrase|credential|private_|pem\b|_pem|headers|signature|\burl\b|\bkey\b"
)
NO_SECRETS = {  # what is only called so
    "Command.key": "the same on every attempt; sent, and good for nothing else",
    "Completion.tokens": "how many a model took",
    "Endpoint.url": "where the project's settings say that a model is",
    "Talk.tokens": "how many a model took",
    "Written.tokens": "how many a model took",
    "Entries.key": "what the keys of a part of a centre's file are",
    "Image.url": "a card's picture, as its author gave it to be seen",
    "LeasedLane.token": "a number that fences a lease",
    "Document.key": "the name of a document in its source",
    "Link.url": "a card's link, to be followed",
    "Place.key": "of a page: the last row's own",
    "Step.key": "the name of a column",
    "Table.key": "what the keys of a part of a centre's file are",
}


def shown(value):
    return f"{value!r} {value}"


def holders():
    """Every dataclass and NamedTuple of the package."""
    for path in PACKAGE.rglob("*.py"):
        names = path.relative_to(PACKAGE.parent).with_suffix("").parts
        if not {"migrations", "management"} & set(names):
            module = importlib.import_module(".".join(names).removesuffix(".__init__"))
            for _name, cls in inspect.getmembers(module, inspect.isclass):
                if cls.__module__ == module.__name__ and (dataclasses.is_dataclass(cls) or hasattr(cls, "_fields")):
                    yield cls


def names_shown(cls):
    if dataclasses.is_dataclass(cls):
        return {each.name for each in dataclasses.fields(cls) if each.repr}
    return set() if "hidden" in inspect.getdoc(cls.__repr__) else set(cls._fields)


def test_nothing_that_is_called_like_a_secret_is_shown():
    telling = {f"{cls.__name__}.{name}" for cls in holders() for name in names_shown(cls) if TELLING.search(name)}
    assert telling == NO_SECRETS.keys()


@pytest.mark.django_db
def test_new_keys_of_clients_are_not_shown():
    new = make_tenant()
    only_key = tenants.create_api_key(tenant=new.tenant, name="Portal")
    for made in (new, only_key):
        for secret in (made.key, made.secret):
            assert secret not in shown(made)
            assert secret not in shown(made.api_key)
    assert make_center().api_key.key_hash not in shown(new)


@pytest.mark.django_db
def test_secrets_of_webhooks_and_what_signs_are_not_shown():
    tenant = make_tenant().tenant
    receiver = Receiver.objects.get(pk=make_webhook(tenant).pk)
    assert SECRET not in shown(webhooks.Verified("https://portal.example", "v2.0", SECRET))
    assert decrypt(receiver.secret) not in shown(receiver) + shown(receiver.webhook)
    row = SigningKey.objects.get(tenant=tenant)
    assert decrypt(row.rsa_private) not in shown(row)
    signer = signing_keys.signer_for(tenant.pk)
    assert "PRIVATE" not in shown(signer)


@pytest.mark.django_db
def test_a_customers_code_and_address_are_not_shown():
    conversation = start_conversation(make_center().channel, email="grace@example.org")
    sent = send_code(conversation_id=conversation.pk)
    code = re.search("[0-9]{6}", mail.outbox[0].body)[0]
    told = shown(sent) + "".join(map(shown, conversation.log.values_list("data", flat=True)))
    assert code not in str(vars(sent)) + told
    assert "grace@" not in told


def test_new_signing_keys_are_not_shown_but_can_be_told_apart():
    keys = new_keys("kid-1")
    assert "PRIVATE" not in shown(keys)
    assert shown(keys) == "NewKeys('kid-1') NewKeys('kid-1')"
    assert NewKeys(*keys) == keys


@pytest.mark.parametrize(
    "value",
    [
        Call("POST", f"https://x/?s={SECRET}", SECRET.encode(), {"x-api-key": SECRET}, 0.0, 0.0, True, 0, None),
        Request("POST", f"/?signature={SECRET}", {"Authorization": f"Bearer {SECRET}"}, SECRET.encode()),
        Response(duration_ms=1, status=200, text=f'{{"access_token": "{SECRET}"}}', content=SECRET.encode()),
        Transmission("college", "e1", 0, 0, f'{{"preSignedUrl":"https://x/?signature={SECRET}"}}'.encode()),
        ChatApiClient("https://x", "college", SECRET, SECRET),
        MessageAdded(
            message_id="m",
            author_type="user",
            participant_id="p",
            attachments=({"id": "a", "type": "file", "file_name": "f", "url": f"https://x/?signature={SECRET}"},),
        ),
    ],
    ids=lambda value: type(value).__name__,
)
def test_what_is_sent_and_answered_shows_no_secret(value):
    assert SECRET not in shown(value)


def test_a_kept_access_token_is_not_shown():
    token = AccessToken()
    token.get(lambda: (SECRET, 3600))
    assert SECRET not in shown(token)


def chain(error):
    while error:
        yield error
        error = error.__cause__ or error.__context__


@pytest.mark.parametrize("header", [SECRET, f"Bearer {SECRET}", f"Basic {SECRET}", "Basic /////w==", f"{SECRET} x"])
def test_a_refused_header_is_not_in_the_error(header):
    with pytest.raises(Unauthorized) as caught:
        authenticate_client(header)
    for error in chain(caught.value):
        assert SECRET not in shown(error)
        assert SECRET.lower() not in shown(error)
        assert not isinstance(error, UnicodeError)  # which would show all it was given


def test_no_refusal_shows_the_value_that_it_is_about():
    def kinds(cls):
        return [cls, *(kind for each in cls.__subclasses__() for kind in kinds(each))]

    for kind in kinds(ContactCenterError):
        if "value" in inspect.signature(kind.__init__).parameters:
            assert SECRET not in shown(kind("No.", field="secret", value=SECRET))


def test_tasks_are_given_ids_alone():
    """A broker keeps what a task is given, and logs of workers show it."""
    given = set()
    for name, task in current_app.tasks.items():
        if name.startswith("contactcenter_chat"):
            given |= set(inspect.signature(task.run).parameters)
    assert tasks.deliver.name in current_app.tasks
    assert given <= {"arguments", "queue_id", "conversation_id", "author_type", "agent_ids", "name"}
