"""Prepared responses in the admin: narrowed, marked, checked as the verb does, with what they do by names."""

from urllib.parse import urlencode

import pytest
from bs4 import BeautifulSoup
from django.contrib.auth.models import Permission
from django.core.files.uploadedfile import SimpleUploadedFile

from contactcenter_chat.actions.center.skills import create_skill
from contactcenter_chat.actions.setup.codes import retire_code
from contactcenter_chat.isolates import unturned
from contactcenter_chat.models import PreparedResponse
from tests.factories import make_agent, make_center, make_codes, make_queue, make_user

from .conftest import address, logged_in


def prepared(center, title, **values):
    return PreparedResponse.objects.create(tenant=center.tenant, title=title, text="Words", **values)


def listed(client, **query):
    page = client.get(address("preparedresponse_changelist"), query)
    assert page.status_code == 200
    return sorted(row.title for row in page.context["cl"].result_list)


def form(center, **values):
    usual = {"tenant": center.tenant.pk, "title": "Fees", "text": "Words", "language": "en", "queue": ""}
    return {**usual, "short_code": "", "category": "", **values}


def errors(answer):
    assert answer.status_code == 200
    return answer.context["adminform"].form.errors


def test_the_list_is_narrowed(staff, center):
    maria = make_agent(center.tenant, first_name="Maria", last_name="Torres")
    prepared(center, "A", category="Fees", language="es")
    prepared(center, "B", queue=center.queue)
    prepared(center, "C", owner=maria, short_code="c")
    prepared(make_center(), "Elsewhere", category="Secret")
    assert listed(staff) == ["A", "B", "C"]
    assert listed(staff, category="Fees") == ["A"]
    assert listed(staff, category="Secret") == []
    assert listed(staff, language="es") == ["A"]
    assert listed(staff, queue="all") == ["A", "C"]
    assert listed(staff, queue=center.queue.pk) == ["B"]
    assert listed(staff, personal="1") == ["C"]
    assert listed(staff, personal="0") == ["A", "B"]
    assert listed(staff, q="c") == ["C"]
    page = staff.get(address("preparedresponse_changelist")).content.decode()
    assert "Maria Torres" in page
    assert "/c" in page
    assert "Secret" not in page


@pytest.mark.parametrize(
    ("wrong", "field", "complaint"),
    [
        ({"short_code": "a b"}, "short_code", "A short code has letters, digits, - and _, 64 at most."),
        ({"language": "Spanish"}, "language", "Write a language as “es” or “pt-BR”."),
        ({"text": "{custmer.name}"}, "text", "There is no variable {custmer.name}. Did you mean {customer.name}?"),
        ({"short_code": "/TAKEN"}, "short_code", "Another prepared response has this short code."),
    ],
)
def test_what_is_wrong_stands_at_its_field(staff, center, wrong, field, complaint):
    prepared(center, "There", short_code="taken")
    found = errors(staff.post(address("preparedresponse_add"), form(center, **wrong)))
    assert [*found] == [field]
    assert unturned(BeautifulSoup(str(found[field]), "html.parser").get_text()).strip() == complaint
    assert PreparedResponse.objects.count() == 1


def test_what_it_does_is_chosen_by_names(staff, center):
    (fees,) = make_codes(center.tenant, "Fees")
    refunds, visas = make_queue(center.tenant, "Refunds"), create_skill(tenant=center.tenant, name="visas")
    response = prepared(center, "Fees")
    page = address("preparedresponse_change", response.pk)
    acts = {"sets_codes": [fees.pk], "transfers_to": refunds.pk, "requires": "Visas 2", "priority": 5}
    assert staff.post(page, form(center, **acts)).status_code == 302
    response.refresh_from_db()
    assert response.acts == {"codes": [fees.pk], "queue": refunds.pk, "skills": {visas.pk: 2}, "priority": 5}
    shown = staff.get(page)
    assert shown.context["adminform"].form["requires"].value() == "visas 2"
    assert "Reason: Fees" in shown.content.decode()
    assert errors(staff.post(page, form(center, **{**acts, "transfers_to": ""}))).keys() == {"priority"}
    assert errors(staff.post(page, form(center, **{**acts, "requires": "Tea 2"}))).keys() == {"requires"}
    assert staff.post(page, form(center)).status_code == 302
    response.refresh_from_db()
    assert response.acts == {}


