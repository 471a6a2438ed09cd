"""How does a bot take back what it has handed over?"""

import threading
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from django.db import connections

from contactcenter_chat.actions import conversations
from contactcenter_chat.actions.bots.after_agent import assign_post_agent
from contactcenter_chat.actions.bots.recalling import recall
from contactcenter_chat.actions.cards import submit_card
from contactcenter_chat.actions.center import interactions, offers, transfers
from contactcenter_chat.actions.conversations import leave_as_customer
from contactcenter_chat.bots.base import QuickReply, Say
from contactcenter_chat.exceptions import Conflict, ContactCenterError, ControlMoved, NotFound
from contactcenter_chat.models import (
    Agent,
    BotPause,
    BotSpell,
    Card,
    Interaction,
    Offer,
    PostAgentAssignment,
    Receiver,
    Segment,
    clock,
)
from tests import factories
from tests.facts import facts, fresh, refused

from .conftest import DISCLOSED, PASSED_ON, says, spell_of, take_turns
from .conftest import said as bot_said

GOODBYE = "All right. Write here whenever you need something."
GOING_ON = "All right. What would you like to know?"


@pytest.fixture
def waiting(talk):
    """The bot has handed it over, and it waits."""
    says(talk, "A person, please")
    take_turns()
    assert fresh(talk, "control") == ("queue",)
    return talk


def test_who_has_settled_it_needs_nobody(waiting):
    before = len(bot_said(waiting))
    says(waiting, "It's settled, thanks")
    take_turns()
    assert bot_said(waiting)[before:] == [GOODBYE]
    interaction = Interaction.objects.get()
    assert (interaction.state, interaction.outcome, interaction.ended_by) == ("finished", "cancelled", "bot")
    segment = Segment.objects.get()
    assert (segment.outcome, segment.left_at is not None) == ("cancelled", True)
    assert fresh(waiting, "state", "script", "open_interaction") == ("idle", "", None)
    assert list(BotSpell.objects.order_by("pk").values_list("end", flat=True)) == ["handed_over", "bot_confirmed"]


def test_who_wants_to_go_on_with_the_bot_does(waiting):
    before, (epoch,) = len(bot_said(waiting)), fresh(waiting, "control_epoch")
    says(waiting, "Go on with the assistant")
    take_turns()
    assert bot_said(waiting)[before:] == [GOING_ON]
    assert fresh(waiting, "control", "control_holder", "control_epoch") == ("bot", "helper", epoch + 1)
    says(waiting, "Which room?")
    take_turns()
    assert bot_said(waiting)[-1] == "You said: Which room?"
    assert not Interaction.objects.exclude(state="finished").exists()


def test_it_is_written_down_in_this_order(waiting):
    (before,) = fresh(waiting, "last_number")
    says(waiting, "go on with the bot")
    told = [
        (kind, data.get("outcome") or data.get("id")) for _number, kind, _interaction, data in facts(waiting, before)
    ]
    assert told == [("interaction.ended", "cancelled"), ("conversation.assigned", "helper"), ("message.added", None)]


def test_an_offer_that_rings_is_taken_back(waiting, center):
    agent = factories.make_agent(center.tenant, center.queue)
    factories.offer_of(waiting)
    recall(conversation_id=waiting.pk)
    offer = Offer.objects.get()
    assert (offer.state, offer.reason) == ("withdrawn", "recalled")
    assert fresh(agent, "load") == (0,)
    assert fresh(waiting, "control") == ("bot",)


def test_again_it_changes_nothing(waiting):
    recall(conversation_id=waiting.pk)
    before = facts(waiting)
    recall(conversation_id=waiting.pk, tenant_id=waiting.tenant_id)
    assert facts(waiting) == before
    assert BotSpell.objects.count() == 2


def test_handed_over_again_it_waits_anew(waiting):
    recall(conversation_id=waiting.pk)
    says(waiting, "A person, please")
    take_turns()
    assert sorted(Interaction.objects.values_list("state", flat=True)) == ["finished", "waiting"]


def test_an_agent_who_has_it_keeps_it(waiting, center):
    factories.make_agent(center.tenant, center.queue)
    factories.accepted(waiting)
    with refused(Conflict, message="The conversation does not wait for an agent."):
        recall(conversation_id=waiting.pk)
    says(waiting, "It is settled")
    assert fresh(waiting, "control") == ("agent",)


