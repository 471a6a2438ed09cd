"""Is a contact centre set up by the verbs, and are secrets shown once and never again?"""

import json
from datetime import UTC, datetime

import pytest
from bs4 import BeautifulSoup
from django.contrib.admin.models import LogEntry
from django.contrib.auth.models import Permission
from django.db import connection
from django.urls import resolve

from contactcenter_chat.actions.setup.tenants import hash_secret
from contactcenter_chat.actions.upkeep import erasure
from contactcenter_chat.models import (
    Agent,
    ApiKey,
    Channel,
    Conversation,
    Customer,
    PreparedResponse,
    Queue,
    Receiver,
    SigningKey,
    Tenant,
    Webhook,
)
from contactcenter_chat.outbound import requests
from tests.factories import (
    accepted,
    make_agent,
    make_channel,
    make_tenant,
    make_user,
    make_webhook,
    start_conversation,
)
from tests.unstorable import filled, patterns

from .conftest import address, chat, logged_in, told


def url(model, page, *args):
    return address(f"{model}_{page}", *args)


def errors(answer):
    assert answer.status_code == 200
    return answer.context["adminform"].form.errors


# Contact centres


def test_a_new_contact_centre_is_ready_and_its_key_is_shown_once(root):
    user = make_user("chief", is_staff=True)
    data = {"label": "academy", "name": "The Academy", "administrators": [user.pk]}
    answer = root.post(url("tenant", "add"), data)
    tenant = Tenant.objects.get()
    assert (tenant.label, tenant.name, list(tenant.administrators.all())) == ("academy", "The Academy", [user])
    api_key = ApiKey.objects.get(tenant=tenant)
    assert Queue.objects.get(tenant=tenant).pk in answer.content.decode()
    assert SigningKey.objects.filter(tenant=tenant).count() == 1
    new = answer.context["new"]
    assert (hash_secret(new.key), hash_secret(new.secret)) == (api_key.key_hash, api_key.secret_hash)
    for secret in (new.key, new.secret):
        assert secret in answer.content.decode()
        for page in (url("apikey", "change", api_key.pk), url("apikey", "changelist"), url("tenant", "changelist")):
            assert secret not in root.get(page).content.decode()
    assert "no-store" in answer["Cache-Control"]


@pytest.mark.parametrize("label", ["", "with space", "ümlaut", "x" * 65, "college"])
def test_a_bad_label_is_an_error_of_the_form(root, center, label):
    assert set(errors(root.post(url("tenant", "add"), {"label": label, "name": "X"}))) == {"label"}
    assert Tenant.objects.count() == 1


def test_a_label_cannot_be_changed(root, center):
    root.post(url("tenant", "change", center.tenant.pk), {"label": "other", "name": "Renamed"})
    center.tenant.refresh_from_db()
    assert (center.tenant.label, center.tenant.name) == ("college", "Renamed")


def test_an_administrator_renames_but_gives_no_rights(staff, center):
    administrators = list(center.tenant.administrators.all())
    staff.post(url("tenant", "change", center.tenant.pk), {"name": "Renamed", "administrators": []})
    center.tenant.refresh_from_db()
    assert center.tenant.name == "Renamed"
    assert list(center.tenant.administrators.all()) == administrators
    assert staff.get(url("tenant", "add")).status_code == 403


def test_a_contact_centre_is_not_deleted_by_a_click(root, center):
    assert root.post(url("tenant", "delete", center.tenant.pk), {"post": "yes"}).status_code == 403


# Keys


def test_a_new_key_has_the_scopes_that_were_chosen(staff, center):
    data = {"tenant": center.tenant.pk, "name": "Portal", "scopes": ["vcc-chat.channels.read"]}
    answer = staff.post(url("apikey", "add"), data)
    api_key = ApiKey.objects.get(name="Portal")
    assert (api_key.tenant, api_key.scopes) == (center.tenant, ["vcc-chat.channels.read"])
    assert hash_secret(answer.context["new"].secret) == api_key.secret_hash


@pytest.mark.parametrize("scopes", [[], ["everything"]])
def test_unknown_scopes_are_refused(staff, center, scopes):
    data = {"tenant": center.tenant.pk, "name": "Portal", "scopes": scopes}
    assert set(errors(staff.post(url("apikey", "add"), data))) == {"scopes"}


