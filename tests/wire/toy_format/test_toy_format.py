"""Can a project add a wire format by one line of its settings? Nothing in the package knows this one."""

import json
import sys
from importlib import import_module, reload
from types import SimpleNamespace

import pytest
from django.test import Client
from django.urls import clear_url_caches, reverse

from contactcenter_chat import checks
from contactcenter_chat.actions.bots.after_agent import assign_post_agent
from contactcenter_chat.actions.center.interactions import end_interaction
from contactcenter_chat.actions.center.timers import run_timers
from contactcenter_chat.actions.messages import add_message
from contactcenter_chat.actions.setup.webhooks import create_webhook
from contactcenter_chat.actions.typing import agent_types
from contactcenter_chat.admin.deliveries import EventTypeFilter
from contactcenter_chat.conf import DEFAULTS
from contactcenter_chat.deliveries import draining
from contactcenter_chat.deliveries.typing import tell
from contactcenter_chat.events import AGENT, CUSTOMER
from contactcenter_chat.exceptions import Invalid
from contactcenter_chat.models import Conversation, Customer, Delivery, TypingSign
from contactcenter_chat.wire.base import format_for, formats, label_of
from contactcenter_chat.workers import process
from tests.factories import accepted, make_agent, make_channel, make_tenant, make_user, start_conversation
from tests.receiver import Receiver

pytestmark = pytest.mark.django_db


def read_urls_anew(root):
    """The addresses depend on the formats; Django reads them once."""
    for name in ("contactcenter_chat.api.urls", "contactcenter_chat.urls", root):
        if name in sys.modules:
            reload(sys.modules[name])
        else:
            import_module(name)
    clear_url_caches()


@pytest.fixture
def toy(settings):
    before = settings.CONTACTCENTER_CHAT
    own = (*DEFAULTS.WIRE_FORMATS, "tests.wire.toy_format.FORMAT")
    here = {"ALLOW_PRIVATE_WEBHOOKS": True, "DELIVERY_THREADS": 1}  # a receiver on this machine, told by this thread
    settings.CONTACTCENTER_CHAT = {**before, **here, "WIRE_FORMATS": own}
    read_urls_anew(settings.ROOT_URLCONF)
    process.forget_all()
    yield format_for("toy 1")
    settings.CONTACTCENTER_CHAT = before
    read_urls_anew(settings.ROOT_URLCONF)


@pytest.fixture
def told(toy):
    with Receiver() as receiver:
        yield receiver


@pytest.fixture
def center(told):
    """A contact centre with a webhook that was verified in the toy's own words."""
    new = make_tenant("college")
    make_agent(new.tenant, new.queue, first_name="Ada")
    webhook = create_webhook(tenant=new.tenant, name="Toy", uri=told.url, version="toy 1")
    channel = make_channel(new.tenant, new.queue, webhook)
    return SimpleNamespace(tenant=new.tenant, queue=new.queue, webhook=webhook, channel=channel, key=new.key)


@pytest.fixture
def post(center):
    def post(path, body):
        response = Client().post(
            f"/toy/{path}", body, content_type="application/json", headers={"X-Toy-Key": center.key}
        )
        return response.status_code, json.loads(response.content or "null")

    return post


def bodies(told, count):
    return [got.event for got in told.wait_for(count)]


def test_it_is_served_and_told(center, post, told):
    status, talk = post("talks", {"door": center.channel.pk, "person": {"who": "g-1", "called": "Grace"}})
    assert status == 202
    conversation = Conversation.objects.get()
    assert talk == {"talk": conversation.pk}
    assert post(f"talks/{conversation.pk}/words", {"words": "Hello?"}) == (202, None)
    chat = accepted(conversation)
    add_message(conversation_id=conversation.pk, author_type=AGENT, text="Hi, Grace!", agent=chat.agent)
    assert draining.drain() == 2
    assert bodies(told, 3) == [
        {"kind": "hello", "in": "toy 1"},
        {"kind": "waits", "talk": conversation.pk, "line": center.queue.name},
        {"kind": "says", "talk": conversation.pk, "by": "Ada", "words": "Hi, Grace!"},
    ]
    assert list(Delivery.objects.order_by("number").values_list("event_type", flat=True)) == ["waits", "says"]


def test_its_names_of_what_is_known_of_a_customer_are_understood(center, post):
    known = {"who": "g-1", "called": "Grace", "tongue": "en"}
    post("talks", {"door": center.channel.pk, "person": known})
    post("talks", {"door": center.channel.pk, "person": {"who": "g-1", "post": "grace@example.org"}})
    customer = Customer.objects.get()
    assert (customer.name, customer.email, customer.language) == ("Grace", "grace@example.org", "en")
    assert customer.conversations.get().data == known | {"post": "grace@example.org"}  # started at once, it is one


def test_project_code_speaks_of_customers_as_the_channels_format_does(center):
    start_conversation(center.channel, called="Grace", who="g-2")
    assert Customer.objects.get().name == "Grace"


def test_what_is_refused_has_its_own_names(center, post):
    door = {"field": "door", "why": "Channel ID none is invalid."}
    assert post("talks", {"door": "none", "person": {}}) == (400, {"no": [door]})
    wrong = [{"field": "ear", "why": "Webhook ID 1 is invalid."}, {"field": "line", "why": "Queue ID 2 is invalid."}]
    assert post("doors", {"called": "Back", "ear": "1", "line": "2"}) == (400, {"no": wrong})
    assert post("doors", {"ear": center.webhook.pk, "line": center.queue.pk}) == (
        400,
        {"no": [{"field": "called", "why": "May not be empty."}]},
    )


