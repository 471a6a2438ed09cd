"""Do transaction codes come in from CSV exactly as announced, all or nothing?"""

import pytest
from django.utils.translation import override

from contactcenter_chat.actions.setup import codes
from contactcenter_chat.actions.setup.codes_import import apply_import, plan_import
from contactcenter_chat.exceptions import Conflict
from contactcenter_chat.exports import table_reading
from contactcenter_chat.exports.codes import as_csv
from contactcenter_chat.models import TransactionCode
from tests.factories import add_code, make_code_list, make_tenant, shape_of

pytestmark = pytest.mark.django_db


@pytest.fixture
def code_list():
    return make_code_list(make_tenant().tenant)


def brought_in(code_list, text):
    content = text if isinstance(text, bytes) else text.encode()
    return apply_import(code_list, content, plan_import(code_list, content).fingerprint)


def errors_of(code_list, text):
    content = text if isinstance(text, bytes) else text.encode()
    plan = plan_import(code_list, content)
    with pytest.raises(Conflict):
        apply_import(code_list, content, plan.fingerprint)
    return plan.errors


NO_ENCODING = "This is neither UTF-8 nor UTF-16: save it as “CSV UTF-8”."
TREE = """\
short_code,label,parent,report_text,external_id,active_from,active_to,retired,label_es
enrol,Enrolment,,,,,,,Matrícula
fees,"Fees, and payment",enrol,Money,00Q-7,2026-01-01,2026-12-31,,Tasas
dates,Dates,enrol,,,,,yes,
other,Other,,,,,,,
"""


def test_a_file_makes_a_tree(code_list):
    plan = brought_in(code_list, TREE)
    assert [(line.number, line.kind) for line in plan.lines] == [(2, "add"), (3, "add"), (4, "add"), (5, "add")]
    assert shape_of(code_list) == ["Enrolment", "  Fees, and payment", "  Dates", "Other"]
    fees = TransactionCode.objects.get(short_code="fees")
    assert (fees.report_text, str(fees.active_from), str(fees.active_to)) == ("Money", "2026-01-01", "2026-12-31")
    assert fees.external_id == "00Q-7"
    assert fees.translations == {"es": "Tasas"}
    assert fees.retired_at is None
    assert TransactionCode.objects.get(short_code="dates").retired_at is not None


def test_the_same_file_again_changes_nothing(code_list):
    brought_in(code_list, TREE)
    before = list(TransactionCode.objects.order_by("pk").values())
    assert brought_in(code_list, TREE).changed == []
    assert list(TransactionCode.objects.order_by("pk").values()) == before


def test_what_is_exported_can_be_imported(code_list):
    brought_in(code_list, TREE)
    add_code(code_list, "=1+1")
    add_code(code_list, "'quoted")
    exported = "".join(as_csv(code_list))
    assert "'=1+1" in exported
    assert brought_in(code_list, exported).changed == []
    assert shape_of(code_list)[-2:] == ["=1+1", "'quoted"]


def test_a_heading_may_come_after_what_is_under_it(code_list):
    brought_in(code_list, "short_code,label,parent\nfees,Fees,enrol\nenrol,Enrolment,\n")
    assert shape_of(code_list) == ["Enrolment", "  Fees"]


def test_the_lines_give_the_order_and_others_stay_behind(code_list):
    for label in ("One", "Two", "Three"):
        add_code(code_list, label)
    brought_in(code_list, "short_code,label\nthree,Three\none,One\n")
    assert shape_of(code_list) == ["Three", "One", "Two"]


def test_columns_that_are_missing_change_nothing(code_list):
    top = add_code(code_list, "Top")
    under = add_code(code_list, "Under", parent=top, report_text="Kept", translations={"es": "Bajo"})
    codes.retire_code(under)
    plan = brought_in(code_list, "short_code,label\nunder,Renamed\n")
    assert [line.changes for line in plan.changed] == [["label: Under → Renamed"]]
    under.refresh_from_db()
    assert (under.label, under.parent, under.report_text, under.translations) == (
        "Renamed",
        top,
        "Kept",
        {"es": "Bajo"},
    )
    assert under.retired_at is not None


