"""Articles in the admin."""

from datetime import timedelta

import pytest
from bs4 import BeautifulSoup
from django.contrib.auth.models import Permission
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from contactcenter_chat.actions.knowledge.articles import Said
from contactcenter_chat.isolates import unturned
from contactcenter_chat.models import Article, ArticleUse
from tests.factories import make_agent, make_article, make_article_file, make_queue, make_user

from .conftest import address, chat, logged_in, told
from .test_conflicts import SAVED, opened

ADD, LIST = "article_add", "article_changelist"
SPANISH = Said(["¿Puedo pagar a plazos?"], "Sí, en tres.")


def page_of(article):
    return address("article_change", article.pk)


def rows_of(answer):
    return [row.pk for row in answer.context["cl"].result_list]


def said(article):
    return {each.language: (each.questions, each.answer, each.link) for each in article.versions.order_by("language")}


def errors(answer):
    """The errors of the form and of its rows."""
    assert answer.status_code == 200
    (rows,) = answer.context["inline_admin_formsets"]
    found = {f"{form.prefix}-{name}": told for form in rows.formset.forms for name, told in form.errors.items()}
    return {**answer.context["adminform"].form.errors, **found}


def new(center, **values):
    return {
        "tenant": center.tenant.pk,
        "state": "published",
        "language": "en",
        "audience": "customers",
        "level": "none",
        "versions-TOTAL_FORMS": "2",
        "versions-INITIAL_FORMS": "0",
        "versions-0-language": "EN",
        "versions-0-questions": "Can I pay in parts?\r\n\r\n  In instalments?  ",
        "versions-0-answer": "Yes.\r\nIn three.",
        "versions-0-link": "https://college.example/fees",
        "versions-1-language": "",
        "versions-1-questions": "",
        "versions-1-answer": "",
        "versions-1-link": "",
        **values,
    }


def test_made_with_a_language_then_with_another_then_without(staff, center):
    assert staff.post(address(ADD), new(center, category="Fees", queues=[center.queue.pk])).status_code == SAVED
    article = Article.objects.get()
    assert (article.tenant, article.category, list(article.queues.all())) == (center.tenant, "Fees", [center.queue])
    english = (["Can I pay in parts?", "In instalments?"], "Yes.\nIn three.", "https://college.example/fees")
    assert said(article) == {"en": english}
    sent = opened(staff, page_of(article))
    assert sent["versions-0-questions"] == "Can I pay in parts?\nIn instalments?"
    assert sent["versions-TOTAL_FORMS"] == "2"  # one more row, so that a language is added without a script
    spanish = {"versions-1-language": "es", "versions-1-questions": "¿A plazos?", "versions-1-answer": "Sí."}
    queues = {"queues": [center.queue.pk]}
    assert staff.post(page_of(article), {**sent, **spanish, **queues}).status_code == SAVED
    assert said(article) == {"en": english, "es": (["¿A plazos?"], "Sí.", "")}
    sent = opened(staff, page_of(article))
    assert staff.post(page_of(article), {**sent, "versions-1-DELETE": "on", "queues": []}).status_code == SAVED
    assert said(article) == {"en": english}
    assert list(article.queues.all()) == []


@pytest.mark.parametrize(
    ("typed", "field", "message"),
    [
        ({"language": "english language"}, "language", "Write a language as “es” or “pt-BR”."),
        ({"language": "es"}, "language", "There is no version in the main language es."),
        ({"valid_from": "2026-02-01", "valid_to": "2026-01-01"}, "valid_to", "It ends before it begins."),
        ({"versions-0-language": "?"}, "versions-0-language", "Write a language as “es” or “pt-BR”."),
        ({"versions-0-questions": " \n "}, "versions-0-questions", "This field is required."),
        ({"versions-0-questions": "x" * 256}, "versions-0-questions", "May not be longer than 255 characters."),
        (
            {"versions-0-questions": "\n".join(map(str, range(21)))},
            "versions-0-questions",
            "May not have more than 20 questions.",
        ),
        ({"versions-0-answer": ""}, "versions-0-answer", "This field is required."),
        ({"versions-0-link": "ftp://x.example/"}, "versions-0-link", "Write an address as https://example.org/page."),
    ],
)
def test_what_is_wrong_is_told_beside_its_field(staff, center, typed, field, message):
    found = errors(staff.post(address(ADD), new(center, **typed)))
    shown = {name: [BeautifulSoup(each, "html.parser").get_text() for each in found[name]] for name in found}
    assert shown == {field: [message]}
    assert not Article.objects.exists()


def test_two_versions_in_a_language_are_refused(staff, center):
    more = {"versions-1-language": "en", "versions-1-questions": "Again?", "versions-1-answer": "No."}
    answer = staff.post(address(ADD), new(center, **more))
    (rows,) = answer.context["inline_admin_formsets"]
    assert rows.formset.non_form_errors() == ["Please correct the duplicate data for language."]
    assert not Article.objects.exists()


