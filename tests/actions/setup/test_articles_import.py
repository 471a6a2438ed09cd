"""Do articles come in from a table and from a folder, as they went out, with all that is wrong told at once?"""

import io
import zipfile

import pytest
from django.utils import translation

from contactcenter_chat.actions.setup.articles_import import (
    ArticlesRefused,
    import_articles,
    read_articles,
    read_articles_folder,
)
from contactcenter_chat.actions.setup.centre_file.applying import PlanChanged
from contactcenter_chat.actions.setup.centre_file.standing import articles_in
from contactcenter_chat.exports.articles import as_csv, as_files, as_zip
from contactcenter_chat.exports.folder_reading import TextFile
from contactcenter_chat.isolates import unturned
from contactcenter_chat.models import Article
from tests import factories

from .centre_file.conftest import COLLEGE, applied, empty_tenant

FEES = """\
---
questions: [Can I pay in parts?, Is there a plan?]
category: Fees
queues: [Default]
from: 2026-09-01
---

Yes, in three:
- one
---
"""


@pytest.fixture(autouse=True)
def in_english():
    with translation.override("en"):
        yield


@pytest.fixture
def tenant(db):
    return factories.make_center("college").tenant


def folder(**files):
    """What is read of files; ``_`` in a name stands for a dot."""
    return read_articles_folder(
        TextFile(f"{name.replace('_', '.')}.md", text.encode()) for name, text in sorted(files.items())
    )


def packed(**files):
    """A zip of such files."""
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w") as archive:
        for name, text in files.items():
            archive.writestr(f"{name}.md", text)
    return content.getvalue()


def lines(found, tenant, **options):
    return import_articles(found, tenant=tenant, **options).lines


def problems(found, tenant):
    with pytest.raises(ArticlesRefused) as refused:
        import_articles(found, tenant=tenant)
    assert not Article.objects.exists()
    return [unturned(problem.told) for problem in refused.value.problems]


def said(article):
    return {row.language: (row.questions, row.answer) for row in article.versions.all()}


def test_a_folder(tenant):
    spanish = "---\nquestions: [¿A plazos?]\n---\nSí."
    assert lines(folder(fees_en=FEES, fees_es=spanish), tenant) == ["+ articles / Can I pay in parts? (en)"]
    article = Article.objects.get()
    assert said(article) == {
        "en": (["Can I pay in parts?", "Is there a plan?"], "Yes, in three:\n- one\n---"),
        "es": (["¿A plazos?"], "Sí."),
    }
    assert (article.category, str(article.valid_from), article.queues.get().name) == ("Fees", "2026-09-01", "Default")
    assert lines(folder(fees_en=FEES, fees_es=spanish), tenant) == []
    assert lines(folder(fees_en=FEES.replace("three", "four")), tenant) == [
        "~ articles / Can I pay in parts? (en) / answer: Yes, in three: - one --- → Yes, in four: - one ---"
    ]
    assert sorted(said(Article.objects.get())) == ["en", "es"]  # what is not in the folder stays


def test_files_are_of_one_article_by_their_id_and_one_is_the_main_one(tenant):
    english = "---\nid: fees\nquestions: [Parts?]\n---\nYes."
    spanish = "---\nid: fees\nlanguage: es\nmain: true\nquestions: [¿Plazos?]\ncategory: Tasas\n---\nSí."
    assert lines(folder(a=english, b=spanish), tenant) == ["+ articles / ¿Plazos? (es)"]
    assert (Article.objects.get().language, Article.objects.get().category) == ("es", "Tasas")


def test_all_that_is_wrong_is_told_with_its_file_and_line(tenant):
    found = folder(
        a="No head.",
        b="---\nquestions: []\nqueues: [Nowhere]\ncolour: red\n---\n\nYes.",
        c="---\nquestions: [C?]\n---\n\n",
        d_en="---\nquestions: [D?]\ncategory: Fees\n---\nYes.",
        d_es="---\nquestions: [E?]\ncategory: Tasas\nlink: x\n---\nSí.",
        e="---\nquestions: [\n---\nYes.",
        f="---\nquestions: [F?]\nquestions: [G?]\nanswer: &a No.\n---\nYes.",
        g="---\nwords\n---\nYes.",
    )
    told = problems(found, tenant)
    begins = [
        "a.md: line 1: What stands before",
        "b.md: line 2: questions",
        "b.md: line 4: Unknown key “colour”",
        "c.md: line 4: answer",
    ]
    begins += ["d.es.md: line 3: category: This holds for all languages", "d.es.md: line 4: versions / es / link"]
    begins += ["e.md: line 3: This is not YAML", "f.md: line 3: questions: This is there twice"]
    begins += ["f.md: line 4: Names for parts", "g.md: line 2: What stands"]
    assert [each[: len(begin)] for each, begin in zip(told, begins, strict=True)] == begins


def test_an_unknown_queue_is_told(tenant):
    (told,) = problems(folder(a="---\nquestions: [A?]\nqueues: [Nowhere]\n---\nYes."), tenant)
    assert told.startswith("a.md: line 3: queues / 1: There is no queue “Nowhere”.")


