"""A contact centre as a file in the admin: download, upload, look at the plan, apply only that."""

import pytest
from bs4 import BeautifulSoup
from django.contrib.admin.models import LogEntry
from django.contrib.auth import get_user_model
from django.contrib.auth.models import Permission
from django.core.files.uploadedfile import SimpleUploadedFile

from contactcenter_chat.actions.setup.centre_file.writing import write_file
from contactcenter_chat.isolates import unturned
from contactcenter_chat.models import Agent, PreparedResponse, Queue, Tenant
from contactcenter_chat.queries import access
from contactcenter_chat.queries.access import IN_FILE
from tests.factories import make_agent, make_channel, make_user

from .conftest import address, logged_in, told

FILE = """\
skills: [fees, "<b>&amp;</b>"]
agents: {ada: {capacity: 5}}
queues:
  Default: {priority: 5, requires: {fees: 1}}
  Second: {members: {ada: 2}}
"""


@pytest.fixture
def ada(center):
    return make_agent(center.tenant, center.queue, username="ada")


def page_of(center):
    return address("tenant_file", center.tenant.pk)


def uploaded(client, center, text, **more):
    content = text if isinstance(text, bytes) else text.encode()
    return client.post(page_of(center), {"file": SimpleUploadedFile("centre.yaml", content), **more})


def rows(response):
    """The cells of the table that a page shows."""
    table = BeautifulSoup(response.content, "html.parser").find("div", id="content-main").find("table")
    lines = table.find("tbody").find_all("tr") if table else []
    return [[cell.get_text(" ", strip=True) for cell in line.find_all(["th", "td"])] for line in lines]


def form_of(response):
    """What the page sends back with a click on "apply"."""
    form = BeautifulSoup(response.content, "html.parser").find("input", {"name": "fingerprint"}).find_parent("form")
    fields = form.find_all("input", {"name": True})
    # As browsers do it: ends of lines become CRLF.
    return {
        each["name"]: each.get("value", "").replace("\r\n", "\n").replace("\n", "\r\n")
        for each in fields
        if each["name"] != "csrfmiddlewaretoken"
    }


PLAN = [
    ["+ is made", "skills / <b>&amp;</b>", "", ""],
    ["+ is made", "skills / fees", "", ""],
    ["+ is made", "queues / Second", "", ""],
    ["~ is changed", "agents / ada / capacity", "3", "5"],
    ["~ is changed", "queues / Default / priority", "0", "5"],
    ["~ is changed", "queues / Default / requires", "{}", "{fees: 1}"],
]


def test_a_plan_is_shown_and_then_applied(staff, center, ada):
    shown = uploaded(staff, center, FILE)
    assert sorted(rows(shown)) == sorted(PLAN)
    assert not Queue.objects.filter(name="Second").exists()
    done = staff.post(page_of(center), form_of(shown), follow=True)
    assert told(done) == ["6 things were changed by a file."]
    assert done.redirect_chain[-1][0] == address("tenant_change", center.tenant.pk)
    assert Queue.objects.get(name="Second").members.get().agent == ada
    assert LogEntry.objects.latest("pk").get_change_message() == "6 things were changed by a file."
    again = uploaded(staff, center, FILE)
    assert rows(again) == []
    assert "Nothing: all is as the file says." in again.content.decode()
    assert b"fingerprint" not in again.content


def test_what_is_downloaded_changes_nothing(staff, center, ada):
    make_channel(center.tenant, center.queue, center.webhook, name="Shop")
    response = staff.get(address("tenant_export", center.tenant.pk))
    assert response["Content-Disposition"] == 'attachment; filename="college.yaml"'
    assert response["Content-Type"] == "application/yaml; charset=utf-8"
    assert "no-store" in response["Cache-Control"]
    assert response.content.decode() == write_file(center.tenant)
    assert (
        "Nothing: all is as the file says." in uploaded(staff, center, response.content, prune="on").content.decode()
    )


def test_what_cannot_be_told_apart_is_not_downloaded(staff, center):
    for _number in range(2):
        PreparedResponse.objects.create(tenant=center.tenant, title="Hello", text="Hi")
    response = staff.get(address("tenant_export", center.tenant.pk), follow=True)
    assert [unturned(each) for each in told(response)] == [
        "There are two of the name Hello (en): rename one of them first."
    ]


def test_all_that_is_wrong_is_shown_with_lines_and_nothing_can_be_applied(staff, center):
    shown = uploaded(staff, center, "skils: [a]\nqueues:\n  <i>x</i>: {priority: 99}\n")
    assert rows(shown) == [
        ["1", "–", "Unknown key “skils”. Did you mean “skills”?"],
        ["3", "queues / <i>x</i> / priority", "“99” is out of range. Write a whole number from -10 to 30."],
    ]
    assert b"fingerprint" not in shown.content


@pytest.mark.parametrize("content", [b"", b"\xff\xfe", b"a: [", b"&a [*a]", b"\x00", b"x" * 1_000_001, b"[" * 9999])
def test_whatever_is_uploaded_is_answered(staff, center, content):
    before = write_file(center.tenant)
    shown = uploaded(staff, center, content)
    assert shown.status_code == 200
    assert b"fingerprint" not in shown.content
    assert write_file(center.tenant) == before


