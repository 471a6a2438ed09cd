"""Files of articles: added, scanned, removed, deleted with what they belong to, copied into a chat."""

import hashlib
import threading
from contextlib import suppress
from datetime import timedelta
from unittest import mock

import pytest
from django.core.files.storage import default_storage
from django.db import connection, connections
from django.utils import timezone

from contactcenter_chat.actions.knowledge import files
from contactcenter_chat.actions.knowledge.articles import Said, delete_article, save_article
from contactcenter_chat.actions.knowledge.files import FILES_MOST, add_file, attach_file, remove_file
from contactcenter_chat.actions.upkeep import retention
from contactcenter_chat.attachments.storing import Received
from contactcenter_chat.exceptions import Conflict, Invalid, NotFound, TooLarge, Unavailable
from contactcenter_chat.models import Article, ArticleFile, ArticleVersion, Failure, Tenant
from tests import factories
from tests.factories import make_article, make_article_file

PDF = b"%PDF-1.7\n" + bytes(40)
SCANNER = "tests.actions.test_attachments.Found"  # finds what says that it is bad, cannot judge what is odd
pytestmark = pytest.mark.django_db


@pytest.fixture
def article(center):
    return make_article(center.tenant, versions={"es": (["¿A plazos?"], "Sí.")})


@pytest.fixture
def conf(settings):
    settings.CONTACTCENTER_CHAT = {**settings.CONTACTCENTER_CHAT, "LIVE_HINTS": False}
    return settings.CONTACTCENTER_CHAT


def stored(file):
    with default_storage.open(file.path) as opened:
        return opened.read()


def long_ago():
    ArticleFile.objects.update(created_at=timezone.now() - timedelta(days=2))


def purged():
    return retention.purge()["article_files"]


def test_as_it_is_kept(article):
    file = ArticleFile.objects.get(pk=make_article_file(article, PDF, "../a\u202e/plan.pdf").pk)
    assert (file.name, file.content_type, file.size, file.ending) == ("plan.pdf", "application/pdf", 49, "PDF")
    assert (file.sha256, file.state) == (hashlib.sha256(PDF).hexdigest(), "clean")
    assert (file.tenant, file.version) == (article.tenant, article.versions.get(language="en"))
    assert file.path == f"contactcenter_chat/{article.tenant_id}/articles/{file.pk}"
    assert stored(file) == PDF


def test_each_language_has_its_own_in_the_order_in_which_they_came(article):
    names = ["c", "a", "b"]
    for name in names:
        make_article_file(article, name=name)
    make_article_file(article, name="es", language="es")
    english, spanish = (article.versions.get(language=language) for language in ("en", "es"))
    assert [file.name for file in english.files.all()] == names
    assert [file.name for file in spanish.files.all()] == ["es"]


def test_so_many_and_no_more(article):
    first, *_others = [make_article_file(article) for _ in range(FILES_MOST)]
    with pytest.raises(Invalid, match="May not have more than 5 files"):
        make_article_file(article)
    make_article_file(article, language="es")
    remove_file(first)
    assert make_article_file(article).position == FILES_MOST


def test_an_empty_one_and_one_that_is_too_large_are_refused(article, conf):
    with pytest.raises(Invalid, match="The file is empty"):
        make_article_file(article, b"")
    conf["ATTACHMENT_MAX_BYTES"] = 10
    with pytest.raises(TooLarge):
        make_article_file(article, b"x" * 11)
    assert not ArticleFile.objects.exists()


def test_a_source_keeps_its_articles(center):
    article = make_article(center.tenant)
    file = make_article_file(article)
    Article.objects.update(source="pages", source_key="1")
    for change in (lambda: make_article_file(article), lambda: remove_file(file)):
        with pytest.raises(Conflict, match="The source pages keeps this article"):
            change()
    assert ArticleFile.objects.get() == file


# Scanned when it is added


def test_what_is_clean_is_kept(article, conf):
    conf["ATTACHMENT_SCANNER"] = SCANNER
    assert stored(make_article_file(article, b"good")) == b"good"


@pytest.mark.parametrize(
    ("content", "refusal", "told"),
    [
        (b"bad", Invalid, "This file is not safe and was not kept: Eicar-Test."),
        (b"odd", Unavailable, "The file could not be scanned. Please try again."),
    ],
)
def test_of_what_is_not_nothing_is_kept(article, conf, caplog, content, refusal, told):
    conf["ATTACHMENT_SCANNER"] = SCANNER
    with mock.patch.object(files.storing, "keep") as keep, pytest.raises(refusal) as raised:
        make_article_file(article, content)
    assert raised.value.message == told
    keep.assert_not_called()
    assert not ArticleFile.objects.exists()


# What goes wrong on the way


def test_a_storage_that_fails_is_told_and_leaves_what_the_purge_finds(article, caplog):
    with mock.patch.object(files.storing, "keep", side_effect=OSError("disk full")), pytest.raises(Unavailable):
        make_article_file(article)
    assert ArticleFile.objects.get().state == "removed"
    assert purged() == 1
    assert not ArticleFile.objects.exists()


