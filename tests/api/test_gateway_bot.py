"""A bot that lives elsewhere and has conversations from their start: told by its webhook, it speaks over the API."""

import json
from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from contactcenter_chat.actions.bots import ends
from contactcenter_chat.actions.center import timers
from contactcenter_chat.models import (
    BotPause,
    BotSpell,
    Conversation,
    Delivery,
    Interaction,
    Queue,
    Receiver,
    Webhook,
    clock,
)
from tests.actions.bots.conftest import (
    DISCLOSED,
    LONG_AGO,
    PASSED_ON,
    SORRY,
    said,
    says,
    silence,
    spell_of,
    take_turns,
)
from tests.factories import accepted, make_agent, make_center, make_webhook, start_conversation

from .caller import problem
from .chat_gateway_v1.caller import VERSION, Gateway

pytestmark = pytest.mark.django_db
HEADER = "X-Contactcenter-Control"
USER = {"userId": "u1", "name": "Ada"}


@pytest.fixture
def webhook(center):
    """Where the bot is told."""
    return make_webhook(center.tenant, name="Concierge", version=VERSION)


@pytest.fixture
def channel(center, webhook, settings):
    """A channel whose bot lives behind that webhook; the channel's own application is another one."""
    Webhook.objects.filter(pk=center.webhook.pk).update(version=VERSION)
    have(settings, webhook=webhook.pk)
    center.channel.bot = "concierge"
    center.channel.save()
    return center.channel


@pytest.fixture
def talk(channel):
    """A conversation that the bot has, in which the customer has said hello."""
    conversation = start_conversation(channel)
    says(conversation, "Hello")
    return conversation


@pytest.fixture
def bot(center, talk):
    """The bot's side: it says something, or hands over, under the epoch that it was told last."""
    return Bot(Gateway(center), talk)


class Bot:
    def __init__(self, gateway, conversation):
        self.gateway, self.path = gateway, f"conversations/{conversation.pk}"
        self.epoch = Delivery.objects.latest("pk").control_epoch

    def says(self, text, **more):
        body = {"messageType": "text", "authorType": "bot", "text": text, **more}
        return self.gateway.post(f"{self.path}/messages", body, **{HEADER: str(self.epoch)})

    def hands_over(self, **body):
        return self.gateway.post(f"{self.path}/handover", body, **{HEADER: str(self.epoch)})


def have(settings, **options):
    bots = {"concierge": {"BACKEND": "gateway", "OPTIONS": options}}
    settings.CONTACTCENTER_CHAT = {**settings.CONTACTCENTER_CHAT, "BOTS": bots}


def told(webhook):
    """What a webhook is told: event, and the little that tells one from another."""
    found = []
    for row in Delivery.objects.filter(receiver_id=webhook.pk).order_by("number"):
        body = json.loads(row.body)
        data = body.get("data", {})
        what = (data["text"], data["isEcho"]) if body["eventType"] == "MESSAGE" else data.get("state")
        found.append((body["eventType"], what))
    return found


# It has the conversation from its start


def test_it_is_told_from_the_start_and_speaks(talk, bot, webhook, center):
    body = json.loads(Delivery.objects.filter(receiver_id=webhook.pk).earliest("number").body)
    assert body["data"]["assignment"] == {"type": "script", "id": "concierge"}
    assert bot.says("Hi. What is it about?").status_code == 202
    assert said(talk) == [DISCLOSED, "Hi. What is it about?"]
    begun = ("CONVERSATION_UPDATE", "active")
    words = [("Hello", False), (DISCLOSED, False), ("Hi. What is it about?", True)]
    assert told(webhook) == [begun, *(("MESSAGE", each) for each in words)]
    words = [("Hello", True), (DISCLOSED, False), ("Hi. What is it about?", False)]
    assert told(center.webhook)[-4:] == [begun, *(("MESSAGE", each) for each in words)]
    assert not Interaction.objects.exists()
    spell = spell_of(talk)
    assert (spell.bot, spell.answers, spell.sign_by) == ("concierge", 1, None)
    assert spell.disclosed_at is not None
    bot.says("Are you there?")
    assert said(talk)[2:] == ["Are you there?"]  # it has said what it is