def test_published_retired_and_deleted(staff, center):
    article = make_article(center.tenant, state="draft")
    data = {"_selected_action": [article.pk]}
    for action, state, line in (
        ("publish", "published", "Can I pay in parts? was published."),
        ("retire", "retired", "Can I pay in parts? was retired."),
    ):
        answer = staff.post(address(LIST), {**data, "action": action}, follow=True)
        assert [unturned(each) for each in told(answer)] == [line]
        article.refresh_from_db()
        assert article.state == state
    asks = staff.get(address("article_delete", article.pk))
    assert "Are you sure" in asks.content.decode()
    staff.post(address("article_delete", article.pk), {"post": "yes"})
    assert not Article.objects.exists()


def test_what_a_source_keeps_is_only_read(staff, center):
    article = make_article(center.tenant, source="handbook", source_key="1")
    page = BeautifulSoup(staff.get(page_of(article)).content, "html.parser")
    assert page.select_one(".field-source .readonly").get_text() == "handbook"
    assert page.select_one(".field-questions_shown .readonly").get_text() == "Can I pay in parts?"
    assert not page.select("[name=category], [name=versions-0-answer], .deletelink")
    assert staff.post(page_of(article), new(center)).status_code == 403
    answer = staff.post(address(LIST), {"_selected_action": [article.pk], "action": "retire"}, follow=True)
    (line,) = told(answer)
    assert unturned(line).endswith("The source handbook keeps this article: change it there.")
    article.refresh_from_db()
    assert article.state == "published"


@pytest.fixture
def listed(center):
    """Two articles that differ in all that a list is narrowed by."""
    agent = make_agent(center.tenant, center.queue, first_name="Ada")
    today = timezone.localdate()
    first = make_article(
        center.tenant, category="Fees", queues=[center.queue], owner=agent, versions={"es": SPANISH}, review_on=today
    )
    second = make_article(
        center.tenant,
        "When is term?",
        answer="In May.",
        category="Dates",
        audience="agents",
        level="code",
        state="draft",
    )
    second.review_on = today + timedelta(days=1)
    second.save()
    return first, second


@pytest.mark.parametrize(
    ("query", "which"),
    [
        ({"state__exact": "draft"}, 1),
        ({"category": "Fees"}, 0),
        ({"audience__exact": "agents"}, 1),
        ({"language": "es"}, 0),
        ({"queue": "queue"}, 0),
        ({"owner": "owner"}, 0),
        ({"again": "1"}, 0),
        ({"q": "plazos"}, 0),
        ({"q": "In May"}, 1),
    ],
)
def test_the_list_is_narrowed(staff, center, listed, query, which):
    known = {"queue": center.queue.pk, "owner": listed[0].owner_id}
    asked = {name: known.get(value, value) for name, value in query.items()}
    assert rows_of(staff.get(address(LIST), asked)) == [listed[which].pk]


def test_the_list_says_what_there_is(staff, listed):
    page = BeautifulSoup(staff.get(address(LIST)).content, "html.parser")
    row = [cell.get_text() for cell in page.select("tbody tr")[1].select("td, th")][1:]
    assert row == [
        *("Can I pay in parts?", "College", "Fees", "en, es", "customers and agents", "published"),
    ]


def test_the_list_takes_as_many_queries_for_many(staff, center, listed):
    def queries():
        with CaptureQueriesContext(
            connection,
        ) as captured:
            assert staff.get(address(LIST)).status_code == 200
        return len(captured)

    queries()
    few = queries()
    for number in range(20):
        make_article(center.tenant, f"Question {number}?", queues=[center.queue], versions={"es": SPANISH})
    assert queries() == few


def used(article, center, **values):
    conversation = chat(center, customerId=f"{ArticleUse.objects.count()}")
    interaction = conversation.interactions.get()
    return ArticleUse.objects.create(
        tenant=center.tenant, article=article, interaction=interaction, version_id=article.versions.get().pk, **values
    )


def test_its_page_says_how_it_was_used(staff, center):
    article, now = make_article(center.tenant), timezone.now()
    used(article, center)
    used(article, center, inserted_at=now, refused_at=now)
    used(article, center, inserted_at=now, sent_at=now, is_edited=False)
    used(article, center, inserted_at=now, sent_at=now, is_edited=True)
    used(article, center, sent_at=now, is_edited=True, shown_at=now - timedelta(days=91))
    page = BeautifulSoup(staff.get(page_of(article)).content, "html.parser")
    assert [cell.get_text() for cell in page.select(".cc-use td")] == ["4", "3", "1", "1", "1", "2", "0", "0"]


def test_what_is_often_edited_is_to_be_looked_at_again(staff, center):
    article, now = make_article(center.tenant), timezone.now()
    for number in range(4):
        assert rows_of(staff.get(address(LIST), {"again": "1"})) == [], number
        used(article, center, sent_at=now, is_edited=number > 0)
    assert rows_of(staff.get(address(LIST), {"again": "1"})) == [article.pk]
    for _ in range(2):
        used(article, center, sent_at=now, is_edited=False)
    assert rows_of(staff.get(address(LIST), {"again": "1"})) == []


