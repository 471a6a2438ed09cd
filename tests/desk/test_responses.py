"""Prepared responses at the desk: which are offered for a chat, what they say there, and the agent's own."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from contactcenter_chat.actions.center import interactions, timers
from contactcenter_chat.models import Agent, AgentLanguage, Message, OwedActs, PreparedResponse, Tenant
from contactcenter_chat.queries import responses as queries
from tests import factories

from .conftest import parse, told


def prepared(center, title, text="Words", **values):
    return PreparedResponse.objects.create(tenant=center.tenant, title=title, text=text, **values)


def titles(desk, chat, words="", **query):
    page = desk.page("responses", chat.conversation_id, words=words, **query)
    return [told(each.select_one("strong")) for each in page.select(".response")]


def speaks(chat, language):
    chat.conversation.language = language
    chat.conversation.save()


class TestForAChat:
    @pytest.fixture(autouse=True)
    def _responses(self, center):
        other_queue = factories.make_queue(center.tenant)
        for title, text, language, queue in (
            ("Greeting", "Good day, how can I help you?", "en", None),
            ("Saludo", "Buenos días, ¿en qué puedo ayudarle?", "es", None),
            ("Opening", "We are open from 8 to 18.", "en", center.queue),
            ("Elsewhere", "For another queue.", "en", other_queue),
        ):
            PreparedResponse.objects.create(
                tenant=center.tenant, title=title, text=text, language=language, queue=queue
            )
        PreparedResponse.objects.create(tenant=factories.make_tenant().tenant, title="Greeting", text="Of others")

    def titles(self, desk, chat, words=""):
        page = desk.page("responses", chat.conversation_id, words=words)
        return [told(each.select_one("strong")) for each in page.select(".response")]

    def test_those_of_the_queue_and_of_all_queues(self, chat, desk):
        assert self.titles(desk, chat) == ["Greeting", "Opening", "Saludo"]

    def test_the_customers_language_first(self, chat, desk):
        chat.conversation.language = "es-MX"
        chat.conversation.save()
        assert self.titles(desk, chat) == ["Saludo", "Greeting", "Opening"]

    def test_all_words_must_stand_in_it(self, chat, desk):
        assert self.titles(desk, chat, "open 18") == ["Opening"]
        assert self.titles(desk, chat, "open 19") == []

    def test_the_text_comes_along_whole(self, chat, desk):
        button = desk.page("responses", chat.conversation_id, words="greet").select_one(".response")
        assert button["data-text"] == "Good day, how can I help you?"

    def test_none_for_a_chat_that_has_ended(self, chat, agent, desk):
        interactions.end_interaction(interaction_id=chat.pk, agent=agent)
        page = desk.page("responses", chat.conversation_id)
        assert told(page) == "There is no such prepared response."

    def test_those_whose_short_code_begins_so_come_first(self, center, chat, desk):
        prepared(center, "A fee is due", "About fees")
        prepared(center, "Zeros", "Nothing", short_code="Fees")
        assert titles(desk, chat, "fee") == ["Zeros", "A fee is due"]
        assert titles(desk, chat, "/fee") == ["Zeros"]

    def test_a_short_code_is_found_in_its_midst_too(self, center, chat, desk):
        prepared(center, "Zeros", "Nothing", short_code="late-fees")
        assert titles(desk, chat, "fees") == ["Zeros"]

    def test_no_more_than_a_number_of_them(self, center, chat, desk):
        PreparedResponse.objects.bulk_create(
            PreparedResponse(tenant=center.tenant, title=f"Fees {number:03}", text="x") for number in range(60)
        )
        assert len(titles(desk, chat)) == queries.MOST == 50

    def test_the_statements_are_as_many_for_one_as_for_many(self, center, chat, desk, django_assert_num_queries):
        def ask():
            desk.get("responses", chat.conversation_id, words="o", inline=1)

        with django_assert_num_queries(7):
            ask()
        for number in range(20):
            prepared(center, f"One {number}", "{customer.name} {queue.name} {data.page}", short_code=f"one{number}")
        with django_assert_num_queries(7):
            ask()

    def test_words_that_no_database_keeps_are_refused(self, chat, desk):
        assert desk.get("responses", chat.conversation_id, words="a\x00b").status_code == 400

    def test_patterns_are_words(self, chat, desk):
        assert titles(desk, chat, "%") == titles(desk, chat, "_") == titles(desk, chat, "\\") == []


class TestVersions:
    @pytest.fixture(autouse=True)
    def _versions(self, center):
        for title, language in (("Fees", "en"), ("Tasas", "es"), ("Taxas", "pt-BR"), ("Ffioedd", "cy")):
            prepared(center, title, short_code="fees", language=language)

    def test_one_entry_in_the_customers_language(self, chat, desk):
        for language, title in (
            ("en", "Fees"),
            ("es-MX", "Tasas"),
            ("pt", "Taxas"),
            ("cy", "Ffioedd"),
            ("ES", "Tasas"),
        ):
            speaks(chat, language)
            assert titles(desk, chat) == [title]

    def test_else_in_the_agents_own_the_best_first(self, agent, chat, desk):
        AgentLanguage.objects.create(agent=agent, tag="es", level=2)
        AgentLanguage.objects.create(agent=agent, tag="pt", level=5)
        speaks(chat, "ja")
        assert titles(desk, chat) == ["Taxas"]

    def test_else_the_first(self, chat, desk):
        speaks(chat, "ja")
        assert titles(desk, chat) == ["Ffioedd"]
        speaks(chat, "")
        assert titles(desk, chat) == ["Ffioedd"]

    def test_it_is_marked_with_its_language(self, chat, desk):
        speaks(chat, "es")
        page = desk.page("responses", chat.conversation_id)
        assert told(page.select_one(".tag")) == "es"

    def test_words_of_another_version_find_it_too(self, chat, desk):
        speaks(chat, "es")
        assert titles(desk, chat, "taxas") == ["Tasas"]

    def test_of_another_queue_or_without_a_short_code_it_is_another_one(self, center, chat, desk):
        speaks(chat, "en")
        prepared(center, "Other fees", short_code="fees", language="es", queue=center.queue)
        prepared(center, "No code", language="es")
        prepared(center, "No code either", language="es")
        assert titles(desk, chat) == ["Fees", "No code", "No code either", "Other fees"]


class TestVariables:
    def text(self, desk, chat, text, center):
        prepared(center, "One", text)
        return desk.page("responses", chat.conversation_id, words="one").select_one(".response")["data-text"]

    def test_what_is_known_of_the_chat_stands_in_it(self, center, agent, chat, desk):
        Tenant.objects.filter(pk=center.tenant.pk).update(name="Riverside College")
        center.queue.name = "Fees"
        center.queue.save()
        text = (
            "{customer.name}, {customer.first_name}: {agent.name}, {agent.first_name} of {queue.name} "
            "at {centre.name}, {data.page}, {data.email}"
        )
        assert self.text(desk, chat, text, center) == (
            "Grace Okafor, Grace: Maria Torres, Maria of Fees at Riverside College, /courses/, grace@example.org"
        )

    @pytest.mark.parametrize("value", [None, "", " ", "\u200b", True, {"a": 1}, []])
    def test_what_says_nothing_is_a_gap(self, center, chat, desk, value):
        chat.conversation.data["student_id"] = value
        chat.conversation.save()
        assert self.text(desk, chat, "Your id is {data.student_id}.", center) == "Your id is {data.student_id}."

    def test_a_number_is_said(self, center, chat, desk):
        chat.conversation.data["credits"] = 12
        chat.conversation.save()
        assert self.text(desk, chat, "{data.credits}", center) == "12"

    def test_a_name_turns_nothing(self, center, chat, desk):
        chat.conversation.customer.name = "\u202eGrace"
        chat.conversation.customer.save()
        assert self.text(desk, chat, "Dear {customer.name}", center) == "Dear Grace"

    def test_a_customer_without_a_name_leaves_a_gap(self, center, chat, desk):
        chat.conversation.customer.name = ""
        chat.conversation.customer.save()
        text = "{customer.name} {customer.first_name}"
        assert self.text(desk, chat, text, center) == text

    def test_a_text_with_a_gap_is_not_sent(self, chat, desk):
        answer = desk.post("say", chat.conversation_id, text="Your id is {data.student_id}.", after=0)
        assert answer.status_code == 400
        assert answer.content.decode() == "Fill in \u2068{data.student_id}\u2069 first."
        assert not Message.objects.filter(author_type="agent").exists()

    def test_what_is_merely_in_braces_is_sent(self, chat, desk):
        text = '{x} {"a": 1} {customer} {} {data.}'
        assert desk.post("say", chat.conversation_id, text=text, after=0).status_code == 200
        assert Message.objects.get(author_type="agent").text == text


class TestInline:
    def test_they_are_options_with_ids_of_their_own(self, center, chat, desk):
        prepared(center, "Fees", "About <fees>", short_code="fees")
        prepared(center, "More fees")
        page = desk.page("responses", chat.conversation_id, words="fees", inline=1)
        options = page.select("[role=option]")
        pk = chat.conversation_id
        assert [each["id"] for each in options] == [f"option-{pk}-1", f"option-{pk}-2"]
        assert [each["aria-selected"] for each in options] == ["false", "false"]
        assert told(options[0].select_one("code")) == "/ fees"
        assert options[0]["data-text"] == "About <fees>"
        assert page.select_one("[data-told]")["data-told"] == "2 prepared responses"

    def test_none_are_none(self, chat, desk):
        page = desk.page("responses", chat.conversation_id, words="nothing-like-it", inline=1)
        assert page.select("[role=option]") == []


class TestOwn:
    @pytest.fixture
    def own(self, center, agent):
        return prepared(center, "Mine", "My words", owner=agent, short_code="mine")

    def test_the_agent_alone_finds_them_marked(self, center, agent, chat, desk, own, colleague):
        page = desk.page("responses", chat.conversation_id, words="mine")
        assert [told(each) for each in page.select(".tag")] == ["en", "yours"]
        PreparedResponse.objects.update(owner=colleague.agent)
        assert titles(desk, chat, "mine") == []

    def test_they_are_listed(self, center, desk, own, colleague):
        prepared(center, "Of all")
        prepared(center, "Of Tom", owner=colleague.agent)
        assert [told(each) for each in desk.page("own_responses").select("li strong")] == ["Mine"]

    def test_one_is_made_of_what_stands_in_the_composer(self, agent, desk):
        form = parse(desk.post("draft_response", text="\nDear <Grace>,\nhello"))
        assert form.select_one("textarea").get_text() == "\n\nDear <Grace>,\nhello"  # a parser drops the first
        assert form.select_one("[name=language]")["value"] == "en"
        values = {"title": " Dear ", "text": "Dear\r\nyou", "short_code": "/dear", "language": "en"}
        answer = parse(desk.post("new_response", **values))
        assert [told(each) for each in answer.select("li strong")] == ["Dear"]
        row = PreparedResponse.objects.get()
        assert (row.owner, row.text, row.short_code) == (agent, "Dear\nyou", "dear")

    def test_one_is_changed_and_deleted(self, desk, own):
        form = desk.page("own_response", own.pk)
        assert form.select_one("[name=title]")["value"] == "Mine"
        values = {"title": "Ours", "text": "My words", "short_code": "mine", "language": "es"}
        assert desk.post("own_response", own.pk, **values).status_code == 200
        own.refresh_from_db()
        assert (own.title, own.language) == ("Ours", "es")
        assert told(parse(desk.post("delete_response", own.pk)).select_one("p:last-of-type")) == "There are none yet."
        assert not PreparedResponse.objects.exists()

    @pytest.mark.parametrize(
        ("wrong", "complaint"),
        [
            ({"title": " "}, "May not be empty."),
            ({"text": ""}, "May not be empty."),
            ({"short_code": "a b"}, "A short code has letters, digits, - and _, 64 at most."),
            ({"language": "Spanish"}, "Write a language as “es” or “pt-BR”."),
            ({"short_code": "mine"}, "Another prepared response has this short code."),
            (
                {"text": "{customer.nam}"},
                "There is no variable \u2068{customer.nam}\u2069. Did you mean \u2068{customer.name}\u2069?",
            ),
            ({"title": "a\x00b"}, "May not contain the character U+0000."),
            ({"title": "x" * 256}, "May not be longer than 255 characters."),
        ],
    )
    def test_what_is_wrong_is_said(self, desk, own, wrong, complaint):
        values = {"title": "Hi", "text": "Hello", "short_code": "hi", "language": "en", **wrong}
        answer = desk.post("new_response", **values)
        assert (answer.status_code, answer.content.decode()) == (400, complaint)
        assert PreparedResponse.objects.count() == 1

    def test_a_form_without_anything_is_refused(self, desk):
        assert desk.post("new_response").status_code == 400

    def test_those_of_others_are_not_there(self, center, colleague, stranger, own):
        of_all = prepared(center, "Of all")
        for desk in (colleague, stranger):
            for response in (own, of_all):
                assert desk.get("own_response", response.pk).status_code == 404
                assert desk.post("own_response", response.pk, title="X", text="X").status_code == 404
                assert desk.post("delete_response", response.pk).status_code == 404
        assert PreparedResponse.objects.filter(title="X").count() == 0

    def test_one_who_was_released_keeps_nothing_at_the_desk(self, agent, desk, own):
        Agent.objects.filter(pk=agent.pk).update(released_at=agent.user.date_joined)
        assert desk.get("own_responses").status_code == 401


class TestActs:
    @pytest.fixture
    def refunds(self, center):
        return factories.make_queue(center.tenant, "Refunds")

    @pytest.fixture
    def acting(self, center, refunds):
        return prepared(center, "Refunds", acts={"queue": refunds.pk})

    def say(self, desk, chat, *responses, **form):
        return desk.post("say", chat.conversation_id, text="One moment.", after=0, responses=responses, **form)

    def test_what_it_does_is_told_before_it_is_sent(self, chat, desk, acting):
        page = desk.page("responses", chat.conversation_id, words="refunds")
        assert "acts" in str(page.select_one(".response[data-acts]"))
        assert told(page.select(".dim")[-1]) == "When sent: Transfers to Refunds"

    def test_what_is_owed_is_told_with_a_way_back(self, chat, desk, acting):
        page = parse(self.say(desk, chat, acting.pk))
        owed = page.select_one("[data-part=owed]")
        assert told(owed.select_one(".act")) == "Transfers to Refunds"
        row = OwedActs.objects.get()
        assert owed["data-state"].split() == [f"{row.pk}d"]
        assert owed.select_one("[data-due]")["data-due"] == row.due_at.isoformat()
        undo = owed.select_one("[data-undo]")["hx-post"]
        answer = desk.client.post(undo)
        assert (answer.status_code, answer["X-Desk"]) == (204, f'{{"read": "{chat.conversation_id}"}}')
        assert desk.page("news", chat.conversation_id, after=0).select_one("[data-part=owed]")["data-state"] == ""
        answer = desk.client.post(undo)
        assert answer.status_code == 409
        assert answer.content.decode().startswith("It is too late")

    def test_a_message_without_any_owes_nothing(self, center, chat, desk, acting):
        assert self.say(desk, chat).status_code == 200
        assert self.say(desk, chat, prepared(center, "Idle").pk, "nowhere").status_code == 200
        assert not OwedActs.objects.exists()

    def test_what_could_not_be_done_is_told_until_it_is_read(self, chat, desk, acting, refunds):
        self.say(desk, chat, acting.pk)
        refunds.delete()
        OwedActs.objects.update(due_at=timezone.now() - timedelta(seconds=9))
        timers.run_timers()
        owed = desk.page("news", chat.conversation_id, after=0).select_one("[data-part=owed]")
        assert told(owed.select_one("p")) == "Not done: The queue to hand the chat on to is deleted."
        forget = owed.select_one("button")["hx-post"]
        assert desk.client.post(forget).status_code == 204
        assert not OwedActs.objects.exists()

    def test_of_others_nothing_is_undone(self, center, chat, desk, acting, colleague, stranger):
        self.say(desk, chat, acting.pk)
        pk = OwedActs.objects.get().pk
        for other in (colleague, stranger):
            for name in ("undo", "forget_problems"):
                assert other.post(name, chat.conversation_id, pk).status_code == 404
        theirs = factories.accepted(factories.start_conversation(center.channel))
        assert theirs.agent == desk.agent
        assert desk.post("undo", theirs.conversation_id, "nowhere").status_code == 409
        assert OwedActs.objects.count() == 1

    def test_a_chat_that_owes_nothing_asks_no_more(self, chat, desk):
        desk.get("news", chat.conversation_id, after=0)
        with CaptureQueriesContext(connection) as asked:
            desk.get("news", chat.conversation_id, after=0)
        assert not any(' FROM "contactcenter_chat_owedacts" LEFT' in each["sql"] for each in asked)