def test_a_channel_of_the_other_wire_hears_that_it_is_automated(talk, bot, center):
    Webhook.objects.filter(pk=center.webhook.pk).update(version="v2.0")
    bot.says("Hi")
    bodies = [
        json.loads(row.body) for row in Delivery.objects.filter(receiver_id=center.webhook.pk).order_by("number")
    ]
    texts = [(each["agentName"], each["message"]) for each in bodies if each["eventType"] == "TEXT"]
    assert texts == [("Assistant (automated)", DISCLOSED), ("Assistant (automated)", "Hi")]


def test_without_an_option_it_is_the_channels_own_webhook(center, channel, settings):
    have(settings)
    conversation = start_conversation(channel)
    says(conversation, "Hello")
    Bot(Gateway(center), conversation).says("Hi")
    words = [("Hello", True), (DISCLOSED, False), ("Hi", True)]
    assert told(center.webhook)[-3:] == [("MESSAGE", each) for each in words]
    assert spell_of(conversation).bot == "concierge"


def test_a_client_may_name_it(center, channel, webhook):
    wanted = {"channelId": channel.pk, "user": USER, "assignment": {"type": "script", "id": "concierge"}}
    assert Gateway(center).post("conversations", wanted).status_code == 202
    assert told(webhook) == [("CONVERSATION_UPDATE", "created"), ("CONVERSATION_UPDATE", "active")]


def test_one_that_cannot_be_told_is_left_out(center, channel, webhook, settings, caplog):
    theirs = make_webhook(make_center().tenant, version=VERSION)
    old = make_webhook(center.tenant)
    Receiver.objects.filter(pk=webhook.pk).update(enabled=False)
    wanted = {"channelId": channel.pk, "user": USER, "assignment": {"type": "script", "id": "concierge"}}
    for wrong in (theirs.pk, old.pk, webhook.pk, "nothing"):
        have(settings, webhook=wrong)
        assert start_conversation(channel).script == ""
        assert f"The bot concierge hears nothing of channel {channel.pk}" in caplog.messages[-1]
        status, errors = problem(Gateway(center).post("conversations", wanted))
        assert (status, "invalid_script" in str(errors)) == (400, True)
    assert not Delivery.objects.filter(receiver_id__in=[theirs.pk, old.pk, webhook.pk]).exists()


# What holds for every bot


def test_a_wish_for_a_person_is_obeyed(talk, bot, webhook):
    bot.says("Hi")
    says(talk, "I want to talk to a person")
    take_turns()
    assert said(talk)[2:] == [PASSED_ON]
    assert (spell_of(talk).end, spell_of(talk).reason) == ("handed_over", "asked")
    assert Interaction.objects.get().brief["summary"] == "Hello\nI want to talk to a person"
    assert told(webhook)[-1] == ("QUEUED", None)  # by which it knows
    answer = bot.says("Too late")
    assert (answer.status_code, "control_moved" in str(answer.json())) == (409, True)


def test_misses_are_its_own_matter(talk, bot):
    for _ in range(3):
        take_turns()
        bot.says("What do you mean?")
        says(talk, "Hello")
        BotSpell.objects.update(due_at=LONG_AGO)
    take_turns()
    assert (spell_of(talk).end, spell_of(talk).misses) == ("", [])


def test_it_has_its_number_of_turns(talk, bot, settings):
    settings.CONTACTCENTER_CHAT = {**settings.CONTACTCENTER_CHAT, "BOT_TURNS_MOST": 1}
    take_turns()
    bot.says("Hi")
    says(talk, "And now?")
    take_turns()
    assert (spell_of(talk).end, spell_of(talk).reason) == ("handed_over", "policy")


def test_it_hands_over_in_one_sentence(talk, bot, webhook, center):
    answer = bot.hands_over(brief={"intent": "fees"}, reason="policy", skills=[])
    assert (answer.status_code, answer.json()["state"], answer.json()["reason"]) == (202, "accepted", "policy")
    brief = {"intent": "fees", "identity": "claimed", "bot": "concierge"}
    assert {name: answer.json()["brief"].get(name) for name in brief} == brief
    assert said(talk) == [DISCLOSED, PASSED_ON]
    spell = spell_of(talk)
    assert (spell.end, spell.reason, spell.sign_by) == ("handed_over", "policy", None)
    assert told(webhook)[-1] == ("QUEUED", None)
    make_agent(center.tenant, center.queue)
    accepted(talk)
    assert told(webhook)[-1] == ("QUEUED", None)  # and hears no more
    assert bot.hands_over().status_code == 409