def test_changes_are_told_in_words(code_list):
    top, fees = add_code(code_list, "Top"), add_code(code_list, "Fees")
    codes.retire_code(top)
    plan = plan_import(code_list, b"short_code,label,parent,retired\nfees,Fees,top,yes\ntop,Top,,no\n")
    assert [(line.short_code, line.changes) for line in plan.changed] == [
        ("fees", ["parent: – → top", "is retired"]),
        ("top", ["is used again"]),
    ]
    fees.refresh_from_db()
    assert fees.parent is None  # only planned


def test_a_retired_heading_keeps_the_lines_that_say_otherwise(code_list):
    brought_in(code_list, "short_code,label,parent,retired\ntop,Top,,yes\nunder,Under,top,no\n")
    assert TransactionCode.objects.get(short_code="top").retired_at is not None
    assert TransactionCode.objects.get(short_code="under").retired_at is None


@pytest.mark.parametrize(
    "text",
    [
        "short_code;label\nfees;Fees\n",
        "\ufeffshort_code,label\nfees,Fees\n",
        "short_code,label\r\nfees,Fees\r\n",
        "short_code,label\n\n  ,\nfees,Fees",
        " short_code , label \n fees , Fees \n",
        "short_code,label,,\nfees,Fees,,\n,,,\n,,,\n",
        "short_code;label;;\nfees;Fees;;;;;\n;;;;\n",
        "sep=;\r\nshort_code;label\r\nfees;Fees\r\n",
        "\ufeffSEP=\t\r\nshort_code\tlabel\r\nfees\tFees\r\n",
        '"sep=,"\nshort_code,label\nfees,Fees\n',
        "short_code\tlabel\r\nfees\tFees\r\n",
        "short_code,label\rfees,Fees\r",
        "Short_Code,Label\nfees,Fees\n",
        "SHORT CODE;LABEL\nfees;Fees\n",
        "short-code,label\nfees,Fees\n",
        "\n,\nshort_code,label\nfees,Fees\n",
        "\ufeffShort code\tLabel\t\r\nfees\tFees\t\r\n\t\t\r\n".encode("utf-16-le"),
        "\ufeffshort_code,label\nfees,Fees\n".encode("utf-16-be"),
    ],
)
def test_files_as_programs_write_them(code_list, text):
    brought_in(code_list, text)
    assert list(TransactionCode.objects.values_list("short_code", "label")) == [("fees", "Fees")]


@pytest.mark.parametrize(
    ("text", "errors"),
    [
        ("", [(1, "label", "The column label is missing."), (1, "short_code", "The column short_code is missing.")]),
        ("short_code\nfees\n", [(1, "label", "The column label is missing.")]),
        ("short_code,label,colour\nfees,Fees,red\n", [(1, "colour", "Unknown column colour.")]),
        ("short_code,label,label\nfees,Fees,Fees\n", [(1, "label", "The column label stands there twice.")]),
        ("short_code,label\nfees,Fees,red\n", [(2, "C", "There are more cells than columns.")]),
        ("short_code,label\nfees,Fees\nfees,Again\n", [(3, "short_code", "fees stands in line 2 already.")]),
        ("short_code,label,parent\nfees,Fees,enrol\n", [(2, "parent", "There is no code enrol to stand under.")]),
        ("short_code,label,parent\nfees,Fees,fees\n", [(2, "parent", "fees would stand under itself.")]),
        (
            "short_code,label,parent\na,A,b\nb,B,a\n",
            [(2, "parent", "a would stand under itself."), (3, "parent", "b would stand under itself.")],
        ),
        (
            "short_code,label,active_from\nfees,Fees,tomorrow\n",
            [(2, "active_from", "active_from is not a date such as 2026-09-30, 09/30/2026.")],
        ),
        (
            "short_code,label,active_from\nfees,Fees,2026-02-30\n",
            [(2, "active_from", "active_from is not a date such as 2026-09-30, 09/30/2026.")],
        ),
        (
            "short_code,label,active_from,active_to\nfees,Fees,2026-02-02,2026-02-01\n",
            [(2, "active_to", "It ends before it begins.")],
        ),
        ("short_code,label,retired\nfees,Fees,maybe\n", [(2, "retired", "“retired” is yes or no, not maybe.")]),
        ("short_code,label\n,Fees\n", [(2, "short_code", "This field cannot be blank.")]),
        ("short_code,label\nfees,\n", [(2, "label", "This field cannot be blank.")]),
        (
            "short_code,label\nsystem:x,Mine\n",
            [(2, "short_code", "The contact centre's own codes begin so.")],
        ),
        (
            f"short_code,label\nfees,{'x' * 256}\n",
            [(2, "label", "Ensure this value has at most 255 characters (it has 256).")],
        ),
        ("short_code,label\nfees,Fees\x00\n", [(2, "", "There is a character U+0000.")]),
        (b"short_code,label\nok,Ok\nfees,F\xe9es\n", [(3, "", NO_ENCODING)]),
        ('short_code,label\nok,Ok\n"fees,"Fees\nx', [(3, "", "This is not CSV: ',' expected after '\"'.")]),
    ],
)
def test_errors_are_told_by_line_and_nothing_is_written(code_list, text, errors):
    assert errors_of(code_list, text) == errors
    assert not TransactionCode.objects.exists()


