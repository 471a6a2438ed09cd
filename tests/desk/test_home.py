"""The page and the list beside the chats."""

from datetime import timedelta

from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from contactcenter_chat.actions import messages
from contactcenter_chat.actions.center import interactions, presence, routing, transfers
from contactcenter_chat.models import Agent, Interaction, Skill
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


def test_an_offer_says_what_it_was_asked_for(center, agent, desk):
    fees, visas = (factories.make_skill(center.tenant, name) for name in ("Fees <b>", "Visas"))
    factories.give(agent, {fees: 5, visas: 5}, {"es": 4})
    factories.plan(center.queue, requires={fees.pk: 3})
    conversation = factories.start_conversation(center.channel, language="es")
    factories.offer_of(conversation)
    asked = desk.page("rail").select_one(".offer .asked")
    assert told(asked) == "Asked for: Fees <b> 3 Spanish (es)"
    assert [told(each) for each in asked.select("bdi")] == ["Fees <b> 3", "Spanish (es)"]
    # What a client asked for is told though a step of the queue does not ask for it any more.
    wish, required = {"skills": {visas.pk: 2, fees.pk: 4}, "language": "es"}, {"skills": {fees.pk: 3}, "language": ""}
    Interaction.objects.update(wish=wish, required=required)
    asked = desk.page("rail").select_one(".offer .asked")
    assert told(asked) == "Asked for: Fees <b> 3 Visas 2 Spanish (es)"
    visas.delete()
    assert "a skill that was deleted 2" in told(desk.page("rail").select_one(".offer .asked"))


def test_an_offer_that_was_asked_for_nothing_says_nothing_of_it(center, agent, desk):
    factories.offer_of(factories.start_conversation(center.channel))
    assert desk.page("rail").select(".offer .asked") == []


def test_what_many_offers_were_asked_for_costs_one_statement(center, agent, desk):
    def ring():
        skill = factories.make_skill(center.tenant, f"Skill {Skill.objects.count()}")
        offer = factories.offer_of(factories.start_conversation(center.channel))
        Interaction.objects.filter(pk=offer.interaction_id).update(required={"skills": {skill.pk: 2}})

    def count():
        with CaptureQueriesContext(connection) as queries:
            assert len(desk.page("rail").select(".asked")) == Interaction.objects.count()
        return len(queries)

    ring()
    one = count()
    ring()
    ring()
    assert count() == one


def test_what_the_customer_said_last_rings_whatever_the_bot_sent_after_it(center, agent, desk):
    conversation = factories.start_conversation(center.channel, history=["Hello"])
    messages.add_message(conversation_id=conversation.pk, author_type="user", text="I lost my card")
    card = {"type": "AdaptiveCard", "version": "1.5", "body": [{"type": "TextBlock", "text": "Which one?"}]}
    cards = [("application/vnd.microsoft.card.adaptive", card)]
    messages.add_message(conversation_id=conversation.pk, author_type="bot", cards=cards)
    factories.offer_of(conversation)
    assert told(desk.page("rail").select_one(".offer .words")) == "I lost my card"


def test_the_time_that_somebody_else_had_the_chat_is_no_time_of_waiting(center, agent, desk, chat):
    Interaction.objects.update(entered_at=timezone.now() - timedelta(minutes=20))
    interactions.reroute(interaction_id=chat.pk, agent_id=agent.pk, reason="no_reply")
    Interaction.objects.update(ask_round=1, asked=[], group_key="")
    offer = factories.offer_of(chat.conversation)
    rerouted = chat.conversation.log.get(kind="interaction.rerouted")
    assert offer.interaction.entered_at < rerouted.at
    assert desk.page("rail").select_one(".offer [data-since]")["data-since"] == rerouted.at.isoformat()


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


def test_a_bots_words_do_not_cover_the_customers(chat, desk):
    customer_says(chat, "Is anybody there?")
    messages.add_message(conversation_id=chat.conversation_id, author_type="bot", text="Choose one")
    assert told(desk.page("rail").select_one("#chat-items .words")) == "Is anybody there?"
    messages.add_message(conversation_id=chat.conversation_id, author_type="agent", agent=chat.agent, text="Good day")
    assert told(desk.page("rail").select_one("#chat-items .words")) == "Good day"


def test_where_the_customer_said_nothing_the_bots_words_stand(chat, desk):
    messages.add_message(conversation_id=chat.conversation_id, author_type="bot", text="Choose one")
    assert told(desk.page("rail").select_one("#chat-items .words")) == "Choose one"


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


def test_a_finished_chat_shows_its_last_words_and_its_code(center, chat, desk):
    (code,) = factories.make_codes(center.tenant, "Fees")
    customer_says(chat, "Thank you")
    desk.post("end", chat.pk)
    desk.post("finish", chat.pk, **{"codes-1": code.pk})
    [item] = desk.page("rail").select(".items.quiet .item")
    assert told(item.select_one(".words")) == "Thank you"
    assert told(item.select_one(".code")) == "Fees"


def test_a_code_that_the_centre_gave_itself_is_told_in_words(chat, desk):
    chat.codes.create(short_code="system:abandoned", label="system:abandoned")
    desk.post("end", chat.pk)
    desk.post("finish", chat.pk)
    [item] = desk.page("rail").select(".items.quiet .item")
    assert told(item.select_one(".code")) == "abandoned by the customer"
    [episode] = desk.page("side", chat.conversation_id).select(".episodes li")
    assert told(episode.select_one(".code")) == "abandoned by the customer"