def test_what_is_broken_is_told_at_its_field_and_the_rest_is_saved(staff, center):
    old, fees = make_codes(center.tenant, "Old", "Fees", selection="multiple")
    refunds, visas = make_queue(center.tenant, "Refunds"), create_skill(tenant=center.tenant, name="visas")
    acts = {"codes": [old.pk, fees.pk], "queue": refunds.pk, "skills": {visas.pk: 2}, "priority": 5}
    response = prepared(center, "Fees", acts=acts)
    page = address("preparedresponse_change", response.pk)
    assert "cc-refused" not in staff.get(page).content.decode()
    retire_code(old)
    refunds.delete()
    visas.delete()
    shown = BeautifulSoup(staff.get(page).content, "html.parser")
    told = {each.find_parent(class_="form-row")["class"][-1]: each.get_text() for each in shown.select(".cc-refused")}
    assert told == {
        "field-sets_codes": "These codes cannot be chosen any more: Old. Choose another, or save without it.",
        "field-transfers_to": "The queue to hand the chat on to is deleted. Choose another, or save without it.",
        "field-requires": "A skill of the prepared response is deleted. Choose another, or save without it.",
    }
    assert shown.select_one("[name=priority]").get("value") is None
    sent = form(center, title="Other", sets_codes=[fees.pk], transfers_to="", requires="", priority="")
    assert staff.post(page, sent).status_code == 302
    response.refresh_from_db()
    assert (response.title, response.acts) == ("Other", {"codes": [fees.pk]})


def test_those_of_another_centre_are_no_choice(staff, center):
    other = make_center()
    (fees,) = make_codes(other.tenant, "Fees")
    page = address("preparedresponse_change", prepared(center, "Fees").pk)
    for name, pk in (("sets_codes", fees.pk), ("transfers_to", other.queue.pk)):
        assert errors(staff.post(page, form(center, **{name: pk}))).keys() == {name}


def test_who_may_only_look_sees_what_it_does(center):
    refunds = make_queue(center.tenant, "Refunds")
    response = prepared(center, "Fees", acts={"queue": refunds.pk})
    user = make_user("viewer", is_staff=True)
    user.user_permissions.set(Permission.objects.filter(codename="view_preparedresponse"))
    center.tenant.administrators.add(user)
    page = logged_in(user).get(address("preparedresponse_change", response.pk))
    assert "Transfers to <bdi>Refunds</bdi>" in page.content.decode()


def test_an_agents_own_is_marked_and_does_nothing(staff, center):
    maria = make_agent(center.tenant, first_name="Maria", last_name="Torres")
    response = prepared(center, "Mine", owner=maria)
    page = address("preparedresponse_change", response.pk)
    shown = staff.get(page).content.decode()
    assert "Maria Torres" in shown
    assert "sets_codes" not in shown
    assert staff.post(page, form(center, title="Ours")).status_code == 302
    response.refresh_from_db()
    assert (response.title, response.owner) == ("Ours", maria)


# From and to CSV


def upload(client, text, **query):
    address_of = f"{address('preparedresponse_import')}?{urlencode(query)}"
    return client.post(address_of, {"file": SimpleUploadedFile("responses.csv", text.encode())})


def test_a_file_is_looked_at_and_then_applied(staff, center):
    page = upload(staff, "title,text,short_code\nFees,Tuition <is> paid,fees\n")
    assert page.status_code == 200
    assert "new: <bdi>Fees</bdi>" in page.content.decode()
    assert not PreparedResponse.objects.exists()
    data = page.context["apply_form"].initial
    answer = staff.post(address("preparedresponse_import"), data)
    assert (answer.status_code, answer["Location"]) == (302, address("preparedresponse_changelist"))
    row = PreparedResponse.objects.get()
    assert (row.tenant, row.title, row.text, row.short_code) == (center.tenant, "Fees", "Tuition <is> paid", "fees")
    assert "1 prepared response was written." in staff.get(answer["Location"]).content.decode()


def test_errors_are_told_with_their_lines(staff, center):
    page = upload(staff, "title,text\nA,{x}\n")
    assert [(error.line, error.column) for error in page.context["errors"]] == [(2, "text")]
    assert page.context["apply_form"] is None


def test_the_export_is_what_an_import_reads(staff, center):
    prepared(center, "Fees", short_code="fees")
    text = b"".join(staff.get(address("preparedresponse_export")).streaming_content).decode()
    assert text.splitlines()[1] == ",en,fees,,Fees,Words"
    assert upload(staff, text).context["plan"].changed == []


def test_another_centre_is_out_of_reach(staff, center):
    other = make_center()
    prepared(other, "Secret")
    for page in ("import", "export"):
        assert staff.get(f"{address(f'preparedresponse_{page}')}?centre={other.tenant.pk}").status_code == 404
    assert "Secret" not in b"".join(staff.get(address("preparedresponse_export")).streaming_content).decode()


def test_who_may_not_change_them_imports_none(center):
    user = make_user("viewer", is_staff=True)
    user.user_permissions.set(Permission.objects.filter(codename="view_preparedresponse"))
    center.tenant.administrators.add(user)
    client = logged_in(user)
    assert client.get(address("preparedresponse_export")).status_code == 200
    assert client.get(address("preparedresponse_import")).status_code == 403
    assert "/import/" not in client.get(address("preparedresponse_changelist")).content.decode()
