"""Can transaction codes be edited as a tree, imported, counted, retired and merged, without a script?"""

import io

import pytest

from contactcenter_chat.actions.setup import codes
from contactcenter_chat.models import TransactionCode, TransactionCodeList
from tests.factories import add_code, make_code_list, make_codes, make_queue, shape_of

from .conftest import address, chat, told


@pytest.fixture
def code_list(center):
    return make_code_list(center.tenant)


def page(code_list, name="change"):
    return address(f"transactioncodelist_{name}", code_list.pk)


# Lists


def test_a_list_is_made_and_changed(staff, center):
    queue = make_queue(center.tenant)
    data = {"tenant": center.tenant.pk, "name": "Reason", "required": "on", "selection": "multiple", "order": 3}
    staff.post(address("transactioncodelist_add"), {**data, "queues": [queue.pk], "active": "on"})
    code_list = TransactionCodeList.objects.get()
    assert (code_list.name, code_list.required, code_list.selection, code_list.order, code_list.active) == (
        "Reason",
        True,
        "multiple",
        3,
        True,
    )
    assert list(code_list.queues.all()) == [queue]
    staff.post(page(code_list), {"name": "Why", "selection": "single", "order": 0})
    code_list.refresh_from_db()
    assert (code_list.name, code_list.required, code_list.active, code_list.tenant) == (
        "Why",
        False,
        False,
        center.tenant,
    )
    assert list(code_list.queues.all()) == []


def test_a_name_that_is_taken_is_an_error_of_the_form(staff, center, code_list):
    other = TransactionCodeList(tenant=center.tenant, name="Other")
    codes.save_list(other)
    answer = staff.post(page(other), {"name": "Reason", "selection": "single", "order": 0})
    assert answer.status_code == 200
    assert answer.context["adminform"].form.errors
    other.refresh_from_db()
    assert other.name == "Other"


def test_only_an_unused_list_is_deleted(staff, center, code_list):
    add_code(code_list, "Under", add_code(code_list, "Top"))
    (used,) = make_codes(center.tenant, "Fees", name="Used")
    chat(center, codes=[used])
    data = {"action": "delete_unused", "_selected_action": [code_list.pk, used.list_id]}
    answer = staff.post(address("transactioncodelist_changelist"), data, follow=True)
    assert list(TransactionCodeList.objects.all()) == [used.list]
    assert "Reason was deleted." in told(answer)
    assert any("are in use" in message for message in told(answer))


# The tree


def test_the_tree_is_shown_in_order_with_its_buttons(staff, code_list):
    top = add_code(code_list, "Top")
    under = add_code(code_list, "Under", top)
    content = staff.get(page(code_list)).content.decode()
    assert content.index("<bdi>Top</bdi>") < content.index("<bdi>Under</bdi>")
    assert f'name="do" value="up:{under.pk}"' in content
    assert 'aria-label="Move \u2068Under\u2069 out of its heading"' in content


@pytest.mark.parametrize(
    ("label", "step", "expected"),
    [
        ("One", "down", ["Two", "One", "  Under", "Three"]),
        ("Three", "up", ["One", "  Under", "Three", "Two"]),
        ("Two", "in", ["One", "  Under", "  Two", "Three"]),
        ("Under", "out", ["One", "Under", "Two", "Three"]),
        ("One", "up", ["One", "  Under", "Two", "Three"]),
        ("One", "nonsense", ["One", "  Under", "Two", "Three"]),
    ],
)
def test_steps(staff, code_list, label, step, expected):
    made = {name: add_code(code_list, name) for name in ("One", "Two", "Three")}
    made["Under"] = add_code(code_list, "Under", made["One"])
    answer = staff.post(page(code_list, "tree"), {"do": f"{step}:{made[label].pk}"})
    assert answer["Location"] == f"{page(code_list)}#code-{made[label].pk}"
    assert shape_of(code_list) == expected