def test_keys_are_revoked_and_not_changed(staff, center):
    answer = staff.post(
        url("apikey", "changelist"), {"action": "revoke", "_selected_action": [center.api_key.pk]}, follow=True
    )
    assert told(answer) == [f"{center.api_key} was revoked."]
    center.api_key.refresh_from_db()
    assert center.api_key.revoked_at is not None
    assert staff.post(url("apikey", "change", center.api_key.pk), {"name": "x"}).status_code == 403
    assert staff.post(url("apikey", "delete", center.api_key.pk), {"post": "yes"}).status_code == 403


def test_signing_keys_are_rotated_and_their_private_parts_never_shown(staff, center):
    old = SigningKey.objects.get(tenant=center.tenant)
    data = {"action": "rotate", "_selected_action": [old.pk]}
    staff.post(url("signingkey", "changelist"), data)
    old.refresh_from_db()
    assert old.retired_at is not None
    new = SigningKey.objects.get(tenant=center.tenant, retired_at=None)
    data = {"action": "rotate_signing_key", "_selected_action": [center.tenant.pk]}
    staff.post(url("tenant", "changelist"), data)
    assert SigningKey.objects.filter(tenant=center.tenant).count() == 3
    content = staff.get(url("signingkey", "change", new.pk)).content.decode()
    assert new.public_jwk["n"] in content
    assert new.rsa_private not in content
    assert new.ed25519_private not in content


# Webhooks and channels


@pytest.fixture
def receiver(monkeypatch):
    """What webhooks are asked, and what they answer."""

    class Receiver:
        answer = requests.Response(duration_ms=12, status=204, text="")
        asked = []
        in_transaction = []
        bodies = []

        def __call__(self, uri, body, headers):
            self.asked.append(uri)
            self.bodies.append(json.loads(body))
            self.in_transaction.append(bool(connection.savepoint_ids))
            return self.answer

    receiver = Receiver()
    receiver.asked, receiver.in_transaction, receiver.bodies = [], [], []
    monkeypatch.setattr(requests, "post", receiver)
    return receiver


def webhook_data(center, **changes):
    return {
        "tenant": center.tenant.pk,
        "name": "Portal 2",
        "uri": "https://portal.example.org/callbacks",
        "version": "v2.0",
        "enabled": "on",
        **changes,
    }


def test_a_new_webhook_is_verified_first_outside_of_a_transaction(staff, center, receiver):
    staff.post(url("webhook", "add"), webhook_data(center))
    webhook = Webhook.objects.get(name="Portal 2")
    assert (webhook.tenant, webhook.uri, webhook.enabled) == (center.tenant, receiver.asked[0], True)
    assert receiver.in_transaction == [False]
    assert webhook.receiver.secret


def test_a_webhooks_name_is_no_longer_than_answers_may_hold_it(staff, center, receiver):
    refused = staff.post(url("webhook", "add"), webhook_data(center, name="x" * 256))
    assert set(errors(refused)) == {"name"}
    staff.post(url("webhook", "add"), webhook_data(center, name="x" * 255))
    assert Webhook.objects.filter(name="x" * 255).exists()


@pytest.mark.parametrize("version", ["v2.0", "Chat Gateway v1.0"])
def test_a_webhook_is_verified_in_its_own_format(staff, center, receiver, version):
    offered = staff.get(url("webhook", "add")).context["adminform"].form.fields["version"].choices
    assert offered == [("v2.0", "Chat API v2"), ("Chat Gateway v1.0", "Chat Gateway v1")]
    staff.post(url("webhook", "add"), webhook_data(center, version=version))
    assert Webhook.objects.get(name="Portal 2").version == version
    assert receiver.bodies == [{"notificationVersion": version, "eventType": "WEB_HOOK_VERIFY"}]


def test_people_read_the_name_of_a_format(center):
    viewer = make_user("viewer", is_staff=True)
    viewer.user_permissions.set(Permission.objects.filter(codename="view_webhook"))
    center.tenant.administrators.add(viewer)
    client = logged_in(viewer)
    for page in (url("webhook", "changelist"), url("webhook", "change", center.webhook.pk)):
        content = client.get(page).content.decode()
        assert "Chat API v2" in content
        assert "v2.0" not in content


