"""How are articles written? Each with a version for each of its languages."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from django.core.exceptions import ValidationError
from django.core.validators import URLValidator
from django.utils.translation import gettext_noop as _

from ...database import after_commit, atomic
from ...exceptions import Conflict, Invalid
from ...isolates import unturned
from ...knowledge.passages import digest_of
from ...models import Article, ArticleVersion, Queue, clock
from ...models.base import max_length
from ...models.knowledge import ArticleState
from ...models.language_tags import checked_tag
from ...storable import check_one_line, check_text, is_blank
from ...workers import wakeup

QUESTIONS_MOST = 20
QUESTION_MOST = max_length(ArticleVersion, "title")
ANSWER_MOST = max_length(ArticleVersion, "answer")
LINK_MOST = max_length(ArticleVersion, "link")
LANGUAGES_MOST = 50
WEB_ADDRESS = URLValidator(schemes=["http", "https"])


@dataclass(frozen=True)
class Said:
    """What an article says in one language: the question and its variants, the answer, where more is to be read."""

    questions: Sequence[str]
    answer: str
    link: str = ""


def save_article(
    article: Article,
    *,
    versions: Mapping[str, Said] | None = None,
    queues: Iterable[Queue] | None = None,
    retagged: Mapping[str, str] | None = None,
) -> Article:
    """Write a new or changed article, and return it.

    ``article`` has its own fields as they are to be. ``versions`` are what it says, by languages (``es``, ``pt-BR``):
    all of them, the main one among them. ``queues`` are those for which it is; none for all. None leaves either as it
    is. ``retagged`` has old and new tags of versions whose language is but called otherwise: they keep their files.
    Raises Invalid.
    """
    article.language = checked_tag(article.language)
    article.category = checked_words(article.category, "category", max_length(Article, "category"), required=False)
    said = None if versions is None else checked_versions(versions, article.language)
    _check_own(article, queues)
    with atomic():
        article.changed_at = clock.now()
        if article.state != ArticleState.DRAFT:
            article.drafted_from = None
        article.save()
        if queues is not None:
            article.queues.set(queues)
        if said is not None:
            _retag(article, retagged or {}, said)
            _write_versions(article, said)
        after_commit(wakeup.wake_knowledge)
    return article


def delete_article(article: Article) -> None:
    """Take an article away, with what is known of its uses; its files are deleted later.

    One that is only out of use had better be retired.
    """
    with atomic():
        Article.objects.locked().filter(pk=article.pk).first()  # whoever adds a file to it is done, or too late
        article.delete()


def publish(article: Article) -> None:
    """Have a draft or a retired article found. Raises Conflict for one that a source keeps."""
    check_kept_here(article)
    _set_state(article, ArticleState.PUBLISHED)


def retire(article: Article) -> None:
    """Have an article found no more; it stays, with what is known of its uses.

    Raises Conflict for one that a source keeps.
    """
    check_kept_here(article)
    _set_state(article, ArticleState.RETIRED)


def check_kept_here(article: Article) -> None:
    """Refuse what a source keeps: it would be as it was when the source is read again. Raises Conflict."""
    if article.source:
        raise Conflict(_("The source %(source)s keeps this article: change it there."), source=article.source)


def checked_versions(versions: Mapping[str, Said], main: str) -> dict[str, Said]:
    """Return what an article says by checked languages. Raises Invalid."""
    found: dict[str, Said] = {}
    for tag, said in versions.items():
        language = checked_tag(tag)
        if language in found:
            raise Invalid(_("There are two versions in the language %(language)s."), language=language)
        found[language] = checked_said(said)
    if main not in found:
        raise Invalid(_("There is no version in the main language %(language)s."), language=main, field="language")
    if len(found) > LANGUAGES_MOST:
        raise Invalid(_("May not have more than %(most)s languages."), most=LANGUAGES_MOST, field="versions")
    return found


def checked_said(said: Said) -> Said:
    """Return a version as it is kept. Raises Invalid."""
    return Said(checked_questions(said.questions), checked_answer(said.answer), checked_link(said.link))


def checked_questions(given: Iterable[str]) -> list[str]:
    """Return the questions of a version as they are kept, each once. Raises Invalid."""
    questions = list(dict.fromkeys(map(checked_question, given)))
    if not questions:
        raise Invalid(_("Write at least one question."), field="questions")
    if len(questions) > QUESTIONS_MOST:
        raise Invalid(_("May not have more than %(most)s questions."), most=QUESTIONS_MOST, field="questions")
    return questions


def checked_question(given: str) -> str:
    """Return one of the questions of a version as it is kept. Raises Invalid."""
    return checked_words(given, "questions", QUESTION_MOST)


def checked_answer(given: str) -> str:
    """Return the answer of a version as it is kept. Raises Invalid."""
    answer = given.replace("\r\n", "\n").strip()
    check_text(answer, "answer")
    if is_blank(answer):
        raise Invalid(_("May not be empty."), field="answer", value=answer)
    if len(answer) > ANSWER_MOST:
        raise Invalid(_("May not be longer than %(most)s characters."), most=ANSWER_MOST, field="answer")
    return answer


def check_period(begins: date | None, ends: date | None) -> None:
    """Refuse an article that is never valid. Raises Invalid."""
    if begins and ends and ends < begins:
        raise Invalid(_("It ends before it begins."), field="valid_to", value=ends)


def checked_words(text: str, field: str, most: int, *, required: bool = True) -> str:
    """Return a line as it is kept. Raises Invalid."""
    text = unturned(text).strip()
    check_one_line(text, field)
    if required and is_blank(text):
        raise Invalid(_("May not be empty."), field=field, value=text)
    if len(text) > most:
        raise Invalid(_("May not be longer than %(most)s characters."), most=most, field=field)
    return text


def checked_link(given: str) -> str:
    """Return an address as it is kept; empty for none. Raises Invalid."""
    link = given.strip()
    if not link:
        return ""
    if len(link) > LINK_MOST:
        raise Invalid(_("May not be longer than %(most)s characters."), most=LINK_MOST, field="link")
    try:
        WEB_ADDRESS(link)
    except ValidationError:
        raise Invalid(_("Write an address as https://example.org/page."), field="link", value=link) from None
    return link


def _check_own(article: Article, queues: Iterable[Queue] | None) -> None:
    if any(queue.tenant_id != article.tenant_id for queue in queues or ()):
        raise Invalid(_("The queue belongs to another contact centre."), field="queues")
    if article.owner and article.owner.tenant_id != article.tenant_id:
        raise Invalid(_("The agent belongs to another contact centre."), field="owner", value=article.owner_id)
    check_period(article.valid_from, article.valid_to)


def _retag(article: Article, retagged: Mapping[str, str], said: Mapping[str, Said]) -> None:
    """Call languages otherwise, where that is in no other version's way."""
    for old, new in retagged.items():
        if old not in said and new in said and not article.versions.filter(language=new).exists():
            article.versions.filter(language=old).update(language=new)


def _write_versions(article: Article, said: Mapping[str, Said]) -> None:
    there = {version.language: version for version in ArticleVersion.objects.filter(article=article)}
    for language, version in there.items():
        if language not in said:
            version.delete()
    for language, each in said.items():
        version = there.get(language) or ArticleVersion(
            tenant_id=article.tenant_id, article=article, language=language
        )
        version.title = each.questions[0]
        version.questions = list(each.questions)
        version.answer = each.answer
        version.link = each.link
        version.digest = digest_of(each.questions, each.answer)
        version.save()


def _set_state(article: Article, state: ArticleState) -> None:
    article.state = state
    article.changed_at = clock.now()
    article.drafted_from = None  # somebody has looked at it
    article.save(update_fields=["state", "changed_at", "drafted_from"])