def test_a_code_is_dropped_at_a_place(staff, code_list):
    one, two, three = (add_code(code_list, name) for name in ("One", "Two", "Three"))
    staff.post(page(code_list, "tree"), {"do": f"place:{three.pk}", "parent": "", "before": one.pk})
    assert shape_of(code_list) == ["Three", "One", "Two"]
    staff.post(page(code_list, "tree"), {"do": f"place:{one.pk}", "parent": two.pk, "before": ""})
    assert shape_of(code_list) == ["Three", "Two", "  One"]


def test_a_code_is_not_dropped_under_itself(staff, code_list):
    top = add_code(code_list, "Top")
    under = add_code(code_list, "Under", top)
    data = {"do": f"place:{top.pk}", "parent": under.pk, "before": ""}
    answer = staff.post(page(code_list, "tree"), data, follow=True)
    assert told(answer) == ["Top: A code cannot stand under itself."]
    assert shape_of(code_list) == ["Top", "  Under"]


def test_the_tree_takes_steps_by_post_only(staff, code_list):
    assert staff.get(page(code_list, "tree")).status_code == 405
    assert staff.post(page(code_list, "tree"), {}).status_code == 302
    assert staff.post(page(code_list, "tree"), {"do": "up:unknown"}).status_code == 302


# Codes


def test_a_code_is_added_under_a_heading(staff, code_list):
    top = add_code(code_list, "Top")
    form_page = f"{address('transactioncode_add')}?list={code_list.pk}&parent={top.pk}"
    form = staff.get(form_page).context["adminform"].form
    assert (form.initial["list"], form.initial["parent"]) == (code_list.pk, top.pk)
    data = {"list": code_list.pk, "parent": top.pk, "short_code": "u", "label": "Under", "translations": "es: Bajo"}
    answer = staff.post(form_page, data)
    code = TransactionCode.objects.get(short_code="u")
    assert answer["Location"] == f"{page(code_list)}#code-{code.pk}"
    assert shape_of(code_list) == ["Top", "  Under"]
    assert code.translations == {"es": "Bajo"}


def test_a_code_is_changed_but_stays_in_its_place(staff, code_list):
    top = add_code(code_list, "Top")
    code = add_code(code_list, "Under", top)
    form_page = address("transactioncode_change", code.pk)
    staff.post(
        form_page,
        {
            "short_code": "u",
            "label": "Renamed",
            "report_text": "For reports",
            "external_id": "00Q-7",
            "translations": "es: Bajo\nfr: Sous",
            "active_from": "2026-01-01",
            "active_to": "2026-12-31",
            "parent": "",
        },
    )
    code.refresh_from_db()
    assert (code.short_code, code.label, code.report_text, code.external_id) == (
        "u",
        "Renamed",
        "For reports",
        "00Q-7",
    )
    assert code.parent == top
    assert code.translations == {"es": "Bajo", "fr": "Sous"}
    assert (str(code.active_from), str(code.active_to)) == ("2026-01-01", "2026-12-31")


@pytest.mark.parametrize(
    ("data", "field"),
    [
        ({"short_code": "taken"}, "__all__"),
        ({"short_code": "system:x"}, "short_code"),
        ({"translations": "no colon"}, "translations"),
        ({"active_from": "2026-02-01", "active_to": "2026-01-01"}, "active_to"),
        ({"label": ""}, "label"),
    ],
)
def test_bad_codes_are_errors_of_the_form(staff, code_list, data, field):
    add_code(code_list, "Taken")
    code = add_code(code_list, "Fees")
    form_page = address("transactioncode_change", code.pk)
    for url, more in ((form_page, {}), (address("transactioncode_add"), {"list": code_list.pk})):
        short_code = "new" if more else "fees"
        answer = staff.post(url, {"short_code": short_code, "label": "Fees", "translations": "", **more, **data})
        assert answer.status_code == 200
        assert set(answer.context["adminform"].form.errors) == {field}
    assert shape_of(code_list) == ["Taken", "Fees"]


def test_what_the_verb_refuses_stands_at_its_field(staff, code_list):
    other = TransactionCodeList(tenant=code_list.tenant, name="Mood")
    codes.save_list(other)
    data = {"list": code_list.pk, "label": "Fees", "translations": ""}
    for given, refused in (
        ({"short_code": "system:x"}, {"short_code": ["The contact centre&#x27;s own codes begin so."]}),
        (
            {"short_code": "fees", "parent": add_code(other, "Good").pk},
            {"parent": ["The heading belongs to another list."]},
        ),
    ):
        answer = staff.post(address("transactioncode_add"), {**data, **given})
        assert answer.status_code == 200
        assert answer.context["adminform"].form.errors == refused
    assert shape_of(code_list) == []