def test_a_chats_initials_have_the_same_colour_wherever_they_stand(chat, desk):
    pages = [desk.page("rail"), desk.page("chat", chat.conversation_id)]
    avatars = [page.select_one(".avatar") for page in pages]
    assert [told(each) for each in avatars] == ["GO", "GO"]
    assert avatars[0]["data-hue"] == avatars[1]["data-hue"]


def test_the_list_costs_the_same_for_many_as_for_one(center, agent, desk, chat):
    def finish_one():
        interaction = factories.accepted(factories.start_conversation(center.channel))
        desk.post("end", interaction.pk)
        desk.post("finish", interaction.pk)

    def count():
        with CaptureQueriesContext(connection) as queries:
            desk.page("rail")
        return len(queries)

    finish_one()
    one = count()
    finish_one()
    finish_one()
    assert count() == one


def test_a_banner_says_why_the_agent_is_on_a_break_and_ends_it(agent, desk):
    agent.presence, agent.presence_reason = "on_break", "missed"
    agent.save()
    page = desk.page("rail")
    assert told(page.select_one(".presence .dim")) == "On a break"
    banner = page.select_one(".missed")
    assert told(banner.p) == "You were set on a break because two chats were missed."
    assert told(banner.button) == "Available again"
    assert banner.input["value"] == "available"
    desk.post("presence", presence="available")
    assert desk.page("rail").select(".missed") == []


def test_another_break_has_no_banner(agent, desk):
    agent.presence, agent.presence_reason = "on_break", "Lunch"
    agent.save()
    page = desk.page("rail")
    assert told(page.select_one(".presence .dim")) == "On a break · Lunch"
    assert page.select(".missed") == []


def test_where_no_chat_is_open_stand_the_agents_day_and_queues(center, agent, desk, chat):
    factories.start_conversation(center.channel)
    desk.post("end", chat.pk)
    for page in (desk.page("home").select_one("#nothing"), desk.page("day")):
        assert told(page.h1) == "Your day"
        figures = dict(zip(map(told, page.select("dt")), page.select("dd"), strict=True))
        assert told(figures["Chats ended"]) == "1"
        assert float(figures["Longest chat"].span["data-seconds"]) >= 0
        assert told(figures["First reply, on average"]) == "–"
        [row] = page.select("tbody tr")
        assert [told(cell) for cell in row.select("th, td")] == [center.queue.name, "1", ""]
        assert row.select_one("[data-since]")


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


def test_what_waits_to_be_picked_is_listed_with_what_it_was_asked_for(center, agent, desk):
    skill = factories.make_skill(center.tenant, "Fees")
    factories.give(agent, skills=[(skill, 4)])
    factories.plan(center.queue, distribution="pick", requires={skill.pk: 3})
    conversation = factories.start_conversation(center.channel, name="Grace")
    customer_says(Interaction.objects.get(conversation=conversation), "How much is it?")
    [pick] = desk.page("rail").select(".pick")
    assert told(pick.select_one(".name")) == "Grace"
    assert told(pick.select_one(".words")) == "How much is it?"
    assert told(pick.select_one(".bottom")) == f"{center.queue} Fees 3"
    assert pick.button["aria-label"] == "Take the chat of Grace"
    Agent.objects.update(presence="on_break")
    assert desk.page("rail").select(".pick") == []


def test_a_long_list_to_pick_from_is_cut_and_costs_the_same(center, agent, desk):
    factories.plan(center.queue, distribution="pick")

    def count():
        with CaptureQueriesContext(connection) as captured:
            page = desk.page("rail")
        return len(captured), len(page.select(".pick")), told(page.select_one("h2 .badge"))

    factories.start_conversation(center.channel)
    statements, shown, badge = count()
    assert (shown, badge) == (1, "1")
    for _ in range(22):
        factories.start_conversation(center.channel)
    assert count() == (statements, 20, "20+")


def test_a_chat_that_was_given_says_so(center, agent, desk):
    factories.plan(center.queue, distribution="auto")
    desk.post("heartbeat", idle="3")
    conversation = factories.start_conversation(center.channel)
    routing.route_queue(center.queue.pk)
    interaction = Interaction.objects.get(conversation=conversation)
    assert [item.get("data-given") for item in desk.page("rail").select(".item")] == [interaction.pk]


def test_state_is_another_one_when_something_comes_to_be_picked(center, agent, desk):
    factories.plan(center.queue, distribution="pick")
    versions = []
    for _ in range(2):
        versions.append(desk.get("state").json()["version"])
        factories.start_conversation(center.channel)
    versions.append(desk.get("state").json()["version"])
    assert len(set(versions)) == 3


def test_snapshots_cost_the_same_for_many_as_for_one(center, chat, agent, django_assert_num_queries):
    others = [factories.make_agent(center.tenant, center.queue).pk for _ in range(3)]
    with django_assert_num_queries(5):
        snapshots([agent.pk])
    with django_assert_num_queries(5):
        assert snapshots([agent.pk, *others])[agent.pk].numbers.keys() == {chat.conversation_id}


def test_a_chat_whose_customer_is_silent_says_so(center, agent, chat, desk):
    """It takes no slot meanwhile; a change of that is one of the desk."""
    before = snapshots([agent.pk])[agent.pk].version
    assert told(desk.page("rail").select_one(".load")) == "1/3"
    Interaction.objects.update(freed_at=timezone.now())
    type(agent).objects.update(load=1)
    page = desk.page("rail")
    assert told(page.select_one("#chat-items .tag")) == "silent"
    assert told(page.select_one(".load")) == "⅓/3"
    assert snapshots([agent.pk])[agent.pk].version != before
