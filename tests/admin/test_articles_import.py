"""Articles in and out in the admin."""

import pytest
from bs4 import BeautifulSoup
from django.contrib.admin.models import LogEntry
from django.contrib.auth.models import Permission
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test.utils import CaptureQueriesContext

from contactcenter_chat.models import Article
from tests.factories import make_article, make_user

from .conftest import address, logged_in, told

IMPORT = "article_import"
TABLE = b"questions,answer\nCan I pay in parts?,Yes.\n"


def uploaded(client, content, query=""):
    return client.post(address(IMPORT) + query, {"file": SimpleUploadedFile("articles", content)})


def applying(answer):
    """What the page sends with the click on "apply"."""
    fields = BeautifulSoup(answer.content, "html.parser").select(
        "#content [name=content], #content [name=fingerprint]"
    )
    return {field["name"]: field["value"] for field in fields}


def content_of(answer):
    return b"".join(answer) if answer.streaming else answer.content


def test_a_table_is_looked_at_then_imported(staff, center):
    assert staff.get(address(IMPORT)).status_code == 200
    answer = uploaded(staff, TABLE)
    rows = BeautifulSoup(answer.content, "html.parser").select(".cc-plan tbody tr")
    begin = "+ is made articles / Can I pay in parts? (en)"
    assert [row.get_text(" ", strip=True).removeprefix(begin) for row in rows] == [
        "",
        " / languages en",
        " / questions Can I pay in parts?",
        " / answer Yes.",
        " / audience customers",
        " / queues all",
        " / state published",
    ]
    assert not Article.objects.exists()
    done = staff.post(address(IMPORT), applying(answer), follow=True)
    assert told(done) == ["1 article was imported."]
    assert Article.objects.get().tenant == center.tenant
    again = uploaded(staff, TABLE)
    assert b"Nothing: all is as the file says." in again.content
    assert applying(again) == {}


def test_a_changed_version_is_shown_field_by_field(staff, center):
    make_article(center.tenant, "Parts?", answer="Yes.", versions={"es": (["¿Plazos?"], "Sí.")})
    answer = uploaded(staff, "id,language,questions,answer\n1,en,Parts?,Yes.\n1,es,¿Plazos?,No.\n".encode())
    (row,) = BeautifulSoup(answer.content, "html.parser").select(".cc-plan tbody tr")
    assert row.get_text("|", strip=True) == "~|is changed|articles / Parts? (en) / es / answer|Sí.|No."


def test_the_history_of_each_article_tells_of_it(staff, center):
    said = {"es": (["¿Plazos?"], "Sí."), "fr": (["En parts ?"], "Oui.")}
    old = make_article(center.tenant, "Parts?", answer="Yes.", versions=said)
    make_article(center.tenant, "As it was?", answer="Yes.")
    table = (
        "id,language,questions,answer,category,from\n1,en,Parts?,No.,Fees,2027-01-31\n1,es,¿Plazos?,No.,,\n"
        "1,de,In Raten?,Ja.,,\n2,en,New?,Yes.,,\n3,en,As it was?,Yes.,,\n"
    )
    staff.post(address(IMPORT), applying(uploaded(staff, table.encode())))
    assert {entry.object_repr: entry.get_change_message() for entry in LogEntry.objects.all()} == {
        "Parts?": (
            "Changed category and valid from. Changed answer for version of an article “Parts?”. "
            "Added version of an article “In Raten?”. Changed answer for version of an article “¿Plazos?”. "
            "Deleted version of an article “En parts ?”."
        ),
        "New?": "Added.",
    }
    assert {entry.user_id for entry in LogEntry.objects.all()} == {int(staff.session["_auth_user_id"])}
    page = staff.get(address("article_history", old.pk)).content.decode()
    assert "Changed category and valid from." in page


def test_the_history_of_many_articles_is_one_statement(staff, center):
    table = "questions,answer\n" + "".join(f"Question {number}?,Yes.\n" for number in range(30))
    sent = applying(uploaded(staff, table.encode()))
    with CaptureQueriesContext(connection) as queries:
        staff.post(address(IMPORT), sent)
    logged = [each for each in queries if each["sql"].startswith('INSERT INTO "django_admin_log"')]
    assert (len(logged), LogEntry.objects.count()) == (1, 30)


@pytest.mark.parametrize("kind", ["csv", "zip"])
def test_what_was_exported_is_the_same_again(staff, center, kind):
    make_article(center.tenant, queues=[center.queue], category="Fees")
    answer = staff.get(address(f"article_{kind}"))
    assert f'filename="college-articles.{kind}"' in answer["Content-Disposition"]
    content = content_of(answer)
    assert b"Nothing: all is as the file says." in uploaded(staff, content).content
    Article.objects.all().delete()
    staff.post(address(IMPORT), applying(uploaded(staff, content)))
    assert list(Article.objects.get().queues.all()) == [center.queue]


def test_what_is_wrong_is_told(staff, center):
    answer = uploaded(staff, b"questions,answer\nA?,\n,B\n")
    rows = BeautifulSoup(answer.content, "html.parser").select("table tbody tr")
    assert [row.select_one("td").get_text() for row in rows] == ["2", "3"]
    assert applying(answer) == {}


def test_a_plan_that_is_another_one_by_now_is_shown_once_more(staff, center):
    sent = applying(uploaded(staff, TABLE))
    make_article(center.tenant)
    answer = staff.post(address(IMPORT), sent)
    assert told(answer) == ["What is there was changed meanwhile: look at the plan once more."]
    assert Article.objects.count() == 1


@pytest.mark.parametrize("sent", [{"content": "?", "fingerprint": "x"}, {"content": "", "fingerprint": ""}, {}])
def test_junk_is_no_error(staff, center, sent):
    assert staff.post(address(IMPORT), sent).status_code == 200
    assert not Article.objects.exists()


def test_another_contact_centres_articles_neither_come_nor_go(staff, center, other):
    make_article(other.tenant, "Theirs?")
    for kind in ("csv", "zip"):
        assert b"Theirs" not in content_of(staff.get(address(f"article_{kind}")))
        assert staff.get(address(f"article_{kind}"), {"centre": other.tenant.pk}).status_code == 404
    assert uploaded(staff, TABLE, f"?centre={other.tenant.pk}").status_code == 404


def test_a_superuser_imports_into_the_one_that_is_asked_for(root, center, other):
    query = f"?centre={other.tenant.pk}"
    root.post(address(IMPORT) + query, applying(uploaded(root, TABLE, query)))
    assert Article.objects.get().tenant == other.tenant


def test_who_may_only_look_exports_and_does_not_import(center):
    user = make_user("viewer", is_staff=True)
    user.user_permissions.set(Permission.objects.filter(codename="view_article"))
    center.tenant.administrators.add(user)
    client = logged_in(user)
    page = client.get(address("article_changelist")).content.decode()
    assert (address("article_csv") in page, address(IMPORT) in page) == (True, False)
    assert client.get(address("article_csv")).status_code == 200
    assert client.get(address(IMPORT)).status_code == 403
