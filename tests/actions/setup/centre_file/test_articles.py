"""Do articles in a file become those that are there?"""

from datetime import date

import pytest

from contactcenter_chat.actions.setup.centre_file.reading import read_file
from contactcenter_chat.actions.setup.centre_file.writing import write_file
from contactcenter_chat.exceptions import Conflict
from contactcenter_chat.isolates import unturned
from contactcenter_chat.models import Article, ArticleUse, ArticleVersion, Interaction
from tests import factories

from .conftest import applied, empty_tenant, faults, lines

KNOWN = "articles: [{questions: [Can I pay in parts?], answer: Maybe."


def said(article):
    return {row.language: (row.questions, row.answer, row.link) for row in article.versions.all()}


def test_the_article_of_the_college(college):
    article = Article.objects.get()
    assert (article.tenant, article.language, article.category) == (college.tenant, "en", "Fees")
    assert (article.state, article.audience, article.level) == ("published", "customers", "none")
    assert [queue.name for queue in article.queues.all()] == ["Student finance"]
    assert (article.owner.user.username, article.review_on) == ("maria", date(2027, 1, 31))
    assert said(article) == {
        "en": (["Can I pay in parts?", "Is there a payment plan?"], "Yes: in three.\nAsk us.", ""),
        "es": (["¿Puedo pagar a plazos?"], "Sí, en tres.", "https://college.example/es"),
    }


def test_what_an_entry_does_not_name_is_left_alone(college):
    before = said(Article.objects.get())
    assert lines(college.tenant, f"{KNOWN}, state: draft}}]") == [
        "~ articles / Can I pay in parts? (en) / questions: [Can I pay in parts?, Is there a payment plan?] → "
        "[Can I pay in parts?]",
        "~ articles / Can I pay in parts? (en) / answer: Yes: in three. Ask us. → Maybe.",
        "~ articles / Can I pay in parts? (en) / state: published → draft",
    ]
    article = Article.objects.get()
    assert said(article) == {"en": (["Can I pay in parts?"], "Maybe.", ""), "es": before["es"]}
    assert (article.category, article.owner.user.username, article.queues.count()) == ("Fees", "maria", 1)


def test_versions_are_replaced_as_a_whole(college):
    applied(
        college.tenant, f"{KNOWN}, versions: {{fr: {{questions: [Oui?], answer: Oui}}}}, queues: [], owner: null}}]"
    )
    article = Article.objects.get()
    assert sorted(said(article)) == ["en", "fr"]
    assert (list(article.queues.all()), article.owner) == ([], None)


def test_another_first_question_or_language_is_another_article(college):
    file = "articles: [{questions: [Is there a payment plan?], answer: A}, {questions: [B], answer: B, language: es}]"
    assert lines(college.tenant, file, prune=True) == [
        "+ articles / Is there a payment plan? (en)",
        "+ articles / B (es)",
        "- articles / Can I pay in parts? (en)",
    ]
    assert sorted(map(str, Article.objects.all())) == ["B", "Is there a payment plan?"]


def test_what_was_used_is_retired_once(college):
    center = factories.make_center()
    factories.make_agent(center.tenant, center.queue)
    factories.start_conversation(center.channel)
    article = Article.objects.get()
    ArticleUse.objects.create(
        tenant=college.tenant, article=article, interaction=Interaction.objects.get(), version_id="gone"
    )
    assert lines(college.tenant, "articles: []", prune=True) == ["- articles / Can I pay in parts? (en)"]
    assert Article.objects.get().state == "retired"
    assert lines(college.tenant, "articles: []", prune=True) == []
    assert "state: retired" in write_file(college.tenant)


def test_what_a_source_keeps_is_not_in_the_file(college):
    Article.objects.update(source="handbook", source_key="1")
    assert "articles: []\n" in write_file(college.tenant)
    assert lines(college.tenant, "articles: []", prune=True) == []
    assert lines(college.tenant, f"{KNOWN}}}]") == ["+ articles / Can I pay in parts? (en)"]


def test_two_with_one_question_cannot_be_told_apart(college):
    factories.make_article(college.tenant)
    with pytest.raises(Conflict, match=r"two of the name Can I pay in parts\? \(en\)"):
        write_file(college.tenant)


def test_who_was_released_is_no_owner(college):
    article = Article.objects.get()
    article.owner.released_at = article.created_at
    article.owner.save()
    assert "owner: null" in write_file(college.tenant)


def test_articles_keep_their_queue_from_going(tenant):
    applied(tenant, "queues: {Fees: , Visas: }\narticles: [{questions: [A], answer: B, queues: [Fees]}]")
    plan = applied(tenant, "queues: {Visas: }", prune=True)
    assert [unturned(kept.told) for kept in plan.kept] == ["queues / Fees: Articles are for the queue Fees."]


@pytest.mark.parametrize(
    ("entry", "told"),
    [
        ("{answer: B}", "articles / 1: “questions” is missing. Known keys: questions, answer, language,"),
        ("{questions: [], answer: B}", "articles / 1 / questions: Write at least one question."),
        ("{questions: [A, A], answer: B}", "articles / 1 / questions / “A”: This is there twice."),
        ("{questions: [A], answer: ' '}", "articles / 1 / answer: This is empty or too long."),
        ("{questions: [A], answer: B, link: x}", "articles / 1 / link: Write an address as https://example.org/page."),
        (
            "{questions: [A], answer: B, level: high}",
            "articles / 1 / level: This cannot be “high”. Write one of: none,",
        ),
        ("{questions: [A], answer: B, from: 2026-02-01, to: 2026-01-01}", "articles / 1: It ends before it begins."),
        ("{questions: [A], answer: B, queues: [X]}", "articles / A (en) / queues / 1: There is no queue “X”."),
        ("{questions: [A], answer: B, owner: x}", "articles / A (en) / owner: There is no agent “x” here."),
        (
            "{questions: [A], answer: B, versions: {en: {questions: [A], answer: B}}}",
            "articles / 1 / versions / en: This language is the article's own. Leave one of them.",
        ),
        (
            "{questions: [A], answer: B, versions: {es: {questions: [A]}}}",
            "articles / 1 / versions / es: “answer” is missing.",
        ),
    ],
)
def test_what_is_wrong_is_told_with_its_line(tenant, entry, told):
    (fault,) = faults(tenant, f"articles:\n  - {entry}\n")
    assert fault.startswith(f"line 2: {told}")


def test_the_same_twice_is_told(tenant):
    (fault,) = faults(tenant, "articles:\n  - {questions: [A], answer: B}\n  - {questions: [A, C], answer: D}\n")
    assert fault == "line 3: articles / A (en): This is there twice. The first is in line 2."


def test_other_contact_centres_keep_theirs(college):
    other = empty_tenant()
    applied(other, f"{KNOWN}}}]")
    applied(college.tenant, "articles: []", prune=True)
    assert Article.objects.get().tenant == other


def test_what_yaml_wants_escaped_is_the_same_again(college):
    answer = 'a\x85b\u2028c\ufeffd \U0001f600  “é” \\ "\nnull'
    ArticleVersion.objects.filter(language="en").update(answer=answer)
    (article,) = read_file(write_file(college.tenant).encode()).values["articles"].values()
    assert article["answer"] == answer