def test_another_format_is_verified_before_it_is_kept(staff, center, receiver):
    page = url("webhook", "change", center.webhook.pk)
    data = webhook_data(center, uri=center.webhook.uri, version="Chat Gateway v1.0")
    receiver.answer = requests.Response(duration_ms=1, status=400)
    refused = "The URL did not pass the verification. It answered 400."
    assert errors(staff.post(page, data)) == {"uri": [refused]}
    center.webhook.refresh_from_db()
    assert center.webhook.version == "v2.0"
    receiver.answer = requests.Response(duration_ms=1, status=200)
    assert staff.post(page, data).status_code == 302
    center.webhook.refresh_from_db()
    assert (center.webhook.version, center.webhook.revision) == ("Chat Gateway v1.0", 2)
    assert [body["notificationVersion"] for body in receiver.bodies] == ["Chat Gateway v1.0"] * 2
    staff.post(url("webhook", "changelist"), {"action": "verify", "_selected_action": [center.webhook.pk]})
    assert receiver.bodies[2:] == [{"notificationVersion": "Chat Gateway v1.0", "eventType": "WEB_HOOK_VERIFY"}]


@pytest.mark.parametrize("version", ["", "v9", "to v2.0"])
def test_a_format_that_is_none_is_an_error_of_the_form(staff, center, receiver, version):
    assert set(errors(staff.post(url("webhook", "add"), webhook_data(center, version=version)))) == {"version"}
    assert receiver.asked == []


def test_a_webhook_that_does_not_answer_is_an_error_of_the_form(staff, center, receiver):
    receiver.answer = requests.Response(duration_ms=12, status=404, text="nobody here")
    assert errors(staff.post(url("webhook", "add"), webhook_data(center)))["uri"] == [
        "The URL did not pass the verification. It answered 404."
    ]
    assert not Webhook.objects.filter(name="Portal 2").exists()


@pytest.mark.parametrize("uri", ["", "ftp://x", "nonsense", "http://"])
def test_what_is_no_url_is_an_error_of_the_form(staff, center, receiver, uri):
    assert set(errors(staff.post(url("webhook", "add"), webhook_data(center, uri=uri)))) == {"uri"}
    assert receiver.asked == []


def test_only_a_new_url_is_verified_again(staff, center, receiver):
    address = url("webhook", "change", center.webhook.pk)
    staff.post(address, webhook_data(center, name="Renamed", uri=center.webhook.uri))
    center.webhook.refresh_from_db()
    assert (center.webhook.name, center.webhook.revision, receiver.asked) == ("Renamed", 2, [])
    staff.post(address, webhook_data(center, name="Renamed"))
    center.webhook.refresh_from_db()
    assert (center.webhook.uri, receiver.asked) == ("https://portal.example.org/callbacks", [center.webhook.uri])
    receiver.answer = requests.Response(duration_ms=1, error="timed out")
    refused = staff.post(address, webhook_data(center, uri="https://elsewhere.example.org/"))
    assert errors(refused)["uri"] == ["The URL did not pass the verification. <bdi>timed out</bdi>"]
    center.webhook.refresh_from_db()
    assert center.webhook.uri == "https://portal.example.org/callbacks"


@pytest.mark.parametrize(
    ("answer", "says"),
    [
        (requests.Response(duration_ms=12, status=200, text="hello"), "Portal answered 200. It took 12 ms. hello"),
        (
            requests.Response(duration_ms=7, status=500, text="<b>oops</b>"),
            "Portal: The URL did not pass the verification. It answered 500. It took 7 ms. <b>oops</b>",
        ),
        (
            requests.Response(duration_ms=5000, error="timed out"),
            "Portal: The URL did not pass the verification. timed out It took 5000 ms.",
        ),
    ],
)
def test_verifying_shows_the_answer(staff, center, receiver, answer, says):
    receiver.answer = answer
    data = {"action": "verify", "_selected_action": [center.webhook.pk]}
    page = staff.post(url("webhook", "changelist"), data, follow=True)
    assert told(page) == [says]
    assert "<b>oops</b>" not in page.content.decode()


