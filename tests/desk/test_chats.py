"""One chat: reading it, writing in it."""

from datetime import timedelta

import pytest
from django.utils import timezone

from contactcenter_chat.actions import cards, conversations, messages
from contactcenter_chat.actions.center import interactions, presence, transfers
from contactcenter_chat.actions.reading import mark_read
from contactcenter_chat.events import QUICK_REPLIES
from contactcenter_chat.models import (
    Delivery,
    Interaction,
    Message,
    Participant,
    TypingSign,
    Webhook,
)
from contactcenter_chat.queries import log_lines
from tests import factories

from .conftest import customer_says, parse, told


def _hand_on(center, chat, agent, colleague, note=""):
    presence.set_presence(agent_id=colleague.agent.pk, presence="available")
    colleague.agent.refresh_from_db()
    transfers.transfer_to_agent(interaction_id=chat.pk, agent=agent, to_agent=colleague.agent, note=note)
    factories.accepted(chat.conversation)


def said(page):
    return [(each["data-author"], told(each.select_one(".text"))) for each in page.select(".message")]


def happened(page):
    """What the page tells between the messages."""
    return [line.span.get_text() for line in page.select(".event")]


class TestReading:
    def test_the_bots_talk_and_everything_since(self, chat, desk):
        customer_says(chat, "Hello")
        desk.post("say", chat.conversation_id, text="Good day", after="0")
        page = desk.page("chat", chat.conversation_id)
        assert said(page) == [("bot", "How can I help?"), ("user", "Hello"), ("agent", "Good day")]
        authors = [told(each.select_one(".by .name")) for each in page.select(".message")]
        assert authors == ["Bot", "Grace Okafor", "Maria Torres"]
        assert page.select_one(".chat")["data-last"] == str(chat.conversation.log.count())

    def test_earlier_episodes_are_there_as_well(self, chat, agent, desk):
        customer_says(chat, "First episode")
        interactions.end_interaction(interaction_id=chat.pk, agent=agent)
        customer_says(chat, "Second episode")
        page = desk.page("chat", chat.conversation_id)
        assert [text for _author, text in said(page)] == ["How can I help?", "First episode", "Second episode"]

    def test_what_happened_stands_in_between(self, chat, desk):
        events = [
            each.select_one("span").get_text() for each in desk.page("chat", chat.conversation_id).select(".event")
        ]
        assert events == ["The conversation started.", f"Queued in {chat.queue}.", "Maria Torres joined."]

    def test_a_transfer_is_one_line_with_its_note(self, center, chat, agent, colleague, desk):
        _hand_on(center, chat, agent, colleague, note="Wants <b>instalments</b>")
        page = desk.page("chat", chat.conversation_id)
        events = happened(page)[3:]
        assert events == [f"Maria Torres transferred the chat to {colleague.agent}.", "Tom Whitfield joined."]
        [line] = page.select(".event.transfer")
        assert told(line.select_one(".note")) == "Note: Wants <b>instalments</b>"

    def test_a_transfer_without_a_note_has_no_card(self, center, chat, agent, colleague, desk):
        _hand_on(center, chat, agent, colleague)
        assert desk.page("chat", chat.conversation_id).select(".note") == []

    def test_a_transfer_is_one_line_wherever_a_stretch_begins(self, center, chat, agent, colleague, desk, monkeypatch):
        monkeypatch.setattr(log_lines, "READ_AT_ONCE", 1)
        _hand_on(center, chat, agent, colleague)
        kinds, numbers = [], range(chat.conversation.log.count() + 1)
        for number in numbers:
            page = desk.page("news", chat.conversation_id, after=number)
            kinds += [each["data-kind"] for each in page.select(".event")]
        backwards = []
        for number in numbers[1:]:
            page = desk.page("earlier", chat.conversation_id, before=number + 1)
            backwards += [each["data-kind"] for each in page.select(".event")]
        assert kinds == backwards
        assert kinds[3:] == ["interaction.transferred", "agent.joined"]

    def test_an_end_that_is_one_is_told(self, chat, agent, desk):
        interactions.end_interaction(interaction_id=chat.pk, agent=agent)
        events = [
            each.select_one("span").get_text() for each in desk.page("chat", chat.conversation_id).select(".event")
        ]
        assert events[3:] == ["Maria Torres left.", "The chat ended: handled, by the agent."]

    def test_an_answer_names_its_card(self, chat, desk):
        choice = {"text": "May I call you?", "options": [{"title": "Yes"}, {"title": "Not today"}]}
        message = messages.add_message(
            conversation_id=chat.conversation_id, author_type="bot", cards=[(QUICK_REPLIES, choice)]
        )
        card = message.cards.get()
        cards.submit_card(conversation_id=chat.conversation_id, card_id=card.pk, given={"title": "Yes"})
        page = desk.page("chat", chat.conversation_id)
        [line] = page.select("[data-answers]")
        assert (line["data-answers"], line["data-answer"]) == (card.pk, "Yes")
        assert told(page.select_one(f"[data-card='{card.pk}'] .card-answer")) == "Answer: Yes"

    def test_news_begin_after_the_number(self, chat, desk):
        after = customer_says(chat, "One").number
        customer_says(chat, "Two")
        news = desk.page("news", chat.conversation_id, after=after).select_one("[data-news]")
        assert said(news) == [("user", "Two")]
        assert news["data-last"] == str(after + 1)
        assert "data-more" not in news.attrs

    def test_nothing_new(self, chat, desk):
        last = chat.conversation.log.count()
        news = desk.page("news", chat.conversation_id, after=last).select_one("[data-news]")
        assert said(news) == []
        assert news["data-last"] == str(last)

    def test_a_long_log_is_read_in_stretches_and_without_a_gap(self, chat, desk, monkeypatch):
        monkeypatch.setattr(log_lines, "READ_AT_ONCE", 3)
        for n in range(8):
            customer_says(chat, f"Message {n}")
        texts, after, more = [], 0, True
        while more:
            news = desk.page("news", chat.conversation_id, after=after).select_one("[data-news]")
            texts += [text for _author, text in said(news)]
            after, more = news["data-last"], "data-more" in news.attrs
        assert texts == ["How can I help?", *(f"Message {n}" for n in range(8))]

    def test_earlier_lines_are_read_back_without_a_gap(self, chat, desk, monkeypatch):
        monkeypatch.setattr(log_lines, "READ_AT_ONCE", 3)
        for n in range(5):
            customer_says(chat, f"Message {n}")
        page = desk.page("chat", chat.conversation_id)
        texts = [text for _author, text in said(page)]
        while earlier := page.select_one("[data-earlier]"):
            page = desk.page("earlier", chat.conversation_id, before=earlier["data-earlier"])
            texts = [text for _author, text in said(page)] + texts
        assert texts == ["How can I help?", *(f"Message {n}" for n in range(5))]

    @pytest.mark.parametrize("number", ["", "x", "-1", "1e3", "9" * 30, "²"])
    @pytest.mark.parametrize("where", ["news after", "earlier before", "deliveries number"])
    def test_a_number_that_is_none_is_refused(self, chat, desk, where, number):
        name, parameter = where.split()
        answer = desk.get(name, chat.conversation_id, **{parameter: number})
        assert (answer.status_code, answer["Content-Type"]) == (400, "text/plain; charset=utf-8")

    def test_the_parts_change_with_the_state(self, chat, agent, desk):
        def parts():
            page = desk.page("news", chat.conversation_id, after=0)
            return {each["data-part"]: each["data-state"] for each in page.select("[data-part]")}

        before = parts()
        customer_says(chat, "Hello")
        assert parts() == before | {"head": chat.pk}  # somebody is there
        interactions.end_interaction(interaction_id=chat.pk, agent=agent)
        after = parts()
        assert {name for name in before if before[name] != after[name]} == {"head", "notices", "composer", "wrap-ups"}

    def test_what_stands_where_nothing_can_be_said_is_true(self, center, chat, agent, colleague, desk):
        def told_to(who):
            part = who.page("news", chat.conversation_id, after=0).select_one("[data-part=composer]")
            return told(part), part["data-state"]

        desk.post("end", chat.pk)
        assert told_to(desk)[0] == ""  # there is something to wrap up
        desk.post("finish", chat.pk)
        finished = told_to(desk)
        assert finished[0] == "You have finished this chat."
        # The customer writes again, and a colleague has the chat now.
        presence.set_presence(agent_id=agent.pk, presence="offline")
        presence.set_presence(agent_id=colleague.agent.pk, presence="available")
        customer_says(chat, "One more thing")
        factories.accepted(chat.conversation)
        out = told_to(desk)
        assert out[0] == "You are not in this chat."
        assert out[1] != finished[1]

    def test_an_erased_conversation_is_gone(self, chat, desk):
        conversations.erase_conversation(conversation_id=chat.conversation_id)
        assert desk.get("chat", chat.conversation_id).status_code == 404