def test_a_table_as_a_spreadsheet_saves_it(tenant):
    table = (
        "\ufeffID;Language;Questions;Answer;Category;Queues;From;;\r\n"
        'fees;EN;"Parts?\nA plan?";"Yes,\nin three.";Fees;Default;01/09/2026;;\r\n'
        "fees;es;¿Plazos?;Sí.;;;;;\r\n"
        ";;Term?;In May.;;;;;\r\n"
        ";;;;;;;;\r\n"
    )
    with translation.override("es"):
        assert len(lines(read_articles(table.encode()), tenant)) == 2
    fees = Article.objects.get(category="Fees")
    assert said(fees) == {"en": (["Parts?", "A plan?"], "Yes,\nin three."), "es": (["¿Plazos?"], "Sí.")}
    assert (str(fees.valid_from), fees.queues.get().name) == ("2026-09-01", "Default")


def test_dates_as_spreadsheets_write_them(tenant):
    table = "questions,answer,from,to,review\nA?,Yes.,31.01.2027,2027-02-28 00:00:00,31/03/2027\n"
    assert len(lines(read_articles(table.encode()), tenant)) == 1
    article = Article.objects.get()
    assert [str(day) for day in (article.valid_from, article.valid_to, article.review_on)] == [
        "2027-01-31",
        "2027-02-28",
        "2027-03-31",
    ]


def test_a_date_that_may_be_two_is_told_with_how_to_write_it(tenant):
    table = "questions,answer,from,to\nA?,Yes.,01/02/2027,03/04/2027\n"
    assert problems(read_articles(table.encode()), tenant) == [
        "line 2: from: This may be 2027-01-02 or 2027-02-01: write it in one of these ways.",
        "line 2: to: This may be 2027-03-04 or 2027-04-03: write it in one of these ways.",
    ]


def test_what_is_wrong_with_a_table_is_told_with_its_line(tenant):
    table = "id,questions,answer,from,level\na,A?,,soon,none\na,B?,Yes.,,high\nc,C?,Yes.,,\n"
    assert problems(read_articles(table.encode()), tenant) == [
        "line 2: answer: This is empty or too long. Write text of at most 16000 characters.",
        "line 2: from: This cannot be “soon”. Write a date as 2026-12-24.",
        "line 3: level: This holds for all languages, and the main one says something else. "
        "Write it there, and leave it out here.",
    ]
    assert problems(read_articles(b"questions\nA?\n"), tenant) == ["line 1: answer: The column answer is missing."]
    assert problems(read_articles(b"\xff\xff"), tenant) == [
        "line 1: This is neither UTF-8 nor UTF-16: save it as “CSV UTF-8”."
    ]


@pytest.mark.parametrize("content", [b"PK", b"PK" + b"0" * 2_000_000])
def test_a_zip_that_cannot_be_read_is_told(tenant, content):
    (told,) = problems(read_articles(content), tenant)
    assert told in (
        "This is no zip that can be read, or one with a password.",
        "The file is larger than 1000000 bytes.",
    )


def test_a_zip_with_a_name_that_is_no_text_is_told(tenant):
    content = bytearray(packed(fé="---\nquestions: [How?]\n---\nSo."))
    content[content.rindex("é".encode()) + 1] = 0xFF
    assert problems(read_articles(bytes(content)), tenant) == [
        "This is no zip that can be read, or one with a password."
    ]


def test_what_is_about_the_folder_is_left_out(tenant):
    found = read_articles(packed(README="# Our articles", how="---\nquestions: [How?]\n---\nSo."))
    assert import_articles(found, tenant=tenant).lines == ["+ articles / How? (en)"]


def test_a_zip_without_a_file_of_markdown_is_told(tenant):
    assert problems(read_articles(as_zip([])), tenant) == ["There is no file of Markdown."]


def test_what_went_out_comes_in_again_in_each_way(db):
    from_tenant = empty_tenant("college")
    applied(from_tenant, COLLEGE)
    factories.make_article(
        from_tenant, "=1+1?", answer="-2\n\n@x \U0001f600 “q” --- \\n", language="fr", state="draft"
    )
    factories.make_article(from_tenant, "Not here", source="handbook", source_key="1")
    wanted = list(articles_in(from_tenant))
    assert len(wanted) == 2
    ways = (
        read_articles("".join(as_csv(wanted)).encode()),
        read_articles(as_zip(wanted)),
        read_articles_folder(TextFile(name, text.encode()) for name, text in as_files(wanted)),
    )
    for found in ways:
        assert lines(found, from_tenant) == []
        Article.objects.filter(source="").delete()
        import_articles(found, tenant=from_tenant)
        assert list(articles_in(from_tenant)) == wanted


def test_only_the_plan_that_was_looked_at_is_applied(tenant):
    found = folder(fees=FEES)
    seen = import_articles(found, tenant=tenant, dry_run=True).fingerprint
    assert not Article.objects.exists()
    factories.make_article(tenant)
    with pytest.raises(PlanChanged):
        import_articles(found, tenant=tenant, expected=seen)


def test_a_table_with_an_unknown_column_tells_what_else_is_wrong_too(tenant):
    text = "id,questions,answer,review,valid\na,In parts?,Yes.,01/02/2027,x\nb,,No.,,\nc,Late?,Yes.,soon,\n"
    with pytest.raises(ArticlesRefused) as refused:
        import_articles(read_articles(text.encode()), tenant=tenant)
    told = [unturned(each.told) for each in refused.value.problems]
    assert [each.split(":")[0] for each in told] == ["line 1", "line 2", "line 3", "line 4"]
    assert "Unknown column valid. There are: answer, audience" in told[0]
    assert told[2].endswith("Write at least one question.")
    assert told[3].endswith("Write a date as 2026-12-24.")
