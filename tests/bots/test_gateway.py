"""A bot behind a webhook: what stands here for it."""

import pytest

from contactcenter_chat.bots.base import Turn, bot_named, has_turns, is_bot, is_elsewhere
from contactcenter_chat.bots.gateway import GatewayBot


def test_it_is_named_in_the_setting(settings):
    assert not is_bot("gateway")
    path = "contactcenter_chat.bots.gateway.GatewayBot"
    settings.CONTACTCENTER_CHAT = {"BOTS": {"a": {"BACKEND": "gateway"}, "b": {"BACKEND": path}, "c": {}}}
    assert [(has_turns(each), is_elsewhere(each)) for each in "abc"] == [(True, True), (True, True), (False, False)]
    assert not is_elsewhere("faq")
    assert isinstance(bot_named("a"), GatewayBot)


def test_it_is_asked_nothing():
    assert list(GatewayBot(webhook="x").answer(Turn("c", "t", said=[]))) == []


@pytest.mark.parametrize("webhook", [None, 5, "a\0"])
def test_its_webhook_is_named_by_an_id(webhook):
    with pytest.raises(ValueError, match="webhook"):
        GatewayBot(webhook=webhook)
