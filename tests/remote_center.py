"""A remote centre that is this project's own: the contact centre ``there`` answers what ``here`` asks.

What goes over the network is handed to Django's test client, so that both wires are the real ones; each test says
when what is owed is delivered and when what came is processed.
"""

import json
from types import SimpleNamespace
from urllib.parse import urlsplit

import pytest
from django.test import Client

from contactcenter_chat.actions.remote import inbox, rejections
from contactcenter_chat.deliveries import draining
from contactcenter_chat.models import Channel, Receiver, Webhook
from contactcenter_chat.outbound import requests
from contactcenter_chat.workers import process
from tests.factories import make_agent, make_center, make_channel

HERE, THERE, CLIENT = "http://here.test", "http://there.test", "http://client.test/callbacks"
BACKENDS = {
    "v2.0": "contactcenter_chat.providers.chat_api_v2.ChatApi",
    "Chat Gateway v1.0": "contactcenter_chat.providers.chat_gateway_v1.ChatGateway",
}


class Network:
    """Answers requests by the project itself. ``lose`` says whether an answer gets lost, ``down`` which hosts are."""

    def __init__(self):
        self.asked = []
        self.trusted = []
        self.sent = []  # (path, type, body)
        self.down = set()
        self.lose = lambda method, path: False

    def request(self, method, url, body=b"", headers=None, *, into=None, is_trusted=False, **options):
        parts = urlsplit(url)
        path = f"{parts.path}?{parts.query}" if parts.query else parts.path
        self.asked.append((method, parts.path))
        if is_trusted:
            self.trusted.append(url)
        if isinstance(body, requests.Streamed):
            size, body = body.size, b"".join(body.pieces)
            assert len(body) == size
        if parts.hostname in self.down:
            return requests.Response(0, error="ConnectionRefusedError")
        headers = dict(headers or {})
        content_type = headers.pop("Content-Type", "application/json")
        self.sent.append((parts.path, content_type, body))
        response = Client().generic(method, path, body, content_type, headers=headers)
        content = response.getvalue()
        if self.lose(method, parts.path):
            return requests.Response(0, error="TimeoutError: timed out")
        if into is not None and response.status_code == 200:
            into.write(content)
        text = content.decode(errors="replace")
        wait = response.headers.get("Retry-After")
        return requests.Response(
            1, response.status_code, text=text[:2000], content=content, retry_after=wait and float(wait)
        )


@pytest.fixture
def network(monkeypatch, settings):
    settings.ALLOWED_HOSTS = ["*"]
    network = Network()
    monkeypatch.setattr(requests, "request", network.request)
    return network


@pytest.fixture(autouse=True)
def _fresh_process(monkeypatch):
    """Nothing that a process keeps is left of another test."""
    process.forget_all()
    monkeypatch.setattr(rejections, "COUNT_SECONDS", 0)


@pytest.fixture
def configure(settings):
    """Change the settings of the app; DELIVERY_THREADS is 1, so that nothing is left of a test's transaction."""

    def change(**values):
        settings.CONTACTCENTER_CHAT = {**settings.CONTACTCENTER_CHAT, **values}

    change(DELIVERY_THREADS=1, RETRY_SCHEDULE=(0,) * 20, BREAKER_FAILURES=1000, STICKY_SECONDS=0)
    return change


@pytest.fixture
def there(db):
    """The remote centre, with two agents."""
    center = make_center("there", wrap_up_mode="none")
    center.ada = make_agent(center.tenant, center.queue)
    center.alan = make_agent(center.tenant, center.queue, presence="on_break", first_name="Alan", last_name="Turing")
    return center


@pytest.fixture
def wire():
    """The wire that both sides speak; a test that is about both is parametrized with it."""
    return "v2.0"


@pytest.fixture
def here(there, network, configure, wire):
    """This side: a contact centre with a channel whose provider ``vendor`` is the other one."""
    options = {
        "base_url": THERE,
        "tenant": "there",
        "api_key": there.key,
        "channel": there.channel.pk,
    }
    if wire == "v2.0":
        options["api_secret"] = there.secret
    configure(
        PROVIDERS={
            "default": {"BACKEND": "contactcenter_chat.providers.embedded.EmbeddedCenter"},
            "vendor": {"BACKEND": BACKENDS[wire], "OPTIONS": options},
        }
    )
    Webhook.objects.filter(pk=there.webhook.pk).update(version=wire)
    Receiver.objects.filter(pk=there.webhook.pk).update(uri=f"{HERE}/callbacks/vendor/")
    own = make_center("here")
    Receiver.objects.filter(pk=own.webhook.pk).update(enabled=False)  # whose client is not looked at
    channel = make_channel(own.tenant, own.queue, own.webhook, name="Remote", provider="vendor")
    return SimpleNamespace(tenant=own.tenant, channel=Channel.objects.get(pk=channel.pk), options=options, center=own)


@pytest.fixture
def application(here, network, monkeypatch):
    """The application here, whose webhook is of Chat Gateway v1: (headers, body) of each callback it got."""
    Webhook.objects.filter(pk=here.center.webhook.pk).update(version="Chat Gateway v1.0")
    Receiver.objects.filter(pk=here.center.webhook.pk).update(uri=CLIENT, enabled=True)
    got, usual = [], requests.request

    def request(method, url, body=b"", headers=None, **options):
        if url != CLIENT:
            return usual(method, url, body, headers, **options)
        got.append((headers, json.loads(body)))
        return requests.Response(1, 200)

    monkeypatch.setattr(requests, "request", request)
    return got


@pytest.fixture
def run(here):
    """Deliver and process everything that is owed, on both sides, until nothing is."""

    def until_quiet():
        for _ in range(20):
            if not (draining.drain() + inbox.process_due()):
                return
        raise AssertionError("It does not come to rest.")

    return until_quiet
