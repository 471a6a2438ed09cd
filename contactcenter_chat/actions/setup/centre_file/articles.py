"""How do articles stand in a file? What they are known by, what may stand there, and what is there."""

from collections.abc import Iterable, Mapping
from typing import Any, NamedTuple

from django.utils.translation import gettext as _

from ....models import Article, ArticleVersion, Tenant
from ...knowledge.articles import Said
from .faults import Path
from .kinds import Listing, Reading
from .special import Listed
from .tree import Items, Node

LANGUAGE = "en"  # of an article that does not say which, as of a prepared response


class ArticleKey(NamedTuple):
    """What an article is known by: its main language, and its first question in that."""

    language: str
    question: str

    def __str__(self) -> str:
        return f"{self.question} ({self.language})"


class Questions(Listing):
    """The question, and other ways in which people ask it."""

    def value(self, node: Node, path: Path, reading: Reading) -> Any:
        if isinstance(node, Items) and not node.items:
            return reading.fault(node.line, path, _("Write at least one question."), self.hint())
        return super().value(node, path, reading)

    def schema(self) -> dict[str, Any]:
        return {**super().schema(), "minItems": 1}


class Articles(Listed):
    """A list of articles."""

    def entry(self, values: dict[str, Any], node: Node, path: Path, reading: Reading) -> Any:
        values = {"language": LANGUAGE, **values}
        if (values.get("to") or "9999") < (values.get("from") or ""):
            return reading.fault(node.line, path, _("It ends before it begins."), self.hint())
        if "versions" in values:
            if values["language"] in values["versions"]:
                place = (*path, "versions", values["language"])
                told = _("This language is the article's own.")
                return reading.fault(reading.lines[place], place, told, _("Leave one of them."))
            values["versions"] = {tag: {"link": "", **said} for tag, said in sorted(values["versions"].items())}
        return ArticleKey(values["language"], values["questions"][0]), values

    def hint(self) -> str:
        return _("Write a list: [{questions: [Can I pay in parts?], answer: “Yes”}].")


def articles_of(tenant: Tenant) -> Iterable[Article]:
    """The articles that are kept here, and by no source, with all that is written of them."""
    rows = Article.objects.filter(tenant=tenant, source="").select_related("owner__user")
    return sorted(rows.prefetch_related("versions", "queues"), key=lambda row: (row.category, key_of(row), row.pk))


def key_of(article: Article) -> ArticleKey:
    """What an article that is there is known by."""
    return ArticleKey(article.language, _main(article).title)


def values_of(article: Article, owner: str | None) -> dict[str, Any]:
    """An article as the file has it; ``owner`` is what its owner logs in with."""
    others = {row.language: _said(row) for row in article.versions.all() if row.language != article.language}
    return {
        **_said(_main(article)),
        "language": article.language,
        "category": article.category,
        "audience": article.audience,
        "level": article.level,
        "queues": sorted(queue.name for queue in article.queues.all()),
        "from": article.valid_from and article.valid_from.isoformat(),
        "to": article.valid_to and article.valid_to.isoformat(),
        "owner": owner,
        "review": article.review_on and article.review_on.isoformat(),
        "state": article.state,
        "versions": dict(sorted(others.items())),
    }


def said_of(article: Article, key: ArticleKey, new: Mapping[str, Any]) -> dict[str, Said]:
    """What an article is to say: as the file has it, and what the file does not name as it is."""
    there = {} if article._state.adding else {row.language: row for row in article.versions.all()}
    main = there.get(key.language)
    said = {key.language: Said(new["questions"], new["answer"], new.get("link", main.link if main else ""))}
    if "versions" in new:
        return said | {tag: Said(**each) for tag, each in new["versions"].items()}
    others = {tag: Said(row.questions, row.answer, row.link) for tag, row in there.items() if tag != key.language}
    return said | others


def _main(article: Article) -> ArticleVersion:
    return next(row for row in article.versions.all() if row.language == article.language)


def _said(version: ArticleVersion) -> dict[str, Any]:
    return {"questions": list(version.questions), "answer": version.answer, "link": version.link}
