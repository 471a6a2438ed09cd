"""A chat whose customer is silent, at an open desk."""

from datetime import timedelta

import pytest
from playwright.sync_api import expect

from contactcenter_chat.actions.center import slots
from contactcenter_chat.models import Channel, Conversation, Interaction
from contactcenter_chat.models.clock import database_now
from tests import factories

from .talk import Talk

pytestmark = [pytest.mark.browser, pytest.mark.postgresql, pytest.mark.django_db(transaction=True)]


def test_the_list_says_who_is_silent_and_what_is_taken(center, maria, at_desk, tmp_path):
    Channel.objects.update(pace="messaging")
    page = at_desk(maria)
    grace, ada = Talk(center, name="Grace Okafor"), Talk(center, name="Ada Byron")
    for talk in (grace, ada):
        factories.accepted(talk.conversation)
    grace.hears(maria, "The first one.")
    load, silent = page.locator(".presence .load"), page.locator("#chat-items .tag")
    expect(load).to_have_text("⅔/3")
    long_ago = database_now() - timedelta(minutes=10)
    Conversation.objects.update(last_word_at=long_ago)
    Interaction.objects.update(accepted_at=long_ago)
    assert slots.free(grace.interaction.pk, database_now())
    expect(silent).to_have_text("silent")
    expect(load).to_have_text("⅓/3")
    page.screenshot(path=tmp_path / "silent.png")
    grace.says("Thanks!")
    expect(silent).to_have_count(0)
    expect(load).to_have_text("⅔/3")