@pytest.mark.parametrize(
    ("query", "answer"),
    [
        ({"filter": "line==none"}, {"channels": []}),
        ({"filter": "queue==1"}, {"no": [{"field": "filter", "why": "Unknown field queue, has to be one of line."}]}),
        ({"sort": "line"}, {"no": [{"field": "sort", "why": "Invalid sort=line, has to be one of made"}]}),
        ({"sort": "-made"}, {"channels": ["Website"]}),
    ],
)
def test_its_lists_are_filtered_by_its_own_names(center, query, answer):
    found = Client().get("/toy/doors", query, headers={"X-Toy-Key": center.key}).json()
    if "channels" in found:
        found = {"channels": [each["called"] for each in found["channels"]]}
    assert found == answer


def test_nobody_is_told_who_types(center, told):
    chat = accepted(start_conversation(center.channel))
    agent_types(chat.pk, chat.agent_id, types=True)
    assert not TypingSign.objects.exists()
    assert bodies(told, 1) == [{"kind": "hello", "in": "toy 1"}]


def test_no_bot_behind_it_gets_a_conversation_after_the_agent(center):
    conversation = start_conversation(center.channel)
    with pytest.raises(Invalid) as refused:
        assign_post_agent(conversation_id=conversation.pk, webhook_id=center.webhook.pk)
    assert (refused.value.field, refused.value.message) == (
        "webhook",
        "The webhook must be of the version Chat Gateway v1.0.",
    )


def test_the_admin_offers_it(center):
    client = Client()
    client.force_login(make_user("root", is_staff=True, is_superuser=True))
    form = client.get(reverse("admin:contactcenter_chat_webhook_add")).context["adminform"].form
    assert form.fields["version"].choices[-1] == ("toy 1", "Toy")
    page = client.get(reverse("admin:contactcenter_chat_webhook_changelist"))
    assert '<td class="field-version_shown">Toy</td>' in page.content.decode()
    start_conversation(center.channel)
    page = client.get(reverse("admin:contactcenter_chat_delivery_changelist"), {"event_type": "waits"})
    (offered,) = (each for each in page.context["cl"].filter_specs if isinstance(each, EventTypeFilter))
    assert {"waits", "says"} <= dict(offered.lookup_choices).keys()
    assert [each.event_type for each in page.context["cl"].result_list] == ["waits"]


def test_its_description_is_shown(toy):
    assert b'data-schema="/api/toy/schema/"' in Client().get("/api/toy/docs/").content
    described = Client().get("/api/toy/schema/").json()
    assert list(described["paths"]) == ["/toy/doors", "/toy/talks", "/toy/talks/{talk-id}/words"]
    assert Client().get("/toy/nothing").status_code == 404


def test_it_is_there_when_the_settings_name_it(toy, settings):
    assert checks.check_settings(None) == []
    assert [each.version for each in formats()] == ["v2.0", "Chat Gateway v1.0", "toy 1"]
    settings.CONTACTCENTER_CHAT = {}
    assert label_of("toy 1") == "toy 1"
    with pytest.raises(KeyError):
        format_for("toy 1")
    with pytest.raises(Invalid) as refused:
        create_webhook(tenant=None, name="Toy", uri="http://127.0.0.1/", version="toy 1")
    assert refused.value.message == "Unknown version toy 1; known: v2.0, Chat Gateway v1.0."


def test_it_is_gone_afterwards():
    assert Client().get("/api/toy/docs/").status_code == 404
    assert reverse("contactcenter_chat:api:docs") == "/api/docs/"
    assert reverse("contactcenter_chat:api:gateway-docs") == "/api/gateway/docs/"


def test_webhooks_of_a_format_that_the_settings_name_no_more_keep_nobody_from_anything(center, post, settings):
    """Such a webhook is told nothing, and a check says so; conversations go on, and timers too."""
    _status, begun = post("talks", {"door": center.channel.pk, "person": {}})
    talk = begun["talk"]
    chat = accepted(Conversation.objects.get(pk=talk))
    settings.CONTACTCENTER_CHAT = {**settings.CONTACTCENTER_CHAT, "WIRE_FORMATS": DEFAULTS.WIRE_FORMATS}
    owed = Delivery.objects.count()
    assert add_message(conversation_id=talk, author_type=CUSTOMER, text="Still there?").number == 6
    assert start_conversation(channel=center.channel, data={"name": "Grace"}).state == "active"
    tell(TypingSign(conversation_id=talk, author_type="agent", agent_ids=[chat.agent_id]))
    with pytest.raises(Invalid):
        assign_post_agent(conversation_id=talk, webhook_id=center.webhook.pk)
    assert end_interaction(interaction_id=chat.pk, agent=chat.agent).outcome == "handled"
    assert set(run_timers()) >= {"offers_timed_out"}
    assert Delivery.objects.count() == owed
    assert [each.id for each in checks.check_database(None, ["default"])] == ["contactcenter_chat.W018"]


def test_a_format_that_cannot_be_loaded_is_passed_over_until_the_check_tells(settings):
    wrong = ("mysite.nope.FORMAT", "tests.wire.toy_format.NOPE", "tests.wire.toy_format.shapes.event_body")
    own = settings.CONTACTCENTER_CHAT
    settings.CONTACTCENTER_CHAT = {**own, "WIRE_FORMATS": (*DEFAULTS.WIRE_FORMATS, *wrong)}
    assert [each.version for each in formats()] == ["v2.0", "Chat Gateway v1.0"]
    assert {each.id for each in checks.check_settings(None)} == {"contactcenter_chat.E016"}