class TestFirstReply:
    def warning(self, chat, desk):
        return desk.page("chat", chat.conversation_id).select_one("[data-appears]")

    def test_a_warning_appears_after_a_minute(self, chat, desk):
        chat.refresh_from_db()
        assert self.warning(chat, desk)["data-appears"] == (chat.accepted_at + timedelta(seconds=60)).isoformat()

    def test_not_once_there_was_a_reply(self, chat, desk):
        desk.post("say", chat.conversation_id, text="Hello", after="0")
        assert self.warning(chat, desk) is None

    def test_by_the_pace_of_the_chat(self, chat, desk):
        type(chat).objects.update(pace="messaging")
        chat.refresh_from_db()
        assert self.warning(chat, desk)["data-appears"] == (chat.accepted_at + timedelta(hours=3)).isoformat()
        type(chat).objects.update(pace="mail")
        assert self.warning(chat, desk) is None

    def test_not_where_nothing_follows_from_it(self, chat, desk, settings):
        settings.CONTACTCENTER_CHAT = {"FIRST_REPLY_SECONDS": 0}
        assert self.warning(chat, desk) is None


class TestSaying:
    def test_the_answer_holds_what_was_said(self, chat, desk):
        last = chat.conversation.log.count()
        news = parse(desk.post("say", chat.conversation_id, text="Good day", after=last, client_id="1"))
        assert said(news) == [("agent", "Good day")]
        message = Message.objects.get(author_type="agent")
        assert (message.text, message.client_id) == ("Good day", "desk-1")

    def test_saying_it_twice_is_one_message(self, chat, desk):
        for _ in range(2):
            news = parse(desk.post("say", chat.conversation_id, text="Good day", after="0", client_id="1"))
            assert said(news)[-1] == ("agent", "Good day")
        assert Message.objects.filter(author_type="agent").count() == 1

    def test_lines_are_kept_as_they_were_typed(self, chat, desk):
        desk.post("say", chat.conversation_id, text="One\r\nTwo", after="0")
        assert Message.objects.get(author_type="agent").text == "One\nTwo"

    @pytest.mark.parametrize("text", ["", "  \n", "\u200b\u2060\ufeff\u202e", "\xad\u3164", "x" * 16_001, "a\x00b"])
    def test_what_is_no_message_is_refused(self, chat, desk, text):
        answer = desk.post("say", chat.conversation_id, text=text, after="0")
        assert (answer.status_code, answer["Content-Type"]) == (400, "text/plain; charset=utf-8")
        assert not Message.objects.filter(author_type="agent").exists()

    def test_nothing_is_said_in_a_chat_that_has_ended(self, chat, agent, desk):
        interactions.end_interaction(interaction_id=chat.pk, agent=agent)
        answer = desk.post("say", chat.conversation_id, text="Hello", after="0")
        assert (answer.status_code, answer.content.decode()) == (409, "You are not in this chat any more.")

    def test_a_refusal_is_told_in_the_agents_language(self, chat, agent, desk):
        interactions.end_interaction(interaction_id=chat.pk, agent=agent)
        desk.client.defaults["HTTP_ACCEPT_LANGUAGE"] = "es"
        answer = desk.post("say", chat.conversation_id, text="Hello", after="0")
        assert answer.content.decode() == "Ya no está en este chat."

    def test_nothing_is_said_where_the_news_could_not_be_told(self, chat, desk):
        before = Message.objects.count()
        assert desk.post("say", chat.conversation_id, text="Hi", after="x").status_code == 400
        assert Message.objects.count() == before

    def test_a_client_id_of_any_length_is_no_error(self, chat, desk):
        assert desk.post("say", chat.conversation_id, text="Hi", after="0", client_id="x" * 500).status_code == 200

    def test_typing_is_noted(self, chat, desk):
        assert desk.post("typing", chat.conversation_id).status_code == 204
        chat.refresh_from_db()
        assert chat.agent_typed_at is not None

    @pytest.mark.parametrize(("form", "types"), [({}, True), ({"stopped": "1"}, False)])
    def test_typing_is_told_to_who_can_hear_of_it(self, chat, agent, desk, form, types):
        desk.post("typing", chat.conversation_id, **form)
        assert not TypingSign.objects.exists()
        Webhook.objects.update(version="Chat Gateway v1.0")
        desk.post("typing", chat.conversation_id, **form)
        sign = TypingSign.objects.get()
        assert (sign.conversation_id, sign.agent_ids) == (chat.conversation_id, [agent.pk] if types else [])

    def test_reading_is_noted(self, chat, agent, desk):
        message = customer_says(chat, "Hello")
        customer_says(chat, "Later")
        assert desk.post("read", chat.conversation_id, number=message.number).status_code == 204
        assert Participant.objects.get(agent=agent).read_at == message.created_at
        assert desk.post("read", chat.conversation_id, number="x").status_code == 400
        assert desk.post("read", chat.conversation_id, number=0).status_code == 204

    def test_the_customers_reading_is_shown(self, chat, desk):
        assert not desk.page("chat", chat.conversation_id).select(".receipt")
        mark_read(conversation_id=chat.conversation_id, author_type="user", read_at=timezone.now())
        page = desk.page("news", chat.conversation_id, after=0)
        [receipt] = page.select("[data-part=receipt] .receipt")
        assert told(receipt) == "Read by the customer"
        assert "messages.read" not in {line.get("data-kind") for line in page.select("[data-number]")}

    def test_typing_in_a_chat_that_has_ended_is_no_error(self, chat, agent, desk):
        interactions.end_interaction(interaction_id=chat.pk, agent=agent)
        assert desk.post("typing", chat.conversation_id).status_code == 204


