"""The page and the list beside the chats."""

from datetime import timedelta

from django.utils import timezone

from contactcenter_chat.actions.center import presence, transfers
from contactcenter_chat.models import Interaction
from contactcenter_chat.queries.desk import snapshots
from tests import factories

from .conftest import customer_says, told


def names(page, selector):
    return [told(each) for each in page.select(f"{selector} .item .name")]


def test_the_page_says_who_works_here_and_how_often_to_say_so(agent, desk):
    page = desk.page("home")
    assert page.title.get_text() == "Desk · College"
    assert page.body["data-heartbeat-seconds"] == "20"
    assert told(page.select_one(".presence .name")) == "Maria Torres"
    assert told(page.select_one(".load")) == "0/3"


def test_the_page_has_no_inline_script_and_no_inline_style(chat, desk):
    for name, arguments in (("home", ()), ("chat", (chat.conversation_id,)), ("side", (chat.conversation_id,))):
        page = desk.page(name, *arguments)
        assert [each for each in page.select("script") if not each.get("src")] == []
        assert page.select("[style], style, [onclick], [onchange]") == []


def test_an_offer_rings_with_what_the_agent_wants_to_know(center, agent, desk):
    conversation = factories.start_conversation(center.channel, history=["Hello"], name="Grace Okafor")
    offer = factories.offer_of(conversation)
    card = desk.page("rail").select_one(".offer")
    assert card["data-offer"] == offer.pk
    assert told(card.select_one("strong")) == "Grace Okafor"
    assert told(card.select_one(".words")) == "Hello"
    assert center.queue.name in told(card)
    assert offer.expires_at.isoformat() == card.select_one("[data-until]")["data-until"]


def test_the_note_of_a_transfer_rings_along(center, chat, agent, desk, colleague):
    presence.set_presence(agent_id=colleague.agent.pk, presence="available")
    colleague.agent.refresh_from_db()
    transfers.transfer_to_agent(
        interaction_id=chat.pk, agent=agent, to_agent=colleague.agent, note="Wants a payment plan"
    )
    assert factories.offer_of(chat.conversation).agent == colleague.agent
    assert told(colleague.page("rail").select_one(".offer .note")) == "Wants a payment plan"


def test_chats_stand_in_the_order_in_which_they_were_accepted(center, agent, desk):
    for name in ("Ada", "Grace", "Edith"):
        factories.accepted(factories.start_conversation(center.channel, name=name))
    assert names(desk.page("rail"), "#chat-items") == ["Ada", "Grace", "Edith"]


def test_a_chat_shows_the_last_words(chat, desk):
    customer_says(chat, "Is anybody there?")
    assert told(desk.page("rail").select_one("#chat-items .words")) == "Is anybody there?"


def test_what_has_no_codes_yet_is_to_do(chat, desk):
    Interaction.objects.filter(pk=chat.pk).update(state="finished", codes_missing=True, ended_at=timezone.now())
    page = desk.page("rail")
    assert names(page, "#to-do") == ["Grace Okafor"]
    assert names(page, "#chat-items") == []
    assert page.select(".items.quiet") == []


def test_finished_chats_stay_at_hand_once_for_each_conversation(chat, agent, desk):
    Interaction.objects.filter(pk=chat.pk).update(state="finished", ended_at=timezone.now())
    Interaction.objects.create(
        tenant=chat.tenant,
        conversation=chat.conversation,
        queue=chat.queue,
        agent=agent,
        state="finished",
        entered_at=chat.entered_at - timedelta(days=1),
        ended_at=timezone.now() - timedelta(days=1),
    )
    assert names(desk.page("rail"), ".items.quiet") == ["Grace Okafor"]


def test_the_desk_says_why_the_agent_is_on_a_break(agent, desk):
    agent.presence, agent.presence_reason = "on_break", "missed"
    agent.save()
    assert told(desk.page("rail").select_one(".presence .dim")) == "On a break · two chats were missed"


def test_state_is_another_one_whenever_the_list_is(center, agent, desk):
    def version():
        return desk.get("state").json()["version"]

    versions = [version()]
    conversation = factories.start_conversation(center.channel)
    assert version() == versions[-1]
    offer = factories.offer_of(conversation)
    versions.append(version())
    desk.post("accept", offer.pk)
    versions.append(version())
    assert desk.get("state").json()["numbers"] == {conversation.pk: conversation.log.count()}
    interaction = Interaction.objects.get(conversation=conversation)
    customer_says(interaction, "Hello")
    assert version() == versions[-1]
    desk.post("end", interaction.pk)
    versions.append(version())
    desk.post("extend", interaction.pk)
    versions.append(version())
    desk.post("presence", presence="on_break", reason="Lunch")
    versions.append(version())
    assert len(set(versions)) == 6


def test_snapshots_cost_the_same_for_many_as_for_one(center, chat, agent, django_assert_num_queries):
    others = [factories.make_agent(center.tenant, center.queue).pk for _ in range(3)]
    with django_assert_num_queries(4):
        snapshots([agent.pk])
    with django_assert_num_queries(4):
        assert snapshots([agent.pk, *others])[agent.pk].numbers.keys() == {chat.conversation_id}