def test_verifying_switches_on_what_was_switched_off(staff, center, receiver):
    Receiver.objects.filter(pk=center.webhook.pk).update(enabled=False, disabled_reason="failing", failures=9)
    data = {"action": "verify", "_selected_action": [center.webhook.pk]}
    staff.post(url("webhook", "changelist"), data)
    center.webhook.refresh_from_db()
    receiver = center.webhook.receiver
    assert (receiver.enabled, receiver.disabled_reason, receiver.failures) == (True, "", 0)


def failing_since(client, webhook):
    page = BeautifulSoup(client.get(url("webhook", "change", webhook.pk)).content, "html.parser")
    return page.select_one(".field-failing_since .readonly").get_text(strip=True)


def test_a_webhooks_page_shows_since_when_it_fails(staff, center):
    assert failing_since(staff, center.webhook) == "-"
    Receiver.objects.filter(pk=center.webhook.pk).update(failing_since=datetime(2026, 3, 1, 12, 30, tzinfo=UTC))
    assert failing_since(staff, center.webhook) == "March 1, 2026, 12:30 p.m."


def test_a_webhook_in_use_is_not_deleted(staff, center):
    unused = make_webhook(center.tenant, name="Unused")
    data = {"action": "take_away", "_selected_action": [center.webhook.pk, unused.pk]}
    page = staff.post(url("webhook", "changelist"), data, follow=True)
    assert sorted(told(page)) == ["Portal: A channel uses this webhook.", "Unused was deleted."]
    assert list(Webhook.objects.alive()) == [center.webhook]
    assert staff.get(url("webhook", "change", unused.pk)).status_code == 302


def test_a_channel_is_made_changed_and_deleted(staff, center):
    data = {
        "tenant": center.tenant.pk,
        "name": "App",
        "webhook": center.webhook.pk,
        "queue": center.queue.pk,
        "provider": "default",
        "pace": "mail",
        "bot": "",
        "bot_fencing": "off",
        "bot_seconds": "",
        "identity": "claimed",
    }
    staff.post(url("channel", "add"), data)
    channel = Channel.objects.get(name="App")
    assert (channel.tenant, channel.webhook, channel.queue) == (center.tenant, center.webhook, center.queue)
    assert channel.pace == "mail"
    staff.post(url("channel", "change", channel.pk), {**data, "name": "The app", "pace": "messaging"})
    channel.refresh_from_db()
    assert (channel.name, channel.pace, channel.revision) == ("The app", "messaging", 2)
    staff.post(url("channel", "changelist"), {"action": "take_away", "_selected_action": [channel.pk]})
    assert list(Channel.objects.alive()) == [center.channel]


def test_a_channel_says_what_becomes_of_what_is_written_after_the_end(staff, center, settings):
    change = url("channel", "change", center.channel.pk)
    own = {"name": "Web", "webhook": center.webhook.pk, "queue": center.queue.pk, "provider": "default"}
    data = {
        **own,
        "tenant": center.tenant.pk,
        "pace": "live",
        "bot": "",
        "bot_fencing": "off",
        "bot_seconds": "",
        "identity": "claimed",
        "reopen_hours": "24",
        "sticky_seconds": "",
        "reopen_to": "bot",
    }
    answer = staff.post(change, data)
    assert errors(answer) == {"reopen_to": ["There is no bot: the setting BOTS names none."]}
    settings.CONTACTCENTER_CHAT = {**getattr(settings, "CONTACTCENTER_CHAT", {}), "BOTS": ("guide",)}
    assert staff.post(change, data).status_code == 302
    center.channel.refresh_from_db()
    policy = (center.channel.reopen_hours, center.channel.sticky_seconds, center.channel.reopen_to)
    assert policy == (24, None, "bot")


def test_a_channel_of_an_unknown_provider_is_refused(staff, center):
    data = {
        "tenant": center.tenant.pk,
        "name": "App",
        "webhook": center.webhook.pk,
        "queue": center.queue.pk,
        "provider": "nobody",
        "pace": "live",
        "bot": "",
        "bot_fencing": "off",
        "bot_seconds": "",
        "identity": "claimed",
    }
    assert set(errors(staff.post(url("channel", "add"), data))) == {"provider"}


# Queues and agents


