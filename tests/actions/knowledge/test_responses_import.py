"""Is a table of prepared responses planned, refused with its lines, and written in one go?"""

import pytest

from contactcenter_chat.actions.knowledge.responses_import import apply_import, plan_import
from contactcenter_chat.exceptions import Conflict
from contactcenter_chat.exports.responses import as_csv
from contactcenter_chat.isolates import unturned
from contactcenter_chat.models import PreparedResponse
from tests.factories import make_agent, make_center, make_queue

pytestmark = pytest.mark.django_db


def imported(center, text):
    content = text if isinstance(text, bytes) else text.encode()
    return apply_import(center.tenant, content, plan_import(center.tenant, content).fingerprint)


def errors(center, text):
    plan = plan_import(center.tenant, text.encode())
    assert plan.errors
    with pytest.raises(Conflict):
        apply_import(center.tenant, text.encode(), plan.fingerprint)
    return [(each.line, each.column, unturned(each.message)) for each in plan.errors]


def rows():
    found = PreparedResponse.objects.order_by("title", "language").select_related("queue")
    return [(str(row.queue or ""), row.language, row.short_code, row.category, row.title, row.text) for row in found]


def test_as_a_spreadsheet_saves_it(center):
    make_queue(center.tenant, "Refunds")
    content = (
        "\ufeffTitle;Short Code;Queue;LANGUAGE;Category;Text;;\r\n"
        'Fees;/fees;;;Money;"Tuition is paid\r\nper term; in parts.";;\r\n'
        ";;;;;;;\r\n"
        "Tasas;fees;;es;Money;Se pagan por trimestre.;;\r\n"
        "Refund;;Refunds;en;;One moment.;;\r\n"
    )
    plan = imported(center, content)
    assert [(line.number, line.kind) for line in plan.lines] == [(2, "add"), (5, "add"), (6, "add")]
    assert rows() == [
        ("", "en", "fees", "Money", "Fees", "Tuition is paid\nper term; in parts."),
        ("Refunds", "en", "", "", "Refund", "One moment."),
        ("", "es", "fees", "Money", "Tasas", "Se pagan por trimestre."),
    ]


def test_what_is_there_is_changed_and_the_rest_left_alone(center):
    make = PreparedResponse.objects.create
    coded = make(tenant=center.tenant, title="Fees", text="Old", short_code="Fees", category="Money", acts={})
    titled = make(tenant=center.tenant, title="Hello", text="Hi")
    make(tenant=center.tenant, title="Other", text="Other")
    plan = imported(center, "title,text,short_code\nTuition,New,fees\nHello,Hi,hello\nOther,Other,\n")
    assert [(line.kind, line.changes) for line in plan.lines] == [
        ("change", ["short_code: Fees → fees", "title: Fees → Tuition", "text: Old → New"]),
        ("change", ["short_code: – → hello"]),
        ("same", []),
    ]
    coded.refresh_from_db()
    titled.refresh_from_db()
    assert (coded.title, coded.text, coded.category, coded.short_code) == ("Tuition", "New", "Money", "fees")
    assert titled.short_code == "hello"
    assert PreparedResponse.objects.count() == 3


def test_a_file_without_short_codes_takes_none_away(center):
    PreparedResponse.objects.create(tenant=center.tenant, title="Fees", text="Old", short_code="fees")
    assert [line.kind for line in imported(center, "title,text\nFees,New\n").lines] == ["change"]
    assert [row[2:] for row in rows()] == [("fees", "", "Fees", "New")]


def test_all_that_is_wrong_is_told_with_its_line(center):
    PreparedResponse.objects.create(tenant=center.tenant, title="There", text="There")
    text = (
        "queue,language,short_code,title,text\n"
        "Nowhere,,,A,a\n"
        ",Spanish,,B,b\n"
        ",,a b,C,c\n"
        ",,,,d\n"
        ",,,E,\n"
        ",,,F,{custmer.name}\n"
        ",,g,G,g\n"
        ",en,G,H,h\n"
    )
    assert errors(center, text) == [
        (2, "queue", "There is no queue “Nowhere”."),
        (3, "language", "Write a language as “es” or “pt-BR”."),
        (4, "short_code", "A short code has letters, digits, - and _, 64 at most."),
        (5, "name", "May not be empty."),
        (6, "text", "May not be empty."),
        (7, "text", "There is no variable {custmer.name}. Did you mean {customer.name}?"),
        (9, "", "The same response stands in line 8 already."),
    ]
    assert [row[4] for row in rows()] == ["There"]


def test_columns_that_are_missing_or_unknown(center):
    assert errors(center, "title\nA\n") == [(1, "text", "The column text is missing.")]
    assert errors(center, "title,text,colour\nA,a,red\n") == [(1, "colour", "Unknown column colour.")]
    assert errors(center, "title,text\nA,a\x00\n")[0][0] == 2


def test_another_plan_is_looked_at_once_more(center):
    content = b"title,text\nA,a\n"
    fingerprint = plan_import(center.tenant, content).fingerprint
    PreparedResponse.objects.create(tenant=center.tenant, title="B", text="b")
    with pytest.raises(Conflict):
        apply_import(center.tenant, content, fingerprint)
    assert [row[4] for row in rows()] == ["B"]


def test_what_is_written_comes_back_the_same_and_runs_nowhere(center):
    make = PreparedResponse.objects.create
    for title, text in (("=SUM(1)", "=HYPERLINK(1)"), ("Two", 'A "quote", a; b\nand more'), ("+34", "-1")):
        make(tenant=center.tenant, title=title, text=text, category="@x", queue=center.queue)
    make(tenant=center.tenant, title="Mine", text="Mine", owner=make_agent(center.tenant))
    make(tenant=make_center().tenant, title="Elsewhere", text="x")
    written = "".join(as_csv(center.tenant))
    assert "Mine" not in written
    assert "Elsewhere" not in written
    assert "'=HYPERLINK(1)" in written
    plan = plan_import(center.tenant, written.encode())
    assert (plan.errors, [line.kind for line in plan.lines]) == ([], ["same"] * 3)