def test_what_an_agent_has_handed_on_stays(waiting, center):
    agent = factories.make_agent(center.tenant, center.queue)
    chat = factories.accepted(waiting)
    transfers.transfer_to_queue(interaction_id=chat.pk, agent=agent, queue=center.queue)
    with refused(Conflict, message="No bot has handed the conversation over."):
        recall(conversation_id=waiting.pk)
    says(waiting, "It is settled")
    assert fresh(waiting, "control") == ("queue",)


def test_what_no_bot_has_handed_over_stays(center, bot):
    conversation = factories.start_conversation(center.channel)
    with refused(Conflict, message="No bot has handed the conversation over."):
        recall(conversation_id=conversation.pk)
    says(conversation, "It is settled")
    assert fresh(conversation, "control") == ("queue",)


def test_who_knows_an_older_state_is_refused(waiting):
    with refused(ControlMoved):
        recall(conversation_id=waiting.pk, epoch=1)


def test_to_others_it_is_not_there(waiting):
    other = factories.make_tenant().tenant
    with refused(NotFound):
        recall(conversation_id=waiting.pk, tenant_id=other.pk)


def test_a_bot_in_trouble_takes_nothing_back(waiting):
    BotPause.objects.create(tenant=waiting.tenant, bot="helper", paused_until=clock.now() + timedelta(hours=1))
    says(waiting, "It is settled")
    assert fresh(waiting, "control") == ("queue",)


def test_the_words_mean_nothing_else_where_the_bot_has_it(talk):
    says(talk, "It is settled")
    take_turns()
    assert bot_said(talk)[-1] == "You said: It is settled"
    assert spell_of(talk).ended_at is None


@pytest.mark.postgresql
@pytest.mark.django_db(transaction=True)
def test_either_the_agent_has_it_or_the_bot(center, bot):
    won = {"agent": 0, "bot": 0}
    agent = factories.make_agent(center.tenant, center.queue, capacity=20)
    for _ in range(12):
        winner = race(center, agent)
        won[winner] += 1
    assert sum(won.values()) == 12
    held = Interaction.objects.filter(state="handling").count()
    assert held == won["agent"]
    assert Agent.objects.get().load == 3 * held  # thirds of a slot
    assert not Offer.objects.filter(state="pending").exists()


def race(center, agent):
    """Have the agent accept what the bot takes back; return who has it, and see that the other one was told so."""
    talk = conversations.start_conversation(channel=center.channel, data={}, script="helper")
    says(talk, "A person, please")
    take_turns()
    offer = factories.offer_of(talk)
    barrier = threading.Barrier(2)

    def run(verb):
        try:
            barrier.wait()
            verb()
        except ContactCenterError as refusal:
            return type(refusal)
        finally:
            connections.close_all()

    with ThreadPoolExecutor(2) as threads:
        taken = threads.submit(run, lambda: offers.accept_offer(offer_id=offer.pk, agent=offer.agent))
        recalled = threads.submit(run, lambda: recall(conversation_id=talk.pk))
    assert {taken.result(), recalled.result()} == {None, Conflict}
    control, script, open_interaction = fresh(talk, "control", "script", "open_interaction")
    if taken.result() is None:
        assert (control, script, open_interaction) == ("agent", "", offer.interaction_id)
        return "agent"
    assert (control, script, open_interaction) == ("bot", "helper", None)
    return "bot"


# Again and again


STAYS = "You keep your place, and a person answers here next."


def bounce(talk, times):
    for _ in range(times):
        says(talk, "A person, please")
        take_turns()
        says(talk, "Go on with the assistant")
        take_turns()


def test_after_three_times_a_person_answers(talk):
    bounce(talk, 3)
    assert fresh(talk, "control") == ("bot",)
    bounce(talk, 1)
    assert fresh(talk, "control") == ("queue",)
    assert bot_said(talk)[-1] == STAYS
    [*_, (_number, kind, _interaction, data)] = facts(talk)
    assert (kind, data["courtesy"], data["bot"]) == ("message.added", True, "helper")
    assert sorted(Interaction.objects.values_list("state", flat=True)) == ["finished"] * 3 + ["waiting"]
    says(talk, "Go on with the bot, please")
    assert bot_said(talk).count(STAYS) == 1
    assert fresh(talk, "control") == ("queue",)