@pytest.mark.parametrize("name", ["label_pt-BR", "Label_PT-BR", "label pt BR", "LABEL_pt_BR", "label-pt-BR"])
def test_a_translation_is_known_however_its_column_is_spelt(code_list, name):
    brought_in(code_list, f"short_code,label,{name}\nfees,Fees,Taxas\n")
    assert TransactionCode.objects.get().translations == {"pt-BR": "Taxas"}


@pytest.mark.parametrize(
    ("text", "errors"),
    [
        ("sep=;\nshort_code;label\nfees;\n", [(3, "label", "This field cannot be blank.")]),
        ('short_code,label\na,"A\nA"\nb,\n', [(4, "label", "This field cannot be blank.")]),
        ('short_code,label\nb,"\n"\n', [(2, "label", "This field cannot be blank.")]),
        ("short_code,,label\nfees,,Fees\n", [(1, "B", "Unknown column without a name.")]),
        ("short_code,label,,\nfees,Fees,,x\n", [(2, "D", "There are more cells than columns.")]),
        (f"short_code,label{26 * ','}\nfees,Fees{26 * ','}x\n", [(2, "AB", "There are more cells than columns.")]),
        ("\ufeffshort_code\tlabel\r\nfees\t\r\n".encode("utf-16-le"), [(2, "label", "This field cannot be blank.")]),
        ("\ufeffshort_code\nfees\n".encode("utf-16-le") + b"\x00\xd8", [(3, "", NO_ENCODING)]),
        ("Short code,short_code,label\na,a,A\n", [(1, "short_code", "The column short_code stands there twice.")]),
        ("short_code,label\nfees,Fees\n" + ",\n" * 5 + "x,\n", [(8, "label", "This field cannot be blank.")]),
    ],
)
def test_errors_name_the_line_and_the_column(code_list, text, errors):
    assert errors_of(code_list, text) == errors


def test_what_is_exported_in_another_language_can_be_imported(code_list):
    brought_in(code_list, TREE)
    with override("es"):
        exported = "".join(as_csv(code_list))
    assert exported.startswith("\ufeffshort_code;label;")
    assert brought_in(code_list, exported).changed == []