def test_while_nobody_is_there_the_customer_chooses(talk, bot):
    Queue.objects.update(is_closed=True)
    answer = bot.hands_over(brief={"intent": "fees"})
    assert (answer.status_code, answer.json()["state"]) == (202, "none")
    assert said(talk)[1] == "None of my colleagues is here at the moment. What shall I do?"
    assert bot.hands_over(brief={"intent": "rooms"}).status_code == 202  # asks nobody once more
    assert len(said(talk)) == 2
    says(talk, "Leave it for a colleague")
    take_turns()
    assert Interaction.objects.get().brief["intent"] == "rooms"
    assert spell_of(talk).end == "handed_over"


def test_it_may_go_on_while_nobody_is_there(talk, bot):
    Queue.objects.update(is_closed=True)
    bot.hands_over()
    says(talk, "Go on with the assistant")
    assert spell_of(talk).sign_by is not None
    take_turns()
    assert said(talk)[2:] == ["All right. What would you like to know?"]
    assert (spell_of(talk).choosing, spell_of(talk).sign_by) == (False, None)  # that was the answer
    says(talk, "When do you open?")
    assert bot.says("In the morning").status_code == 202
    assert spell_of(talk).end == ""


def test_one_that_gives_no_sign_is_given_up(talk, webhook):
    left = spell_of(talk).sign_by - clock.now()
    assert timedelta(seconds=13) < left <= timedelta(seconds=15)
    take_turns()  # in which it is asked nothing
    assert spell_of(talk).sign_by is not None
    BotSpell.objects.update(sign_by=LONG_AGO)
    assert timers.run_timers()["bots_quiet"] == 1
    assert said(talk) == [DISCLOSED, f"{SORRY} {PASSED_ON}"]
    assert told(webhook)[-1] == ("QUEUED", None)
    assert BotPause.objects.get().failures == 1


def test_one_that_thinks_has_the_time_it_says(talk, bot):
    assert bot.gateway.post(f"{bot.path}/thinking", {"maxThinkingTimeSeconds": 400}).status_code == 204
    left = spell_of(talk).sign_by - clock.now()
    assert timedelta(seconds=395) < left <= timedelta(seconds=400)
    take_turns()
    BotSpell.objects.update(look_at=LONG_AGO)
    assert not ends.silent(clock.now()).exists()  # the customer is not who is silent


def test_failures_in_a_row_pause_it(channel):
    for _ in range(5):
        says(start_conversation(channel), "Hello")
        BotSpell.objects.filter(ended_at=None).update(sign_by=LONG_AGO)
        timers.run_timers()
    assert BotPause.objects.get().paused_until > clock.now()
    assert start_conversation(channel).script == ""


def test_what_it_says_ends_a_row_of_failures(talk, bot, center):
    BotPause.objects.create(tenant=center.tenant, bot="concierge", failures=4)
    take_turns()
    assert BotPause.objects.get().failures == 4  # that the app has looked says nothing
    bot.says("Hi")
    assert BotPause.objects.get().failures == 0


def test_silence_is_asked_about_and_ends_it(talk, bot, webhook):
    take_turns()
    bot.says("Hi")
    silence()
    assert said(talk)[-1] == "Is there anything else I can help with?"
    silence()
    assert (spell_of(talk).end, spell_of(talk).code) == ("bot_assumed", "system:bot_contained")
    assert Conversation.objects.get().state == "idle"
    assert told(webhook)[-1] == ("CONVERSATION_UPDATE", "idle")
    assert bot.says("Still there?").status_code == 409


def test_the_customer_settles_it(talk, bot):
    take_turns()
    bot.says("Hi")
    silence()
    says(talk, "No, that was all")
    take_turns()
    assert spell_of(talk).end == "bot_confirmed"


def test_its_words_cost_the_same_however_many(talk, bot):
    take_turns()
    bot.says("One")
    counts = []
    for text in ("Two", "Three", "Four"):
        with CaptureQueriesContext(connection) as queries:
            bot.says(text)
        counts.append(len(queries))
    assert len(set(counts)) == 1
