"""Cards of a message, and answers to them."""

import json

import pytest

from contactcenter_chat.actions import messages
from contactcenter_chat.actions.center import interactions
from contactcenter_chat.events import ADAPTIVE, QUICK_REPLIES
from contactcenter_chat.models import Card, Delivery, Webhook
from tests import factories

from ..caller import problem
from .caller import VERSION, Gateway, general, invalid, items

CHOICE = {"options": [{"title": "Check order status", "data": {"postback": "order_status"}}, {"title": "No"}]}
FORM = {
    "type": "AdaptiveCard",
    "body": [{"type": "Input.Number", "id": "feedbackRating"}, {"type": "Input.Text", "id": "comments"}],
    "actions": [{"type": "Action.Submit", "title": "Send"}],
}


@pytest.fixture
def chat(center):
    Webhook.objects.filter(pk=center.webhook.pk).update(version=VERSION)
    factories.make_agent(center.tenant, center.queue)
    return factories.accepted(factories.start_conversation(center.channel))


@pytest.fixture
def message(chat):
    return messages.add_message(
        conversation_id=chat.conversation_id,
        author_type="agent",
        agent=chat.agent,
        cards=[(ADAPTIVE, FORM), (QUICK_REPLIES, CHOICE)],
    )


@pytest.fixture
def form(message):
    return message.cards.first()


@pytest.fixture
def choice(message):
    return message.cards.last()


def path(card, action="submit", tenant="college"):
    return f"/api/v1/tenant/{tenant}/conversations/{card.message.conversation_id}/cards/{card.pk}/action-{action}"


def told_activity():
    body = json.loads(Delivery.objects.latest("pk").body)
    assert body["eventType"] == "ACTIVITY"
    return body["data"]


def test_the_cards_of_a_message(gateway, message, form, choice):
    found = items(gateway.get(f"conversations/{message.conversation_id}/messages/{message.pk}/cards"), "cards")
    state = {"actionSubmitted": False, "actionExecuted": False}
    assert found == [
        {"id": form.pk, "contentType": ADAPTIVE, "content": FORM, **state},
        {"id": choice.pk, "contentType": QUICK_REPLIES, "content": CHOICE, **state},
    ]
    newest = f"conversations/{message.conversation_id}/messages/{message.pk}/cards?sort=createdAt:desc"
    assert [each["id"] for each in items(gateway.get(newest), "cards")] == [choice.pk, form.pk]


def test_a_submitted_card_is_told_as_documented(gateway, form):
    answer = {"feedbackRating": 5, "comments": "Great service!"}
    response = gateway.put(path(form), answer)
    assert (response.status_code, response.content) == (204, b"")
    assert told_activity() == {"name": "adaptiveCard/action", "value": {"type": "Action.Submit", "data": answer}}
    found = items(
        gateway.get(f"conversations/{form.message.conversation_id}/messages/{form.message_id}/cards"), "cards"
    )
    assert [each["actionSubmitted"] for each in found] == [True, False]


def test_a_quick_reply_is_told_as_documented(gateway, choice):
    assert gateway.put(path(choice), {"postback": "order_status"}).status_code == 204
    data = {"title": "Check order status", "payload": "order_status"}
    assert told_activity() == {"name": "quickReply/action", "value": {"type": "postback", "data": data}}


def test_an_executed_card(gateway, form):
    assert gateway.put(path(form, "execute"), {"name": "8x8-Int"}).status_code == 204
    assert told_activity()["value"] == {"type": "Action.Execute", "data": {"name": "8x8-Int"}}
    assert Card.objects.get(pk=form.pk).executed_at


def test_the_same_again_is_not_told_twice(gateway, form):
    for _ in range(2):
        assert gateway.put(path(form), {"feedbackRating": 5}).status_code == 204
    assert Delivery.objects.filter(event_type="ACTIVITY").count() == 1


def test_a_repeated_or_stale_button_is_refused_politely(gateway, chat, form, choice):
    gateway.put(path(form), {"feedbackRating": 5})
    response = gateway.put(path(form), {"feedbackRating": 1})
    assert problem(response) == (409, general("conflict", "This card was answered already."))
    interactions.end_interaction(interaction_id=chat.pk, agent=chat.agent)
    response = gateway.put(path(choice), {"title": "No"})
    assert problem(response) == (409, general("conflict", "This card cannot be answered any more."))


@pytest.mark.parametrize("body", [[], "x", 1, None, b"{"])
def test_what_is_no_object_is_refused(gateway, form, body):
    response = gateway.put(path(form), body)
    assert response.status_code == 400
    assert response.json()["message"] == "Constraint Violation"
    assert Card.objects.get(pk=form.pk).submitted_at is None


def test_an_option_that_is_none_is_refused(gateway, choice):
    sentence = "body: This is none of the card's options."
    assert problem(gateway.put(path(choice), {"title": "Yes"})) == (400, invalid(("invalid_value", sentence)))


