"""What an agent sees of who a customer is, and how a code is sent and checked."""

import re
from datetime import datetime, timedelta

import pytest
from django.core import mail

from contactcenter_chat.actions.center.interactions import end_interaction
from contactcenter_chat.actions.setup.channels import update_channel
from contactcenter_chat.models import Conversation, Verification
from contactcenter_chat.models.clock import database_now
from tests import factories

from .conftest import parse, told

pytestmark = pytest.mark.django_db
MASKED = "g•••@example.org"


def panel(page):
    return page.select_one(".verification")


def level(page):
    return told(page.select_one(".verification .level"))


def fields(page):
    return [each["name"] for each in page.select(".verification input")]


def buttons(page):
    return [told(each) for each in page.select(".verification button")]


def mailed():
    return re.search("[0-9]{6}", mail.outbox[-1].body)[0]


def another(code):
    return f"{(int(code) + 1) % 10**6:06}"


def test_what_was_claimed_is_not_verified(desk, chat):
    page = desk.page("side", chat.conversation_id)
    assert (level(page), buttons(page), fields(page)) == ("claimed, not verified", ["Verify"], [])


def test_a_code_is_sent_and_its_field_opens_for_the_keyboard(desk, chat):
    page = parse(desk.post("verify", chat.conversation_id))
    assert mail.outbox[0].to == ["grace@example.org"]
    field = page.select_one("input[name=code]")
    assert field.has_attr("autofocus")
    label = page.select_one(f"label[for={field['id']}]")
    assert told(label) == f"The code that was sent to {MASKED}"
    assert (buttons(page), fields(page)) == (["Check", "Send another code"], ["code"])
    later = desk.page("side", chat.conversation_id)
    assert fields(later) == ["code"]
    assert not later.select_one("input[name=code]").has_attr("autofocus")  # not out of the agent's hands


def test_the_right_code(desk, chat):
    desk.post("verify", chat.conversation_id)
    page = parse(desk.post("verify", chat.conversation_id, code=mailed()))
    assert (level(page), buttons(page), fields(page)) == ("verified by code until", [], [])
    until = Verification.objects.get().verified_at + timedelta(minutes=30)
    shown = page.select_one(".verification time")["datetime"]
    assert datetime.fromisoformat(shown) == until
    assert page.select_one(".level").has_attr("autofocus")
    assert level(desk.page("side", chat.conversation_id)) == "verified by code until"
    Verification.objects.update(verified_at=database_now() - timedelta(minutes=31))
    page = desk.page("side", chat.conversation_id)
    assert (level(page), buttons(page)) == ("claimed, not verified", ["Verify"])


def test_a_wrong_code_is_told_and_counted(desk, chat):
    desk.post("verify", chat.conversation_id)
    response = desk.post("verify", chat.conversation_id, code=another(mailed()))
    assert (response.status_code, response.content.decode()) == (400, "This is not the code.")
    assert Verification.objects.get().tries == 1


def test_the_log_says_it_with_a_masked_address(desk, chat):
    desk.post("verify", chat.conversation_id)
    desk.post("verify", chat.conversation_id, code=mailed())
    lines = [told(each) for each in desk.page("chat", chat.conversation_id).select(".log li")]
    assert f"A code was sent to {MASKED} ." in lines[-3]
    assert lines[-2] == f"System We must be sure who you are. A code was sent to {MASKED}: please write it here."
    assert f"The customer was verified by a code: {MASKED} ." in lines[-1]


def test_who_has_logged_in(desk, chat):
    update_channel(channel=chat.conversation.channel, identity="signed")
    Conversation.objects.update(data={"customerId": "s-1"})
    page = desk.page("side", chat.conversation_id)
    assert (level(page), buttons(page)) == ("signed in", [])


def test_who_is_not_known(desk, center, agent):
    chat = factories.accepted(factories.start_conversation(center.channel, name=""))
    page = desk.page("side", chat.conversation_id)
    assert (level(page), buttons(page)) == ("not known", [])


def test_only_the_agent_of_the_chat(desk, colleague, stranger, chat):
    for other in (colleague, stranger):
        assert other.post("verify", chat.conversation_id).status_code == 404
    end_interaction(interaction_id=chat.pk, agent=desk.agent)
    assert buttons(desk.page("side", chat.conversation_id)) == []
    response = desk.post("verify", chat.conversation_id)
    assert (response.status_code, response.content.decode()) == (409, "You are not in this chat any more.")
    assert mail.outbox == []


def test_too_many(desk, chat):
    for _ in range(3):
        desk.post("verify", chat.conversation_id)
    response = desk.post("verify", chat.conversation_id)
    words = "Too many codes were sent. Try again later."
    assert (response.status_code, response.content.decode()) == (429, words)


def test_it_needs_a_post(desk, chat):
    assert desk.get("verify", chat.conversation_id).status_code == 405


def test_in_spanish(desk, chat):
    desk.client.cookies["django_language"] = "es"
    page = desk.page("side", chat.conversation_id)
    assert (level(page), buttons(page)) == ("lo dice, sin verificar", ["Verificar"])


@pytest.mark.django_db(transaction=True)
def test_a_wrong_code_is_counted_where_requests_are_transactions(desk, chat, settings):
    settings.DATABASES["default"]["ATOMIC_REQUESTS"] = True
    try:
        desk.post("verify", chat.conversation_id)
        assert desk.post("verify", chat.conversation_id, code=another(mailed())).status_code == 400
    finally:
        settings.DATABASES["default"]["ATOMIC_REQUESTS"] = False
    assert Verification.objects.get().tries == 1