def test_without_a_file_the_form_says_so(staff, center):
    assert "This field is required." in staff.post(page_of(center), {}).content.decode()


def test_nobody_becomes_an_agent_here(staff, center):
    make_user("known")
    shown = uploaded(staff, center, "agents:\n  known: {}\n  unknown: {}\n")
    hint = "This user is no agent here yet. Make the agent first; here nobody becomes one."
    assert rows(shown) == [["2", "agents / known", hint], ["3", "agents / unknown", hint]]
    form = {"content": "agents: {known: }", "fingerprint": "0" * 64}
    assert rows(staff.post(page_of(center), form)) == [["1", "agents / known", hint]]
    assert not Agent.objects.exists()
    assert not get_user_model().objects.filter(username="unknown").exists()


def test_what_was_changed_meanwhile_is_shown_once_more(staff, center, ada):
    form = form_of(uploaded(staff, center, FILE))
    Queue.objects.filter(name="Default").update(priority=7)
    shown = staff.post(page_of(center), form)
    assert told(shown) == ["What is there was changed meanwhile: look at the plan once more."]
    assert ["~ is changed", "queues / Default / priority", "7", "5"] in rows(shown)
    assert Queue.objects.get(name="Default").priority == 7
    assert staff.post(page_of(center), form_of(shown)).status_code == 302
    assert Queue.objects.get(name="Default").priority == 5


@pytest.mark.parametrize("changed", [{"content": "queues: {}"}, {"prune": "on"}, {"fingerprint": "x" * 64}])
def test_what_was_tampered_with_is_not_applied(staff, center, ada, changed):
    before = write_file(center.tenant)
    form = form_of(uploaded(staff, center, "skills: [fees]\nagents: {ada: }\nqueues: {Default: {members: {}}}"))
    shown = staff.post(page_of(center), {**form, **changed})
    assert told(shown) == ["What is there was changed meanwhile: look at the plan once more."]
    assert write_file(center.tenant) == before


@pytest.mark.parametrize("form", [{"fingerprint": ""}, {"fingerprint": "x" * 99, "content": "a: 1"}, {"content": "x"}])
def test_half_a_form_is_answered(staff, center, form):
    assert staff.post(page_of(center), form).status_code == 200


def test_something_is_removed_only_when_that_is_asked_for_and_what_stays_is_told(staff, center, ada):
    file = "agents: {ada: }\nqueues: {Second: }"
    assert rows(uploaded(staff, center, file)) == [["+ is made", "queues / Second", "", ""]]
    shown = uploaded(staff, center, file, prune="on")
    assert rows(shown) == [["+ is made", "queues / Second", "", ""]]
    stays = BeautifulSoup(shown.content, "html.parser").find("div", id="content-main").find("ul").get_text().strip()
    assert stays == "queues / Default: A channel leads to the queue Default, or has led there."
    file = "agents: {}\n"
    shown = uploaded(staff, center, file, prune="on")
    assert rows(shown) == [["- is removed", "agents / ada", "", ""]]
    assert staff.post(page_of(center), form_of(shown)).status_code == 302
    ada.refresh_from_db()
    assert ada.released_at is not None


def test_another_contact_centre_is_not_there(staff, other, root):
    for name in ("tenant_file", "tenant_export"):
        assert staff.get(address(name, other.tenant.pk)).status_code == 404
        assert root.get(address(name, other.tenant.pk)).status_code == 200
        assert root.get(address(name, "nowhere")).status_code == 404
    assert staff.post(page_of(other), {"content": "skills: [a]", "fingerprint": "x"}).status_code == 404


def clerk_without(center, kind, model):
    """Somebody who may do all in this contact centre but this."""
    user = make_user(is_staff=True)
    center.tenant.administrators.add(user)
    ours = Permission.objects.filter(content_type__app_label="contactcenter_chat")
    user.user_permissions.set(ours.exclude(codename=f"{kind}_{model._meta.model_name}"))
    return user


@pytest.mark.parametrize("kind", ["view", "add", "change", "delete"])
def test_only_who_may_do_all_of_it_by_hand_may_do_it_by_a_file(center, kind):
    for model in IN_FILE:
        user = clerk_without(center, kind, model)
        assert (access.may_apply_file(user), access.may_write_file(user)) == (False, kind != "view")
    assert not access.may_apply_file(clerk_without(center, "change", Tenant))
    client = logged_in(clerk_without(center, kind, Queue))
    assert client.get(page_of(center)).status_code == 403
    assert client.post(page_of(center), {"content": "skills: [a]", "fingerprint": "x"}).status_code == 403
    assert client.get(address("tenant_export", center.tenant.pk)).status_code == (403 if kind == "view" else 200)
    links = client.get(address("tenant_change", center.tenant.pk)).content.decode()
    assert ("Apply a file" in links, "Download as a file" in links) == (False, kind != "view")


def test_the_page_of_a_contact_centre_leads_there(staff, center):
    links = staff.get(address("tenant_change", center.tenant.pk)).content.decode()
    assert page_of(center) in links
    assert address("tenant_export", center.tenant.pk) in links