def queue_data(queue, *members, initial=0, **changes):
    data = {
        "name": queue.name,
        "wrap_up_mode": "required",
        "language": "required",
        "prefer": "enough",
        "distribution": "offer",
        "priority": 0,
        "when_closed": "wait",
        "when_empty": "wait",
        "max_wait_seconds": 0,
        "waiting_text_seconds": 0,
        "members-TOTAL_FORMS": len(members),
        "members-INITIAL_FORMS": initial,
        **changes,
    }
    for number, member in enumerate(members):
        data |= {f"members-{number}-{name}": value for name, value in member.items()}
    return data


def test_a_queue_is_made_then_staffed(staff, center):
    data = {"tenant": center.tenant.pk, "name": "Fees", "wrap_up_mode": "none", "ring_seconds": 30}
    staff.post(url("queue", "add"), data)
    queue = Queue.objects.get(name="Fees")
    assert (queue.tenant, queue.ring_seconds) == (center.tenant, 30)
    agent = make_agent(center.tenant)
    address = url("queue", "change", queue.pk)
    staff.post(address, queue_data(queue, {"agent": agent.pk, "queue": queue.pk, "level": 5}))
    member = queue.members.get()
    assert (member.agent, member.level) == (agent, 5)
    kept = {"id": member.pk, "agent": agent.pk, "queue": queue.pk, "level": 5, "DELETE": "on"}
    staff.post(address, queue_data(queue, kept, initial=1))
    assert not queue.members.exists()


def test_bad_queues_are_errors_of_the_form(staff, center):
    other = Queue.objects.create(tenant=center.tenant, name="Other")
    address = url("queue", "change", other.pk)
    assert errors(staff.post(address, queue_data(other, name=center.queue.name)))
    assert set(errors(staff.post(address, queue_data(other, ring_seconds=1)))) == {"ring_seconds"}
    other.refresh_from_db()
    assert (other.name, other.ring_seconds) == ("Other", None)


def test_a_queue_is_not_deleted(root, center):
    assert root.post(url("queue", "delete", center.queue.pk), {"post": "yes"}).status_code == 403


@pytest.mark.parametrize("why", ["a superuser asks", "may see users", "administers the centre"])
def test_a_user_becomes_an_agent(staff, root, center, why):
    user = make_user("grace", is_staff=True)
    if why == "may see users":
        see_users(staff)
    elif why == "administers the centre":
        center.tenant.administrators.add(user)
    else:
        staff = root
    data = {"tenant": center.tenant.pk, "username": "grace", "capacity": 4}
    staff.post(url("agent", "add"), data)
    agent = Agent.objects.get(user=user)
    assert (agent.tenant, agent.capacity, agent.presence) == (center.tenant, 4, "offline")
    assert agent.spans.count() == 1


def see_users(client):
    user = client.get("/admin/").wsgi_request.user
    user.user_permissions.add(Permission.objects.get(codename="view_user"))


@pytest.mark.parametrize("who", ["a superuser", "another's administrator", "somebody the staff may not see"])
def test_nobody_becomes_an_agent_of_strangers(staff, center, who):
    user = make_user("grace", is_staff=True, is_superuser=who == "a superuser")
    if who == "another's administrator":
        make_tenant().tenant.administrators.add(user)
    if who != "somebody the staff may not see":
        see_users(staff)
    data = {"tenant": center.tenant.pk, "username": "grace", "capacity": 4}
    assert errors(staff.post(url("agent", "add"), data)) == {
        "username": ["There is no such user, or the user is an agent already."]
    }
    assert not Agent.objects.exists()


@pytest.mark.parametrize("username", ["", "nobody", "ada"])
def test_only_a_user_who_is_no_agent_yet(staff, center, username):
    make_agent(center.tenant, username="ada")
    data = {"tenant": center.tenant.pk, "username": username, "capacity": 4}
    assert set(errors(staff.post(url("agent", "add"), data))) == {"username"}


def test_capacity_under_load_is_an_error_of_the_form(staff, center):
    agent = make_agent(center.tenant, center.queue)
    for _ in range(2):
        accepted(start_conversation(center.channel))
    address = url("agent", "change", agent.pk)
    assert errors(staff.post(address, {"capacity": 1})) == {
        "capacity": ["The agent has 2 chats, offers and wrap-ups now."]
    }
    assert set(errors(staff.post(address, {"capacity": 26}))) == {"capacity"}
    agent.refresh_from_db()
    assert agent.capacity == 3
    staff.post(address, {"capacity": 2})
    agent.refresh_from_db()
    assert agent.capacity == 2