@pytest.mark.parametrize(
    ("language", "day", "retired", "text"),
    [
        ("es", "30/09/2026", True, "sí"),
        ("es", "30/9/26", True, "VERDADERO"),
        ("es", "2026-09-30", False, "FALSO"),
        ("de", "30.09.2026", True, "WAHR"),
        ("de", "30.9.2026", False, "nein"),
        ("fr", "30/09/2026", True, "VRAI"),
        ("fr", "30/09/2026", False, "non"),
        ("en-us", "9/30/2026", True, "TRUE"),
        ("en", "9/30/2026", False, "no"),
        ("pt", "30/09/2026", True, "Sim"),
    ],
)
def test_dates_and_yes_and_no_are_read_as_a_spreadsheet_saves_them(code_list, language, day, retired, text):
    with override(language):
        brought_in(code_list, f"short_code,label,active_from,retired\nfees,Fees,{day},{text}\n")
    code = TransactionCode.objects.get()
    assert (str(code.active_from), bool(code.retired_at)) == ("2026-09-30", retired)


def test_an_error_names_what_is_taken_in_the_language(code_list):
    with override("de"):
        errors = errors_of(code_list, "short_code,label,active_from,retired\nfees,Fees,9.30.2026,maybe\n")
    assert [(each.column, each.message) for each in errors] == [
        ("active_from", "active_from is not a date such as 2026-09-30, 30.09.2026."),
        ("retired", "“retired” is ja or nein, not maybe."),
    ]


def test_what_was_looked_at_in_one_language_is_not_applied_in_another(code_list):
    content = b"short_code,label,active_from\nfees,Fees,01/02/2026\n"
    with override("es"):
        fingerprint = plan_import(code_list, content).fingerprint
    with override("en"), pytest.raises(Conflict):
        apply_import(code_list, content, fingerprint)


def test_too_many_columns_are_one_error(code_list):
    columns = ",".join(f"c{number}" for number in range(40_000))
    assert errors_of(code_list, f"short_code,label,{columns}\n") == [(1, "", "There are more than 200 columns.")]
    row = f"fees,Fees{40_000 * ',x'}"
    assert errors_of(code_list, f"short_code,label\n{row}\n") == [(2, "C", "There are more cells than columns.")]
    assert len(brought_in(code_list, f"short_code,label{300 * ','}\nfees,Fees\n").lines) == 1


def test_one_bad_line_keeps_all_out(code_list):
    assert len(errors_of(code_list, "short_code,label\ngood,Good\nbad,\n")) == 1
    assert not TransactionCode.objects.exists()


def test_a_merged_code_is_history(code_list):
    fees, into = add_code(code_list, "Fees"), add_code(code_list, "Payments")
    codes.merge_code(code=fees, into=into)
    assert errors_of(code_list, "short_code,label\nfees,Fees\n") == [
        (2, "short_code", "fees was merged into another code.")
    ]
    assert "fees" not in "".join(as_csv(code_list))


def test_too_much_is_refused(code_list, monkeypatch):
    monkeypatch.setattr(table_reading, "MAX_LINES", 2)
    text = "short_code,label\na,A\nb,B\nc,C\n"
    assert errors_of(code_list, text) == [(4, "", "There are more than 2 lines.")]
    monkeypatch.setattr(table_reading, "MAX_BYTES", 10)
    assert errors_of(code_list, text) == [(1, "", "The file is larger than 10 bytes.")]


def test_a_list_that_changed_since_the_plan_is_looked_at_again(code_list):
    fees = add_code(code_list, "Fees")
    content = b"short_code,label\nfees,Payments\n"
    fingerprint = plan_import(code_list, content).fingerprint
    codes.update_code(code=fees, report_text="Changed meanwhile")
    with pytest.raises(Conflict):
        apply_import(code_list, content, fingerprint)
    assert shape_of(code_list) == ["Fees"]
    with pytest.raises(Conflict):
        apply_import(code_list, b"short_code,label\nfees,Other\n", fingerprint)


def test_an_import_needs_few_queries(code_list, django_assert_max_num_queries):
    lines = [f"c{n},Code {n},{f'c{n - 1}' if n % 10 else ''}" for n in range(600)]
    content = "\n".join(["short_code,label,parent", *lines]).encode()
    plan = plan_import(code_list, content)
    with django_assert_max_num_queries(80):
        apply_import(code_list, content, plan.fingerprint)
    assert code_list.codes.count() == 600