def test_what_another_has_written_meanwhile_is_told(root, staff, center):
    article = make_article(center.tenant, versions={"es": SPANISH})
    mine, theirs = opened(root, page_of(article)), opened(staff, page_of(article))
    assert staff.post(page_of(article), {**theirs, "versions-0-answer": "Yes, in four."}).status_code == SAVED
    answer = root.post(page_of(article), {**mine, "versions-0-answer": "No."})
    (rows,) = answer.context["inline_admin_formsets"]
    assert [unturned(str(each)) for each in rows.formset.non_form_errors()] == [
        "Ada Lovelace has changed this since you opened it.",
        "en, Answer: now “Yes, in four.”, yours “No.”.",
        "Save once more to have it your way, or open the page anew.",
    ]
    assert said(article)["en"][1] == "Yes, in four."


def test_rows_of_another_contact_centre_are_not_taken(staff, root, center, other):
    queue, stranger = make_queue(other.tenant, "Theirs"), make_agent(other.tenant)
    article = make_article(center.tenant)
    for client in (staff, root):
        for field, value in (("queues", [queue.pk]), ("owner", stranger.pk)):
            sent = {**opened(client, page_of(article)), field: value}
            assert set(errors(client.post(page_of(article), sent))) == {field}


def test_who_may_only_look_sees_what_it_says(center):
    article = make_article(center.tenant, versions={"es": SPANISH})
    user = make_user("viewer", is_staff=True)
    user.user_permissions.set(Permission.objects.filter(codename="view_article"))
    center.tenant.administrators.add(user)
    page = BeautifulSoup(logged_in(user).get(page_of(article)).content, "html.parser")
    shown = [each.get_text() for each in page.select(".field-questions_shown .readonly")]
    assert shown == ["Can I pay in parts?", "¿Puedo pagar a plazos?"]
    assert not page.select("[name=category], textarea")


def test_the_main_language_comes_first(center, root):
    versions = {language: Said([f"In {language}?"], "Yes.") for language in ("fr", "de", "es")}
    article = make_article(center.tenant, "In parts?", versions=versions)
    (rows,) = root.get(page_of(article)).context["inline_admin_formsets"]
    assert [form.instance.language for form in rows.formset.initial_forms] == ["en", "de", "es", "fr"]


NEW = {"versions-0-language": "", "versions-0-questions": "¿A plazos?", "versions-0-answer": "Sí."}


def test_the_main_language_is_said_once(staff, center):
    page = address("article_add")
    answer = staff.post(page, {**opened(staff, page), **NEW, "tenant": center.tenant.pk, "language": "es"})
    assert answer.status_code == SAVED
    article = Article.objects.get()
    assert (article.language, said(article)) == ("es", {"es": (["¿A plazos?"], "Sí.", "")})


@pytest.mark.parametrize("language", ["", "Spanish"])
def test_without_a_main_language_it_is_asked_for_once(staff, center, language):
    page = address("article_add")
    answer = staff.post(page, {**opened(staff, page), **NEW, "tenant": center.tenant.pk, "language": language})
    assert set(errors(answer)) == {"language"}


def test_a_further_version_says_its_language(staff, center):
    article = make_article(center.tenant)
    sent = {f"versions-1-{name}": value for name, value in (("questions", "¿A plazos?"), ("answer", "Sí."))}
    answer = staff.post(page_of(article), {**opened(staff, page_of(article)), **sent})
    assert set(errors(answer)) == {"versions-1-language"}


def test_the_main_language_is_that_of_most_articles_else_that_of_the_page(staff, center, other):
    def preset(**headers):
        return staff.get(address("article_add"), headers=headers).context["adminform"].form["language"].value()

    make_article(other.tenant, language="fr")
    assert (preset(), preset(**{"accept-language": "es"})) == ("en", "es")
    for number in range(2):
        make_article(center.tenant, f"{number}?", language="pt-BR")
    make_article(center.tenant)
    assert preset() == "pt-BR"


def test_a_version_whose_language_is_called_otherwise_keeps_its_files(staff, center):
    article = make_article(
        center.tenant, "In parts?", versions={"es": SPANISH, "fr": Said(["En plusieurs ?"], "Oui.")}
    )
    file = make_article_file(article, b"%PDF-1.7", "plazos.pdf", language="es")
    sent = opened(staff, page_of(article))
    assert staff.post(page_of(article), {**sent, "versions-1-language": "es-MX"}).status_code == SAVED
    file.refresh_from_db()
    assert file.version.language == "es-MX"
    assert sorted(said(article)) == ["en", "es-MX", "fr"]
    sent = opened(staff, page_of(article))
    two = {"versions-1-language": "fr", "versions-2-language": "es-MX"}
    assert staff.post(page_of(article), {**sent, **two}).status_code == SAVED
    assert said(article)["fr"] == (list(SPANISH.questions), SPANISH.answer, "")