class TestDeliveries:
    @pytest.fixture
    def number(self, chat, agent):
        message = messages.add_message(
            conversation_id=chat.conversation_id, author_type="agent", agent=agent, text="Hello"
        )
        return message.number

    def state(self, chat, desk, number):
        return desk.get("deliveries", chat.conversation_id, number=number).json()

    def test_on_its_way(self, chat, desk, number):
        assert self.state(chat, desk, number) == {str(number): "pending"}
        line = desk.page("chat", chat.conversation_id).select(".message")[-1]
        assert line["data-delivery"] == "pending"

    def test_the_customer_may_not_have_it_after_ten_seconds(self, chat, desk, number):
        Delivery.objects.update(created_at=timezone.now() - timedelta(seconds=11))
        assert self.state(chat, desk, number) == {str(number): "late"}

    @pytest.mark.parametrize("state", ["delivered", "dead"])
    def test_done(self, chat, desk, number, state):
        Delivery.objects.update(state=state, created_at=timezone.now() - timedelta(hours=1))
        assert self.state(chat, desk, number) == {str(number): state}

    def test_nobody_is_told_of_what_customers_say(self, chat, desk):
        number = customer_says(chat, "Hello").number
        assert self.state(chat, desk, number) == {}


class TestNamesOfOutsiders:
    """Whatever a customer is called, what stands beside the name stays as it is."""

    NAME = "\u05e8\u05d5\u05d6\u05d4 (7)"

    @pytest.fixture
    def chat(self, center, agent):
        conversation = factories.start_conversation(
            center.channel, name=f"\u202e{self.NAME}", email="r@example.org\u202e", page="\u202e/courses/"
        )
        return factories.accepted(conversation)

    def isolated(self, page):
        """What stands in elements that let no direction out, or that find out their own."""
        return {told(each) for each in page.select("bdi, [dir=auto]")}

    def test_in_the_chat(self, chat, desk):
        customer_says(chat, "Hello")
        page = desk.page("chat", chat.conversation_id)
        assert self.NAME in [told(each) for each in page.select("h1 > bdi")]
        assert self.NAME in [told(each) for each in page.select(".by > bdi")]

    def test_beside_the_chat(self, chat, desk):
        page = desk.page("side", chat.conversation_id)
        assert {self.NAME, "r@example.org", "page", "\u202e/courses/"} <= self.isolated(page)

    def test_in_the_list_and_where_it_rings(self, center, chat, desk):
        customer_says(chat, "\u202eabc")
        factories.offer_of(factories.start_conversation(center.channel, history=["\u202exyz"], name="Noa\u202e"))
        page = desk.page("rail")
        assert {self.NAME, "\u202eabc", "Noa", "\u202exyz"} <= self.isolated(page)


class TestSide:
    def test_what_is_known_of_the_customer(self, chat, desk):
        page = desk.page("side", chat.conversation_id)
        shown = dict(zip(map(told, page.select("dt")), map(told, page.select("dd")), strict=True))
        assert shown["E-mail"] == "grace@example.org"
        assert shown["page"] == "/courses/"
        assert "name" not in shown
        assert shown["Channel"] == "Website"

    def test_episodes_with_their_codes(self, center, chat, agent, desk):
        (code,) = factories.make_codes(center.tenant, "Fees")
        desk.post("end", chat.pk)
        desk.post("finish", chat.pk, **{"codes-1": code.pk})
        episode = desk.page("side", chat.conversation_id).select_one(".episodes li")
        assert told(episode.select_one(".tag")) == "handled"
        assert told(episode.select_one(".code")) == "Fees"

    def test_codes_may_be_chosen_while_handling(self, center, chat, desk):
        factories.make_codes(center.tenant, "Fees", "Courses")
        assert len(desk.page("side", chat.conversation_id).select("input[type=radio]")) == 3
        Interaction.objects.filter(pk=chat.pk).update(state="wrap_up")
        assert desk.page("side", chat.conversation_id).select("input[type=radio]") == []