def test_no_transaction_is_open_while_a_webhooks_address_is_tried():
    """Also where the project wraps each request in a transaction."""
    own = [route for _name, route in patterns("admin/contactcenter_chat/webhook/")]
    assert len(own) > 3
    for route in own:
        view = resolve(filled(route, {"object_id": "1"})).func
        assert view._non_atomic_requests == {"default"}, route


def test_prepared_responses(staff, center):
    data = {"tenant": center.tenant.pk, "title": "Hello", "text": "Good morning", "language": "en", "queue": ""}
    staff.post(url("preparedresponse", "add"), data)
    response = PreparedResponse.objects.get()
    staff.post(url("preparedresponse", "change", response.pk), {**data, "queue": center.queue.pk})
    response.refresh_from_db()
    assert (response.title, response.queue, response.tenant) == ("Hello", center.queue, center.tenant)
    staff.post(url("preparedresponse", "delete", response.pk), {"post": "yes"})
    assert not PreparedResponse.objects.exists()


def test_a_prepared_response_that_no_agent_could_send_is_an_error_of_the_form(staff, center, settings):
    settings.CONTACTCENTER_CHAT = {**settings.CONTACTCENTER_CHAT, "MESSAGE_MAX_LENGTH": 100}
    data = {"tenant": center.tenant.pk, "title": "Long", "text": "x" * 101, "language": "en", "queue": ""}
    complaint = "May not be longer than 100 characters."
    assert errors(staff.post(url("preparedresponse", "add"), data)) == {"text": [complaint]}
    assert not PreparedResponse.objects.exists()


# Customers and interactions


def test_customers_are_found_by_what_they_are_known_by(staff, center):
    conversation = chat(center, email="Grace@example.org", customerId="C7")
    make_channel(center.tenant, center.queue)
    start_conversation(center.channel)
    for text in ("Grace@example.org", "C7", conversation.customer_id):
        page = staff.get(url("customer", "changelist"), {"q": text})
        assert [row.pk for row in page.context["cl"].result_list] == [conversation.customer_id], text
    page = staff.get(url("customer", "changelist"), {"q": "nobody@example.org"})
    assert list(page.context["cl"].result_list) == []
    content = staff.get(url("customer", "change", conversation.customer_id)).content.decode()
    assert "customer id: <bdi>C7</bdi>" in content


def test_a_customer_is_erased_after_a_question(staff, center):
    conversation = chat(center, customerId="C7")
    data = {"action": "erase", "_selected_action": [conversation.customer_id]}
    question = staff.post(url("customer", "changelist"), data)
    assert "deleted for good" in question.content.decode()
    conversation.refresh_from_db()
    assert conversation.erased_at is None
    staff.post(url("customer", "changelist"), {**data, "confirmed": "1"})
    assert Conversation.objects.get().erased_at is not None
    assert Customer.objects.get().name == ""
    logged = LogEntry.objects.get(object_id=conversation.customer_id)
    told = f"\u2068{logged.object_id}\u2069 was erased."
    assert (logged.object_repr, logged.change_message) == (logged.object_id, told)
    page = staff.get(url("customer", "change", conversation.customer_id))
    assert "erased on " in page.content.decode()


def test_a_customer_of_whom_something_is_left_is_being_erased(staff, center, monkeypatch):
    conversation = chat(center, customerId="C7")

    def fail(*, conversation_id):
        raise OSError("The storage is away.")

    monkeypatch.setattr(erasure, "erase_conversation", fail)
    data = {"action": "erase", "_selected_action": [conversation.customer_id], "confirmed": "1"}
    answer = staff.post(url("customer", "changelist"), data, follow=True)
    assert answer.status_code == 200
    assert told(answer) == [
        f"{conversation.customer_id} is being erased. Conversations and files left, which the system goes on with: 1."
    ]
    assert "being erased, 1 left" in answer.content.decode()
    failures = staff.get(url("failure", "changelist")).content.decode()
    assert "erase conversations" in failures
    assert "OSError: The storage is away." in failures


