"""What does the operation on articles do? One of our own, which every wire has."""

from functools import partial
from typing import Any

from ...actions.knowledge import questions
from ...actions.setup.tenants import scope
from ...attachments.links import ARTICLE_FILE, link_to
from ...knowledge.nearness import NEAR_ENOUGH
from ...models.language_tags import checked_tag
from ...queries import article_words, articles
from ...wire import articles as shapes
from ..base import KeyView
from ..description import ALWAYS, ID, answer_of, list_of, query
from .waiting import or_null

READ = scope("articles", "read")
ASKED_MOST = 500  # characters
FOUND, FOUND_MOST = 5, 20
WORDS_FOR_MEANING = 3  # of fewer, somebody is still typing
WAIT_SECONDS = 0.7  # for a worker; then the words alone say it

TEXT = {"type": "string"}
SCHEMAS = {
    "Articles": answer_of(
        articles=list_of(
            answer_of(
                articleId=ID,
                language=TEXT,
                question=TEXT,
                answer=TEXT,
                passage=TEXT | {"description": "The piece of the answer that is nearest to what was asked."},
                link=or_null(TEXT),
                category=or_null(TEXT),
                files=list_of(
                    answer_of(
                        name=TEXT,
                        contentType=TEXT,
                        size={"type": "integer", "minimum": 1, "description": "In bytes."},
                        url=TEXT | {"description": "A link that needs no log-in, and is good for a while."},
                    )
                ),
            )
        ),
        isByMeaning={"type": "boolean", "description": "Otherwise they were found by their words alone."},
    )
}
PARAMETERS = [
    query("q", f"A question, or the beginning of one: at most {ASKED_MOST} characters.", required=True),
    query("language", "Of who asks, as `es` or `pt-BR`: articles are shown in it, where they are written in it."),
    query("size", f"How many at most: {FOUND}, or 1 to {FOUND_MOST}."),
]
# What each wire says of it.
GET = {
    "operation_id": "findArticles",
    "summary": "Articles that may answer a question: those for customers, of whom nothing need be known.",
    "tag": "Articles",
    "parameters": PARAMETERS,
    "answers": {200: ("What was found, the best first.", "Articles")},
    "refusals": (400, *ALWAYS),
}


class Articles(KeyView):
    """The operation on articles, for a KeyView."""

    scopes = {"GET": READ}

    def find_articles(self):
        text = self.query.text("q", max_length=ASKED_MOST).strip()
        language = self.query.text("language", required=False)
        size = self.query.whole_number("size", FOUND, least=1, most=FOUND_MOST)
        self.query.done()
        language = checked_tag(language) if language else ""
        found = self._by_meaning(text, language)
        by_meaning = found is not None
        shown = self._shown(self._by_words(text) if found is None else found, language)
        links = partial(link_to, kind=ARTICLE_FILE)
        return self.answer(200, shapes.articles(shown[:size], by_meaning=by_meaning, link_to=links))

    def _by_meaning(self, text, language):
        """What is near to it; None where nobody can say so now."""
        if len(article_words.words_of(text)) < WORDS_FOR_MEANING:
            return None
        question = questions.seek(self.tenant, text, language)
        found = None if question is None else questions.found_within(question, WAIT_SECONDS)
        return None if found is None else [each for each in found if each["score"] >= NEAR_ENOUGH]

    def _by_words(self, text):
        languages = articles.languages_of(self.tenant.pk)
        found: dict[str, dict[str, Any]] = {}
        versions = articles.for_customers(self.tenant.pk)
        for version in article_words.with_words(versions, text, languages, FOUND_MOST * 2):
            found.setdefault(version.article_id, {"article": version.article_id, "version": version.pk, "passage": 0})
        return list(found.values())

    def _shown(self, found, language):
        ids = {each["article"]: each["version"] for each in found}
        passages = {each["article"]: (each["version"], each["passage"]) for each in found}
        return articles.in_languages(
            articles.for_customers(self.tenant.pk), ids, [language] if language else [], passages
        )