def step(code, name):
    return address("transactioncode_step", code.pk, name)


def test_retiring_is_confirmed_and_can_be_undone(staff, code_list):
    code = add_code(code_list, "Fees")
    assert "History keeps it" in staff.get(step(code, "retire")).content.decode()
    code.refresh_from_db()
    assert code.retired_at is None
    answer = staff.post(step(code, "retire"), follow=True)
    assert told(answer) == ["Fees: retired."]
    code.refresh_from_db()
    assert code.retired_at is not None
    staff.post(step(code, "restore"))
    code.refresh_from_db()
    assert code.retired_at is None


def test_merging_asks_into_what(staff, center, code_list):
    code, into = add_code(code_list, "Fees"), add_code(code_list, "Payments")
    heading = add_code(code_list, "Heading")
    add_code(code_list, "Under", heading)
    chat(center, codes=[code])
    form_page = staff.get(step(code, "merge"))
    assert "It was chosen 1 time." in form_page.content.decode()
    assert {str(row) for row in form_page.context["form"].fields["into"].queryset} == {"Payments", "Under"}
    staff.post(step(code, "merge"), {"into": into.pk})
    code.refresh_from_db()
    assert code.merged_into == into
    assert "merged into <bdi>Payments</bdi>" in staff.get(page(code_list)).content.decode()


def test_merging_into_nothing_is_an_error_of_the_form(staff, code_list):
    code = add_code(code_list, "Fees")
    for into in ("", code.pk, "unknown"):
        answer = staff.post(step(code, "merge"), {"into": into})
        assert set(answer.context["form"].errors) == {"into"}


def test_a_used_code_is_not_deleted(staff, center, code_list):
    used, unused = add_code(code_list, "Used"), add_code(code_list, "Unused")
    chat(center, codes=[used])
    content = staff.get(page(code_list)).content.decode()
    assert step(unused, "delete") in content
    assert step(used, "delete") not in content
    answer = staff.post(step(used, "delete"), follow=True)
    assert told(answer) == ["Used: It is in use: retire it, or merge it into another."]
    staff.post(step(unused, "delete"))
    assert shape_of(code_list) == ["Used"]


def test_an_unknown_step_is_not_there(staff, code_list):
    assert staff.get(step(add_code(code_list, "Fees"), "explode")).status_code == 404


# Import and export


def upload(client, code_list, content):
    file = io.BytesIO(content if isinstance(content, bytes) else content.encode())
    file.name = "codes.csv"
    return client.post(page(code_list, "import"), {"file": file})


def test_an_import_is_looked_at_and_then_applied(staff, code_list):
    add_code(code_list, "Fees")
    preview = upload(staff, code_list, "short_code,label,parent\nenrol,Enrolment,\nfees,Payments,enrol\n")
    content = preview.content.decode()
    assert "new: <bdi>Enrolment</bdi>" in content
    assert "label: Fees → Payments; parent: – → enrol" in content
    assert shape_of(code_list) == ["Fees"]
    answer = staff.post(page(code_list, "import"), preview.context["apply_form"].initial, follow=True)
    assert told(answer) == ["2 codes were changed."]
    assert shape_of(code_list) == ["Enrolment", "  Payments"]


def test_what_a_spreadsheet_saves_as_unicode_text_is_applied_as_it_was_looked_at(staff, code_list):
    content = "\ufeffShort code\tLabel\t\r\nfees\tTasas y más\t\r\n\t\t\r\n".encode("utf-16-le")
    preview = upload(staff, code_list, content)
    staff.post(page(code_list, "import"), preview.context["apply_form"].initial)
    assert shape_of(code_list) == ["Tasas y más"]