def test_an_interaction_shows_its_times_offers_and_why_that_agent(staff, center):
    conversation = chat(center)
    interaction = conversation.interactions.get()
    content = staff.get(url("interaction", "change", interaction.pk)).content.decode()
    assert "<bdi>Ada Lovelace</bdi> was chosen" in content
    assert "accepted" in content
    assert conversation.pk in content
    for query, found in (
        ({"state": "finished"}, 1),
        ({"state": "waiting"}, 0),
        ({"outcome": "handled"}, 1),
        ({"outcome": "abandoned"}, 0),
        ({"codes_missing": "1"}, 0),
        ({"queue": center.queue.pk, "agent": interaction.agent_id}, 1),
        ({"since": "2000-01-01", "until": "2000-01-02"}, 0),
    ):
        page = staff.get(url("interaction", "changelist"), query)
        assert len(page.context["cl"].result_list) == found, query


# Agents who go, or answer elsewhere


def act(client, action, *agents, **data):
    chosen = {"action": action, "_selected_action": [agent.pk for agent in agents]}
    return client.post(url("agent", "changelist"), chosen | data, follow=True)


def test_an_agent_is_released_after_a_page_that_asks(staff, center):
    agent = make_agent(center.tenant, center.queue)
    interaction = accepted(start_conversation(center.channel))
    page = act(staff, "release", agent)
    assert "Yes, release them" in page.content.decode()
    agent.refresh_from_db()
    assert agent.released_at is None
    assert told(act(staff, "release", agent, confirmed=1)) == ["Ada Lovelace is no agent any more."]
    agent.refresh_from_db()
    interaction.refresh_from_db()
    assert agent.released_at is not None
    assert (interaction.state, interaction.agent) == ("waiting", None)
    page = staff.get(url("agent", "change", agent.pk))
    assert "capacity" not in page.context["adminform"].form.fields
    assert staff.post(url("agent", "change", agent.pk), {"capacity": 9}).status_code == 403
    see_users(staff)
    staff.post(url("agent", "add"), {"tenant": center.tenant.pk, "username": agent.user.username, "capacity": 4})
    assert Agent.objects.filter(user=agent.user).count() == 2


def test_an_agent_is_moved_to_the_queues_that_are_chosen(staff, center):
    agent = make_agent(center.tenant, center.queue)
    fees = Queue.objects.create(tenant=center.tenant, name="Fees")
    form = act(staff, "move", agent).context["form"]
    assert [str(tenant) for tenant in form.fields["tenant"].queryset] == [str(center.tenant)]
    assert [label for _pk, label in form.fields["queues"].choices] == ["Default", "Fees"]
    answer = act(staff, "move", agent, confirmed=1, tenant=center.tenant.pk, queues=[fees.pk])
    assert told(answer) == ["Ada Lovelace answers Fees now."]
    assert [member.queue for member in agent.memberships.all()] == [fees]


def test_staff_move_nobody_to_another_centre(staff, center, other):
    agent = make_agent(center.tenant, center.queue)
    act(staff, "move", agent, confirmed=1, tenant=other.tenant.pk, queues=[other.queue.pk])
    act(staff, "move", agent, confirmed=1, tenant=center.tenant.pk, queues=[other.queue.pk])
    stranger = make_agent(other.tenant, other.queue)
    for action in ("move", "release"):
        act(staff, action, stranger, confirmed=1, tenant=center.tenant.pk, queues=[center.queue.pk])
    assert not Agent.objects.exclude(released_at=None).exists()
    assert [member.queue for member in agent.memberships.all()] == [center.queue]
    assert [member.queue for member in stranger.memberships.all()] == [other.queue]


def test_it_is_told_to_which_centre_an_agent_was_moved(root, center, other):
    agent = make_agent(center.tenant, center.queue)
    answer = act(root, "move", agent, confirmed=1, tenant=other.tenant.pk, queues=[other.queue.pk])
    assert told(answer) == [f"Ada Lovelace is an agent of {other.tenant} now and answers {other.queue.name}."]


