"""Are the examples of the API's page true? They are run, in their order."""

import json
import re
from typing import NamedTuple

import pytest
from django.test import Client

from contactcenter_chat.api.docs import describe_api
from contactcenter_chat.models import SigningKey
from contactcenter_chat.outbound import requests
from contactcenter_chat.workers import process
from tests.api.caller import basic
from tests.factories import make_article, make_article_file, make_tenant

from .pages import blocks, code, page, rows, section

PAGE = page("chat_api.md")
OPERATION = re.compile(r"^### (\w+)\n\n`([A-Z]+) (\S+)`$", re.MULTILINE)

ID = re.compile(r"[A-Za-z0-9_-]{22}")
TIME = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z")
MILLISECONDS = re.compile(r"1\d{12}")
LEFT_OUT = "…"

# What is there before the first example
QUEUE, KID = "AaIDpZFGTUSG6fXUpLx3mQ", "AaIDpZFHRvKdX2w0nq3B_g"


class Part(NamedTuple):
    """A request or an answer as the page shows it."""

    first: str
    headers: dict
    body: str


def part(text):
    head, _, body = text.partition("\n\n")
    first, *lines = head.splitlines()
    return Part(first, dict(line.split(": ", 1) for line in lines), body.strip())


def exchanges(text=PAGE):
    parts = [part(block.text) for block in blocks(text, "http")]
    return list(zip(parts[::2], parts[1::2], strict=True))


class Reading:
    """Holds what the page says against what is; its ids stand for ours from where they are first seen."""

    def __init__(self, **known):
        self.ours = dict(known)

    def translate(self, text):
        """The same text with our ids."""
        return ID.sub(lambda match: self.ours.get(match[0], match[0]), text)

    def same(self, told, found):
        """Whether a value is what the page says."""
        if isinstance(told, dict):
            same_names = isinstance(found, dict) and told.keys() == found.keys()
            return same_names and all(self.same(told[name], found[name]) for name in told)
        if isinstance(told, list):
            same_length = isinstance(found, list) and len(told) == len(found)
            return same_length and all(map(self.same, told, found))
        return self.same_value(told, found)

    def same_value(self, told, found):
        if isinstance(told, str) and LEFT_OUT in told:
            return isinstance(found, str) and found.startswith(told.partition(LEFT_OUT)[0])
        for pattern in (TIME, MILLISECONDS):
            if pattern.fullmatch(str(told)):
                return type(told) is type(found) and bool(pattern.fullmatch(str(found)))
        if isinstance(told, str) and ID.fullmatch(told):
            return bool(ID.fullmatch(found)) and self.ours.setdefault(told, found) == found
        return (type(told), told) == (type(found), found)


@pytest.fixture
def center(db, monkeypatch, settings):
    settings.CONTACTCENTER_CHAT = {**settings.CONTACTCENTER_CHAT, "PUBLIC_URL": "https://chat.example.org"}
    monkeypatch.setattr(requests, "post", lambda *args: requests.Response(duration_ms=1, status=200))
    process.forget_all()
    make_tenant("museum")
    college = make_tenant("college")
    spanish = (["¿Puedo pagar a plazos?"], "Sí, en tres plazos.", "https://college.example/fees")
    article = make_article(college.tenant, "Can I pay in parts?", category="Fees", versions={"es": spanish})
    make_article_file(article, b"%PDF-1.7" + bytes(48_205), "plazos.pdf", language="es")
    return college


def test_every_example_is_answered_as_the_page_says(center):
    reading = Reading(**{QUEUE: center.queue.pk, KID: SigningKey.objects.get(tenant=center.tenant).pk})
    credentials = {"Basic": basic(center.key, center.secret)}
    for asked, told in exchanges():
        answer = send(asked, reading, credentials)
        assert f"{answer.status_code} {answer.reason_phrase}" == told.first.removeprefix("HTTP/1.1 "), asked
        assert {name: answer[name] for name in told.headers} == told.headers, asked
        found = answer.json() if answer.content else None
        assert reading.same(json.loads(told.body) if told.body else None, found), (asked, found)
        if asked.first.startswith("POST /oauth") and answer.status_code == 200:
            credentials["Bearer"] = f"Bearer {found['access_token']}"


def send(asked, reading, credentials):
    method, path, _version = asked.first.split(" ")
    headers = dict(asked.headers)
    if authorization := headers.get("Authorization"):
        headers["Authorization"] = credentials[authorization.split(" ")[0]]
    content_type = headers.pop("Content-Type", "")
    body = reading.translate(asked.body).encode()
    return Client().generic(method, reading.translate(path), body, content_type, headers=headers)


def test_every_operation_is_on_the_page():
    described = {
        (operation["operationId"], method.upper(), path)
        for path, item in describe_api("v2.0")["paths"].items()
        for method, operation in item.items()
    }
    assert set(OPERATION.findall(PAGE)) == described


def test_every_operation_has_an_example():
    for name, method, _path in OPERATION.findall(PAGE):
        own = PAGE.partition(f"\n### {name}\n")[2].partition("\n#")[0]
        assert [block.text.split(" ")[0] for block in blocks(own, "http")][:2] == [method, "HTTP/1.1"], name


def test_the_parameters_of_the_conversations_list_are_on_the_page():
    path = describe_api("v2.0")["paths"]["/vcc/{region}/chat/v2/tenant/{tenant-id}/conversations"]
    names = {each["name"] for each in path["get"]["parameters"] if each["in"] == "query"} - {"size", "page"}
    table = rows(section(PAGE, "### listConversations", "### getConversation"))
    told = {name.replace("<any key>", "<anyCustomerKeyName>") for row in table for name in code(row[0])}
    told |= {
        name.replace("<any key>", "<anyCustomerKeyName>") for row in table for name in code(row[1]) if "<" in name
    }
    assert told == names


def test_every_status_is_on_the_page():
    described = {
        status
        for item in describe_api("v2.0")["paths"].values()
        for operation in item.values()
        for status in operation["responses"]
        if status.startswith(("4", "5"))
    }
    table = rows(section(PAGE, "## Errors", "## What differs"))
    assert described <= {status for row in table for status in row[0].split(", ")}