def test_errors_of_a_file_are_told_with_their_lines(staff, code_list):
    preview = upload(staff, code_list, "short_code,label\nfees,Fees\n,Nothing\n")
    assert [(error.line, error.column) for error in preview.context["plan"].errors] == [(3, "short_code")]
    assert "<td>3</td><td>short_code</td><td>This field cannot be blank.</td>" in preview.content.decode()
    assert "apply_form" not in preview.context or preview.context["apply_form"] is None
    assert shape_of(code_list) == []


@pytest.mark.parametrize("content", [b"", b"\xff\xfe", b"\x00", b"PK\x03\x04", b"x" * 1_000_001, b'"'])
def test_what_is_no_csv_is_told(staff, code_list, content):
    assert upload(staff, code_list, content).context["plan"].errors


def test_an_import_is_looked_at_again_when_the_list_has_changed(staff, code_list):
    preview = upload(staff, code_list, "short_code,label\nfees,Fees\n")
    add_code(code_list, "Meanwhile")
    answer = staff.post(page(code_list, "import"), preview.context["apply_form"].initial)
    assert told(answer) == ["The list was changed meanwhile: look at the changes once more."]
    assert shape_of(code_list) == ["Meanwhile"]
    staff.post(page(code_list, "import"), answer.context["apply_form"].initial)
    assert shape_of(code_list) == ["Fees", "Meanwhile"]


def test_of_many_errors_the_first_are_shown(staff, code_list):
    lines = "".join(f"c{number},\n" for number in range(102))
    answer = upload(staff, code_list, f"short_code,label\n{lines}")
    assert len(answer.context["plan"].errors) == 102
    content = answer.content.decode()
    assert content.count("This field cannot be blank.") == 100
    assert "<p>and 2 more errors</p>" in content


def test_without_a_file_nothing_happens(staff, code_list):
    answer = staff.post(page(code_list, "import"), {})
    assert set(answer.context["form"].errors) == {"file"}
    answer = staff.post(page(code_list, "import"), {"fingerprint": "x"})
    assert answer.status_code == 200


def test_line_ends_and_quotes_survive_the_browser(staff, code_list):
    preview = upload(staff, code_list, 'short_code,label\r\nfees,"Fees, ""and"" more"\r\n')
    staff.post(page(code_list, "import"), preview.context["apply_form"].initial)
    assert shape_of(code_list) == ['Fees, "and" more']


def test_the_export_is_what_an_import_reads(staff, code_list):
    add_code(code_list, "Under", add_code(code_list, "Top"))
    answer = staff.get(page(code_list, "export"))
    assert answer["Content-Disposition"] == 'attachment; filename="Reason.csv"'
    preview = upload(staff, code_list, b"".join(answer))
    assert (preview.context["plan"].errors, preview.context["plan"].changed) == ([], [])


# Use


def test_the_chart_and_the_table_say_the_same(staff, center, code_list):
    fees, _dates = add_code(code_list, "Fees"), add_code(code_list, "Dates")
    chat(center, codes=[fees])
    answer = staff.get(page(code_list, "use"))
    content = answer.content.decode()
    assert "1 choice in this period" in content
    assert [(row["label"], row["count"], row["width"]) for row in answer.context["chart"]["rows"]] == [
        ("Fees", 1, 420.0),
        ("Dates", 0, 0.0),
    ]
    assert "100 %" in content
    assert content.count("<rect") == 4


def test_the_period_of_the_chart_is_chosen(staff, center, code_list):
    chat(center, codes=[add_code(code_list, "Fees")])
    answer = staff.get(page(code_list, "use"), {"since": "2020-01-01", "until": "2020-12-31"})
    assert answer.context["total"] == 0


@pytest.mark.parametrize(
    "period",
    [
        {"since": "x"},
        {"until": "9999-12-31"},
        {"since": "0001-01-01"},
        {"since": "2026-02-01", "until": "2026-01-01"},
        {"since": ""},
    ],
)
def test_a_period_that_is_none_is_an_error_of_the_form(staff, code_list, period):
    answer = staff.get(page(code_list, "use"), period)
    assert answer.status_code == 200
    assert answer.context["form"].errors


def test_a_list_without_codes_has_an_empty_chart(staff, code_list):
    assert "There are no codes in this list." in staff.get(page(code_list, "use")).content.decode()