@pytest.mark.parametrize("is_stored", [False, True])
def test_what_a_process_leaves_that_dies_on_the_way_goes_after_a_day(article, is_stored):
    class Killed(BaseException):
        pass

    def killed(path, file):
        if is_stored:
            keep(path, file)
        raise Killed

    keep = files.storing.keep
    with mock.patch.object(files.storing, "keep", killed), pytest.raises(Killed):
        make_article_file(article)
    row = ArticleFile.objects.get()
    assert (row.state, default_storage.exists(row.path)) == ("receiving", is_stored)
    assert purged() == 0
    long_ago()
    assert purged() == 1
    assert not ArticleFile.objects.exists()
    assert not default_storage.exists(row.path)


def drop_english(article):
    article.language = "es"
    save_article(article, versions={"es": Said(["¿A plazos?"], "Sí.")})


def remove_all(article):
    for file in ArticleFile.objects.all():
        remove_file(file)


def purge_late(article):
    long_ago()
    retention.purge()


@pytest.mark.parametrize("meanwhile", [delete_article, drop_english, remove_all, purge_late])
def test_what_is_not_wanted_any_more_when_it_has_come_is_not_kept(article, meanwhile):
    def deleted_meanwhile(path, file):
        kept.append(keep(path, file))
        meanwhile(article)
        return kept[0]

    kept, keep = [], files.storing.keep
    with mock.patch.object(files.storing, "keep", deleted_meanwhile), pytest.raises(NotFound):
        make_article_file(article)
    assert not default_storage.exists(kept[0])
    retention.purge()
    assert not ArticleFile.objects.exists()


def test_to_what_was_deleted_before_nothing_is_added(article):
    version = article.versions.get(language="en")
    ArticleVersion.objects.get(pk=version.pk).delete()
    with Received() as received, pytest.raises(NotFound):
        received.write(b"x")
        add_file(version=version, name="x", received=received)
    assert not ArticleFile.objects.exists()


@pytest.mark.postgresql
@pytest.mark.django_db(transaction=True)
def test_whoever_deletes_the_article_waits_for_the_row_of_who_adds_a_file(article):
    """Otherwise the new row would point to what is not there, and neither would be done."""

    def delete():
        deleting.set()
        delete_article(Article.objects.get(pk=article.pk))
        connections.close_all()

    def save(file, **options):
        thread.start()
        deleting.wait()
        with pytest.raises(TimeoutError):
            wait_for_end(0.3)
        real(file, **options)

    def wait_for_end(seconds):
        thread.join(seconds)
        if thread.is_alive():
            raise TimeoutError

    deleting, thread, real = threading.Event(), threading.Thread(target=delete), ArticleFile.save
    # The article may be gone when the file has come, or go after that.
    with mock.patch.object(ArticleFile, "save", save), suppress(NotFound):
        make_article_file(article)
    thread.join()
    assert not Article.objects.exists()
    retention.purge()
    assert not ArticleFile.objects.exists()
    assert connection.vendor == "postgresql"


# Removed


def test_removed_the_file_before_its_row(article):
    file = make_article_file(article)

    def fails(self, path):
        assert ArticleFile.objects.get().path == path
        raise OSError("away")

    with mock.patch.object(type(files.storing.storage()), "delete", fails):
        remove_file(file)
    assert ArticleFile.objects.get().state == "removed"
    assert Failure.objects.get().step == "article_files_deleted"
    Failure.objects.all().delete()  # so that it does not rest
    assert purged() == 1
    assert not ArticleFile.objects.exists()
    assert not default_storage.exists(file.path)


def test_removed_twice(article):
    file = make_article_file(article)
    remove_file(file)
    remove_file(file)
    assert not ArticleFile.objects.exists()


def delete_tenant(article):
    article.tenant.delete()


@pytest.mark.parametrize("go", [delete_article, drop_english, delete_tenant])
def test_what_goes_takes_its_files_along(center, go):
    tenant = Tenant.objects.create(label="short-lived")
    article = make_article(tenant, versions={"es": (["¿A plazos?"], "Sí.")})
    file, other = make_article_file(article), make_article_file(make_article(center.tenant))
    go(article)
    assert ArticleFile.objects.filter(version=None).get() == file
    assert default_storage.exists(file.path)
    assert purged() == 1
    assert not default_storage.exists(file.path)
    assert ArticleFile.objects.get() == other
    assert stored(other)


def test_what_is_kept_stays(article):
    make_article_file(article)
    long_ago()
    assert purged() == 0
    assert files.remove(ArticleFile.objects.values_list("pk", flat=True)) == 0
    save_article(article, versions={"en": Said(["Otherwise?"], "No."), "es": Said(["¿No?"], "No.")})
    assert purged() == 0


# Into a chat


def test_a_copy_is_the_agents_own_unsent_file(center, article, conf):
    factories.make_agent(center.tenant, center.queue)
    chat = factories.accepted(factories.start_conversation(center.channel))
    file = make_article_file(article, PDF, "plan.pdf")
    attachment = attach_file(file, conversation_id=chat.conversation_id, agent=chat.agent)
    assert (attachment.name, attachment.author_type, attachment.uploader) == ("plan.pdf", "agent", chat.agent.pk)
    assert (attachment.sha256, attachment.state) == (file.sha256, "clean")
    assert stored(attachment) == PDF
    conf["ATTACHMENT_SCANNER"] = SCANNER
    assert attach_file(file, conversation_id=chat.conversation_id, agent=chat.agent).state == "quarantined"
    colleague = factories.make_agent(center.tenant, center.queue)
    with pytest.raises(Conflict):
        attach_file(file, conversation_id=chat.conversation_id, agent=colleague)