def test_who_has_settled_it_may_say_so_still(talk):
    bounce(talk, 4)
    says(talk, "It is settled")
    take_turns()
    assert fresh(talk, "state") == ("idle",)
    # And what comes later is another matter.
    type(talk.channel).objects.update(bot="helper")
    says(talk, "Hello again")
    take_turns()
    bounce(talk, 1)
    assert fresh(talk, "control") == ("bot",)


def test_your_own_code_may_take_it_back_still(talk):
    bounce(talk, 4)
    recall(conversation_id=talk.pk)
    assert fresh(talk, "control") == ("bot",)


def test_after_an_agent_it_is_counted_anew(talk, center):
    factories.make_agent(center.tenant, center.queue)
    bounce(talk, 3)
    says(talk, "A person, please")
    take_turns()
    chat = factories.accepted(talk)
    interactions.end_interaction(interaction_id=chat.pk, agent=chat.agent, bot="helper")
    bounce(talk, 1)
    assert fresh(talk, "control") == ("post_bot",)


# Bots that are not the app's


def test_a_clients_own_bot_leaves_it_as_it_was_before(center, bot):
    conversation = factories.start_conversation(center.channel)
    conversations.hand_over(conversation_id=conversation.pk)
    recall(conversation_id=conversation.pk)
    assert fresh(conversation, "state", "control", "open_interaction") == ("idle", "", None)
    before = facts(conversation)
    recall(conversation_id=conversation.pk)
    assert facts(conversation) == before
    says(conversation, "Hello")
    assert fresh(conversation, "control") == ("queue",)


def test_a_bot_that_is_gone_takes_nothing_back(waiting, settings):
    settings.CONTACTCENTER_CHAT = {"BOTS": {}, "LIVE_HINTS": False}
    with refused(Conflict, message="The bot that has handed it over cannot take it back."):
        recall(conversation_id=waiting.pk)
    assert fresh(waiting, "control") == ("queue",)


def after_agent(center):
    """A conversation that the bot behind a webhook had after its agent, and has handed over."""
    agent = factories.make_agent(center.tenant, center.queue)
    webhook = factories.make_webhook(center.tenant, version="Chat Gateway v1.0")
    chat = factories.accepted(factories.start_conversation(center.channel))
    assign_post_agent(
        conversation_id=chat.conversation_id, webhook_id=webhook.pk, tells_channel=True, total_minutes=60
    )
    interactions.end_interaction(interaction_id=chat.pk, agent=agent)
    began_at = PostAgentAssignment.objects.get().began_at
    conversations.hand_over(conversation_id=chat.conversation_id)
    return chat.conversation, webhook, began_at


def test_a_bot_after_the_agent_has_it_for_as_long_as_before(center, bot):
    conversation, webhook, began_at = after_agent(center)
    assert not PostAgentAssignment.objects.exists()
    recall(conversation_id=conversation.pk)
    assert fresh(conversation, "control", "control_holder", "state") == ("post_bot", webhook.pk, "active")
    kept = fresh(PostAgentAssignment.objects.get(), "webhook_id", "tells_channel", "total_minutes", "began_at")
    assert kept == (webhook.pk, True, 60, began_at)
    before = facts(conversation)
    recall(conversation_id=conversation.pk)
    assert facts(conversation) == before


def test_one_whose_webhook_is_off_takes_nothing_back(center, bot):
    conversation, webhook, _began_at = after_agent(center)
    Receiver.objects.filter(pk=webhook.pk).update(enabled=False)
    with refused(Conflict, message="The bot that has handed it over cannot take it back."):
        recall(conversation_id=conversation.pk)
    assert fresh(conversation, "control") == ("queue",)
    assert Interaction.objects.latest("entered_at").state == "waiting"


def newest_card(conversation):
    return Card.objects.filter(message__conversation=conversation).latest("message__number")


def titles(conversation):
    return [each["title"] for each in newest_card(conversation).content["options"]]


def press(conversation, title):
    submit_card(conversation_id=conversation.pk, card_id=newest_card(conversation).pk, given={"title": title})