def test_a_bot_sends_cards(gateway, chat):
    said = gateway.post(
        f"conversations/{chat.conversation_id}/messages",
        {"authorType": "bot", "cards": [{"contentType": QUICK_REPLIES, "content": CHOICE}, {"content": FORM}]},
    )
    assert said.status_code == 202
    (message,) = items(gateway.get(f"conversations/{chat.conversation_id}/messages"), "messages")
    assert [(card["contentType"], card["content"]) for card in message["cards"]] == [
        (QUICK_REPLIES, CHOICE),
        (ADAPTIVE, FORM),
    ]
    told = json.loads(Delivery.objects.filter(event_type="MESSAGE").latest("pk").body)["data"]
    assert told["cards"] == [
        {"contentType": QUICK_REPLIES, "content": CHOICE},
        {"contentType": ADAPTIVE, "content": FORM},
    ]


@pytest.mark.parametrize(
    ("cards", "complaint"),
    [
        ([{}], "cards[0].content: Must be an object."),
        ([{"content": {}}], "cards[0].content.type: Must be AdaptiveCard."),
        ([{"contentType": QUICK_REPLIES, "content": {}}], "cards[0].content.options: May not be empty."),
        ("x", "cards: Must be a list. text: May not be empty."),
    ],
)
def test_what_is_no_card_is_refused(gateway, chat, cards, complaint):
    said = gateway.post(f"conversations/{chat.conversation_id}/messages", {"authorType": "bot", "cards": cards})
    assert (said.status_code, said.json()["errors"]["message"]) == (400, complaint)


def not_there(kind, pk):
    return 404, {
        "message": "Resource not found",
        "errors": [{"code": "resource_not_found", "message": f"Entity of type {kind} with id {pk} was not found."}],
    }


@pytest.mark.parametrize("action", ["submit", "execute"])
def test_another_tenants_card_is_not_there(other, form, action):
    stranger = Gateway(other)
    asked = stranger.put(path(form, action, tenant=other.tenant.label), {})
    assert problem(asked) == not_there("Conversation", form.message.conversation_id)
    own = factories.start_conversation(other.channel)
    mixed = path(form, action, tenant=other.tenant.label).replace(form.message.conversation_id, own.pk)
    assert problem(stranger.put(mixed, {})) == not_there("Card", form.pk)
    assert stranger.put(path(form, action), {}).status_code == 403
    assert Card.objects.get(pk=form.pk).submitted_at is None


def test_another_tenants_message_is_not_there(other, message):
    listed = f"conversations/{message.conversation_id}/messages/{message.pk}/cards"
    assert problem(Gateway(other).get(listed)) == not_there("Conversation", message.conversation_id)
    own = factories.start_conversation(other.channel)
    mixed = f"conversations/{own.pk}/messages/{message.pk}/cards"
    assert problem(Gateway(other).get(mixed)) == not_there("Message", message.pk)


def test_a_path_and_a_header_must_name_the_same_tenant(gateway, form):
    assert gateway.put(path(form), {}, **{"X-8x8-Tenant": "college"}).status_code == 204
    assert gateway.put(path(form), {}, **{"X-8x8-Tenant": "museum"}).status_code == 403


def test_it_needs_its_scope(center, form):
    center.api_key.scopes = ["vcc-chat.conversations.read"]
    center.api_key.save()
    assert Gateway(center).put(path(form), {}).status_code == 403


def test_an_unknown_id_is_not_there(gateway, form):
    for pk in ("x", "%00", "x" * 100):
        assert gateway.put(path(form).replace(form.pk, pk), {}).status_code == 404


@pytest.mark.parametrize(
    ("value", "reason"),
    [
        (b"12345678901234567890", "May not contain whole numbers beyond 2^53."),
        (b'[{"a":-9007199254740993}]', "May not contain whole numbers beyond 2^53."),
        (b'{"__proto__":1}', "May not contain the name __proto__."),
        (b'["\\u0000"]', "May not contain the character U+0000."),
    ],
)
def test_what_javascript_would_not_keep_is_refused(gateway, form, message, value, reason):
    body = b'{"feedbackRating":' + value + b"}"
    refused = gateway.put(path(form), body)
    assert problem(refused) == (400, invalid(("invalid_value", f"body: {reason}")))
    form.refresh_from_db()
    assert form.submitted_at is None
    sent = b'{"cards":[{"contentType":"x","content":{"version":' + value + b"}}]}"
    sent = sent.replace(b'"x"', json.dumps(ADAPTIVE).encode())
    refused = gateway.post(f"conversations/{message.conversation_id}/messages", sent)
    assert (refused.status_code, refused.json()["message"]) == (400, f"cards[0].content: {reason}")


def test_an_answer_is_told_as_javascript_writes_it(gateway, form):
    body = b'{"feedbackRating":1.0,"b":1e3,"10":-0.0,"2":[1e-7,9007199254740992,12345678901234567890.0]}'
    assert gateway.put(path(form), body).status_code == 204
    told = Delivery.objects.latest("pk").body
    parts = ['"feedbackRating":1', '"b":1000', '"2":[1e-7,9007199254740992,12345678901234567000],"10":0']
    assert [part for part in parts if part not in told] == []
