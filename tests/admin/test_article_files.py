"""The page of an article's files: looked at, added, deleted, by those who may, without scripts."""

from unittest import mock

import pytest
from bs4 import BeautifulSoup
from django.contrib.admin.models import LogEntry
from django.contrib.auth.models import Permission
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test.utils import CaptureQueriesContext

from contactcenter_chat.actions.knowledge.files import FILES_MOST
from contactcenter_chat.attachments import storing
from contactcenter_chat.models import Article, ArticleFile
from tests.factories import make_article, make_article_file, make_user

from .conftest import address, logged_in, told

PDF = b"%PDF-1.7\n" + bytes(40)


@pytest.fixture
def article(center):
    return make_article(center.tenant, "Can I pay in parts?", versions={"ar": (["هل؟"], "نعم")})


@pytest.fixture
def file(article):
    return make_article_file(article, PDF, "plan <1>.pdf")


def page_of(article):
    return address("article_files", article.pk)


def opened(client, article):
    answer = client.get(page_of(article))
    assert answer.status_code == 200
    return BeautifulSoup(answer.content, "html.parser")


def sections(page):
    return {each.h2.get_text().split(" ")[0]: each for each in page.select("#content-main section")}


def sent(client, page, language, content=PDF, name="plan.pdf"):
    """Send the form of a language as a browser does."""
    form = sections(page)[language].form
    assert (form["method"], form["enctype"]) == ("post", "multipart/form-data")
    data = {each["name"]: each["value"] for each in form.select("input[type=hidden]")}
    data[form.select_one("input[type=file]")["name"]] = SimpleUploadedFile(name, content)
    return client.post(page.address, data)


@pytest.fixture
def add(article):
    def run(client, language="en", **given):
        page = opened(client, article)
        page.address = page_of(article)
        return sent(client, page, language, **given)

    return run


def errors(answer):
    assert answer.status_code == 200
    return [each.get_text() for each in BeautifulSoup(answer.content, "html.parser").select(".errorlist li")]


def test_one_gets_there_from_the_article(staff, article, file):
    page = BeautifulSoup(staff.get(address("article_change", article.pk)).content, "html.parser")
    (link,) = page.select(f'.object-tools a[href="{page_of(article)}"]')
    assert link.get_text() == "Files (1)"
    shown = opened(staff, article)
    assert list(sections(shown)) == ["en", "ar"]
    row = sections(shown)["en"].select_one("tbody tr")
    assert [" ".join(cell.get_text(" ").split()) for cell in row.select("td")] == [
        "plan <1>.pdf",
        "PDF",
        "49 bytes",
        "Delete plan <1>.pdf",
    ]
    assert "No files." in sections(shown)["ar"].get_text()
    answer = staff.get(row.a["href"])
    assert (b"".join(answer.streaming_content), answer["Content-Type"]) == (PDF, "application/octet-stream")
    assert shown.select("script[src*=article], [onclick]") == []


def test_one_is_added_in_a_language(staff, article, add):
    answer = add(staff, "ar", name="خطة.pdf")
    assert (answer.status_code, answer["Location"]) == (302, page_of(article))
    file = ArticleFile.objects.get()
    assert (file.name, file.content_type, file.version.language) == ("خطة.pdf", "application/pdf", "ar")
    assert told(staff.get(answer["Location"])) == ["The file خطة.pdf was added (ar)."]
    assert "خطة.pdf" in LogEntry.objects.get().change_message


@pytest.mark.parametrize(
    ("given", "conf", "message"),
    [
        ({"content": b""}, {}, "The file is empty."),
        ({"content": b"x" * 11}, {"ATTACHMENT_MAX_BYTES": 10}, "A file may not be larger than 10 bytes."),
        (
            {"content": b"bad"},
            {"ATTACHMENT_SCANNER": "tests.actions.test_attachments.Found"},
            "This file is not safe and was not kept: Eicar-Test.",
        ),
        (
            {"content": b"odd"},
            {"ATTACHMENT_SCANNER": "tests.actions.test_attachments.Found"},
            "The file could not be scanned. Please try again.",
        ),
    ],
)
def test_what_is_refused_is_told_beside_its_field_and_not_kept(staff, article, add, settings, given, conf, message):
    settings.CONTACTCENTER_CHAT = {**settings.CONTACTCENTER_CHAT, **conf}
    answer = add(staff, "ar", **given)
    assert errors(answer) == [message]
    assert sections(BeautifulSoup(answer.content, "html.parser"))["ar"].select_one(".errorlist") is not None
    assert not ArticleFile.objects.exists()


def test_a_storage_that_is_away_is_told(staff, add):
    with mock.patch.object(storing, "keep", side_effect=OSError("away")):
        assert errors(add(staff)) == ["The file could not be stored. Please try again."]


def test_without_a_file_the_form_says_so(staff, article):
    version = article.versions.get(language="en")
    assert errors(staff.post(page_of(article), {"version": version.pk})) == ["This field is required."]