def test_who_waits_can_choose_to_go_on_or_that_it_is_settled(waiting):
    assert bot_said(waiting)[-1] == PASSED_ON
    assert titles(waiting) == ["Go on with the assistant", "It is settled"]
    before = len(bot_said(waiting))
    press(waiting, "Go on with the assistant")
    take_turns()
    assert bot_said(waiting)[before:] == [GOING_ON]
    assert fresh(waiting, "control", "control_holder") == ("bot", "helper")
    assert Interaction.objects.get().outcome == "cancelled"


def test_by_a_press_it_is_settled(waiting):
    before = len(bot_said(waiting))
    press(waiting, "It is settled")
    take_turns()
    assert bot_said(waiting)[before:] == [GOODBYE]
    assert fresh(waiting, "state") == ("idle",)


@pytest.mark.parametrize(("typed", "state"), [("Go on with the assistant", "active"), (" it is settled", "idle")])
def test_what_can_be_chosen_can_be_typed(waiting, typed, state):
    says(waiting, typed)
    take_turns()
    assert bot_said(waiting)[-1] == {"active": GOING_ON, "idle": GOODBYE}[state]
    assert fresh(waiting, "state") == (state,)


@pytest.mark.parametrize("typed", ["1", " 2", "3", "0", "²", "12"])
def test_a_number_is_for_the_agent(waiting, typed):
    """It may answer what was asked before, and what it would do cannot be undone."""
    before = bot_said(waiting)
    says(waiting, typed)
    assert bot_said(waiting) == before
    assert fresh(waiting, "control") == ("queue",)


@pytest.mark.parametrize("title", ["1", "2", "Never mind", "Talk to the bot"])
def test_what_was_asked_before_is_judged_by_its_own_title(talk, bot, title):
    """Not by a number of what is said now, nor by words that mean something else on a button."""
    bot.answers = staticmethod(lambda turn: iter([Say("How many nights?", [QuickReply(title), QuickReply("0")])]))
    says(talk, "Hello")
    take_turns()
    card = newest_card(talk)
    says(talk, "A person, please")
    take_turns()
    submit_card(conversation_id=talk.pk, card_id=card.pk, given={"title": title})
    assert take_turns() == 0
    assert fresh(talk, "control") == ("queue",)
    assert Interaction.objects.get().state == "waiting"


def test_a_press_is_known_by_its_data_in_whatever_language(waiting):
    type(waiting).objects.update(language="es")
    press(waiting, "It is settled")
    take_turns()
    assert fresh(waiting, "state") == ("idle",)


def test_in_the_customers_language_by_its_title(talk):
    type(talk).objects.update(language="es")
    says(talk, "Una persona, por favor")
    take_turns()
    assert titles(talk) == ["Seguir con el asistente", "Ya está resuelto"]
    press(talk, "Seguir con el asistente")
    take_turns()
    assert fresh(talk, "control") == ("bot",)


def test_where_the_bot_has_failed_there_is_nothing_to_choose(talk, bot):
    bot.answers = staticmethod(lambda turn: 1 / 0)
    says(talk, "Hello")
    take_turns()
    assert fresh(talk, "control") == ("queue",)
    assert not Card.objects.exists()


def test_who_has_gone_on_too_often_is_offered_the_end_alone(talk):
    for _ in range(3):
        says(talk, "A person, please")
        take_turns()
        press(talk, "Go on with the assistant")
        take_turns()
    says(talk, "A person, please")
    take_turns()
    assert titles(talk) == ["It is settled"]


def test_a_press_when_an_agent_has_it_changes_nothing(waiting, center):
    factories.make_agent(center.tenant, center.queue)
    factories.accepted(waiting)
    before = bot_said(waiting)
    press(waiting, "Go on with the assistant")
    assert take_turns() == 0
    assert bot_said(waiting) == before
    assert fresh(waiting, "control") == ("agent",)


def test_it_does_not_say_again_that_it_is_a_bot(waiting):
    recall(conversation_id=waiting.pk)
    says(waiting, "Which room?")
    take_turns()
    assert bot_said(waiting).count(DISCLOSED) == 1
    says(waiting, "A person, please")
    take_turns()
    recall(conversation_id=waiting.pk)
    leave_as_customer(conversation_id=waiting.pk)
    assert spell_of(waiting).end == "bot_no_answer"
    says(waiting, "Hello again")  # begins anew
    assert bot_said(waiting).count(DISCLOSED) == 1