def test_a_name_at_the_beginning_of_a_message_is_left_as_it_is(staff, center):
    agent = make_agent(center.tenant, center.queue, first_name="", last_name="", username="a0@x.org")
    answer = act(staff, "release", agent, confirmed=1)
    assert "><bdi>a0@x.org</bdi> is no agent any more.</li>" in answer.content.decode()


@pytest.mark.parametrize("name", ["a\nb", "a\rb", "a\tb", "a\x1fb", "a\u2028b"])
def test_a_name_is_one_line(staff, center, name):
    data = {"tenant": center.tenant.pk, "name": name, "wrap_up_mode": "none"}
    answer = staff.post(url("queue", "add"), data)
    assert answer.context["adminform"].form.errors["name"] == [
        "May not contain line breaks or other control characters."
    ]


def test_a_superuser_moves_an_agent_to_another_centre(root, center, other):
    agent = make_agent(center.tenant, center.queue)
    page = act(root, "move", agent, confirmed=1, tenant=other.tenant.pk, queues=[center.queue.pk])
    assert page.context["form"].errors == {"queues": ["This belongs to another contact centre."]}
    act(root, "move", agent, confirmed=1, tenant=other.tenant.pk, queues=[other.queue.pk])
    moved = Agent.objects.get(released_at=None)
    assert (moved.tenant, moved.user, [row.queue for row in moved.memberships.all()]) == (
        other.tenant,
        agent.user,
        [other.queue],
    )
    assert told(act(root, "move", agent, moved)) == ["Choose agents of one tenant."]
    answer = act(root, "move", agent, confirmed=1, tenant=center.tenant.pk, queues=[center.queue.pk])
    assert told(answer) == ["Ada Lovelace: This user is no agent here any more."]


def test_the_queues_of_the_agents_are_chosen_already(root, center, other):
    fees, dates = (Queue.objects.create(tenant=center.tenant, name=name) for name in ("Fees", "Dates"))
    ada, grace = make_agent(center.tenant, center.queue, fees), make_agent(center.tenant, fees, dates)
    for agents, shared in (([ada], [center.queue, fees]), ([ada, grace], [fees])):
        form = act(root, "move", *agents).context["form"]
        assert [label for _pk, label in form.fields["queues"].choices] == ["Dates", "Default", "Fees"]
        assert set(form["queues"].value()) == {queue.pk for queue in shared}
        assert form.may_choose_tenant


def test_another_tenants_queues_are_shown_before_anything_is_confirmed(root, center, other):
    agent = make_agent(center.tenant, center.queue)
    page = act(root, "move", agent, tenant=other.tenant.pk)
    form = page.context["form"]
    assert [pk for pk, _label in form.fields["queues"].choices] == [other.queue.pk]
    assert form["tenant"].value() == other.tenant.pk
    assert not form.is_bound
    assert Agent.objects.get().released_at is None
    page = act(root, "move", agent, confirmed=1, tenant=other.tenant.pk)
    assert page.context["form"].errors == {"queues": ["Choose at least one queue."]}
    assert [member.queue for member in agent.memberships.all()] == [center.queue]


def test_nobody_is_moved_to_no_queue_at_all(staff, center):
    agent = make_agent(center.tenant, center.queue)
    page = act(staff, "move", agent, confirmed=1, tenant=center.tenant.pk)
    assert page.context["form"].errors == {"queues": ["Choose at least one queue."]}
    assert not page.context["form"].may_choose_tenant
    assert [member.queue for member in agent.memberships.all()] == [center.queue]


def test_who_was_released_is_not_offered_as_a_member(staff, center):
    agents = [make_agent(center.tenant, first_name="Grace") for _ in range(2)]
    act(staff, "release", agents[0], confirmed=1)
    query = {"app_label": "contactcenter_chat", "model_name": "queuemember", "field_name": "agent", "term": "Grace"}
    found = staff.get("/admin/autocomplete/", query).json()["results"]
    assert [each["id"] for each in found] == [agents[1].pk]


def test_without_the_permission_to_change_agents_nobody_goes(center):
    agent = make_agent(center.tenant, center.queue)
    user = make_user("viewer", is_staff=True)
    user.user_permissions.add(Permission.objects.get(codename="view_agent"))
    center.tenant.administrators.add(user)
    act(logged_in(user), "release", agent, confirmed=1)
    agent.refresh_from_db()
    assert agent.released_at is None