def test_where_there_is_no_room_there_is_no_form(staff, article, add):
    page = opened(staff, article)
    page.address = page_of(article)
    for number in range(FILES_MOST):
        make_article_file(article, name=f"{number}.txt")
    assert sections(opened(staff, article))["en"].form is None
    assert errors(sent(staff, page, "en")) == ["May not have more than 5 files."]
    assert ArticleFile.objects.count() == FILES_MOST


def test_one_is_deleted_once_that_is_confirmed(staff, article, file):
    link = sections(opened(staff, article))["en"].select_one(".cc-buttons a")["href"]
    page = BeautifulSoup(staff.get(link).content, "html.parser")
    assert "The file plan <1>.pdf (en) is deleted for good." in page.get_text()
    assert page.select_one(".closelink")["href"] == page_of(article)
    assert ArticleFile.objects.exists()
    answer = staff.post(link)
    assert (answer.status_code, answer["Location"]) == (302, page_of(article))
    assert not ArticleFile.objects.exists()
    assert not storing.storage().exists(file.path)
    assert staff.post(link).status_code == 404


def test_one_that_never_came_can_be_deleted(staff, article, file):
    ArticleFile.objects.update(state="receiving")
    row = sections(opened(staff, article))["en"].select_one("tbody tr")
    assert "plan <1>.pdf (being received)" in row.get_text()
    assert staff.get(address("article_file", article.pk, file.pk)).status_code == 404
    assert staff.post(row.a["href"]).status_code == 302
    assert not ArticleFile.objects.exists()


def test_what_cannot_be_read_is_told(staff, article, file, caplog):
    with mock.patch.object(type(storing.storage()), "open", side_effect=OSError("away")):
        answer = staff.get(address("article_file", article.pk, file.pk))
    assert (answer.status_code, answer["Location"]) == (302, page_of(article))
    assert told(staff.get(answer["Location"])) == ["The file could not be read. Please try again."]


def pages_of(article, file):
    return [
        page_of(article),
        address("article_file", article.pk, file.pk),
        address("article_file_delete", article.pk, file.pk),
    ]


def test_another_centres_are_not_there(staff, article, file, other):
    theirs = make_article(other.tenant)
    foreign = make_article_file(theirs)
    for page in (*pages_of(theirs, foreign), *pages_of(article, foreign)[1:]):
        assert staff.get(page).status_code == 404, page
        assert staff.post(page, {"version": theirs.versions.get().pk}).status_code == 404, page
    data = {"version": theirs.versions.get().pk, "file": SimpleUploadedFile("x", b"x")}
    assert staff.post(page_of(article), data).status_code == 404
    assert set(ArticleFile.objects.all()) == {file, foreign}


@pytest.mark.parametrize(("permission", "statuses"), [("view_article", (200, 200, 403)), (None, (403, 403, 403))])
def test_who_may_not_change_articles_reads_at_most(center, article, file, permission, statuses):
    user = make_user(is_staff=True)
    center.tenant.administrators.add(user)
    if permission:
        user.user_permissions.add(Permission.objects.get(codename=permission))
    client = logged_in(user)
    assert tuple(client.get(page).status_code for page in pages_of(article, file)) == statuses
    version = article.versions.get(language="en").pk
    assert client.post(page_of(article), {"version": version}).status_code == 403
    assert client.post(pages_of(article, file)[2]).status_code == 403
    if permission:
        assert opened(client, article).select("#content-main form, #content-main .cc-buttons") == []
    assert ArticleFile.objects.get() == file


def test_what_a_source_keeps_is_read(staff, article, file):
    Article.objects.update(source="pages", source_key="1")
    page = opened(staff, article)
    assert "The source pages keeps this article" in page.get_text()
    assert page.select("#content-main form, #content-main .cc-buttons") == []
    assert staff.post(page_of(article), {"version": file.version_id}).status_code == 403
    assert staff.post(pages_of(article, file)[2]).status_code == 403


def test_the_number_of_statements_does_not_grow(staff, article, file):
    staff.get(page_of(article))
    with CaptureQueriesContext(connection) as few:
        staff.get(page_of(article))
    for language in ("en", "ar"):
        for _more in range(FILES_MOST - 1):
            make_article_file(article, language=language)
    with CaptureQueriesContext(connection) as many:
        staff.get(page_of(article))
    assert len(many) == len(few)


def test_no_transaction_is_open_while_files_are_written_and_read(staff, article, file, add, settings, monkeypatch):
    monkeypatch.setitem(connection.settings_dict, "ATOMIC_REQUESTS", True)
    before = len(connection.savepoint_ids)
    open_ones = []
    keep = storing.keep

    def noted(path, content):
        open_ones.append(len(connection.savepoint_ids) - before)
        return keep(path, content)

    monkeypatch.setattr(storing, "keep", noted)
    assert add(staff).status_code == 302
    assert open_ones == [0]
