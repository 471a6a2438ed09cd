"""What does the app's first page in the admin say, to whom, and where does it lead?"""

from datetime import timedelta
from itertools import chain
from types import ModuleType

import pytest
from bs4 import BeautifulSoup
from django.contrib.admin import AdminSite, site
from django.contrib.auth.models import Permission
from django.db import connection
from django.test import RequestFactory
from django.test.utils import CaptureQueriesContext
from django.urls import path
from django.utils import timezone

from contactcenter_chat.actions.center.releasing import release_agent
from contactcenter_chat.models import (
    Agent,
    Attachment,
    Delivery,
    Failure,
    InboundCallback,
    Interaction,
    Lane,
    PreparedResponse,
    Queue,
    QueueMember,
    Receiver,
    SweepRun,
    Tenant,
    TransactionCodeList,
    Webhook,
)
from contactcenter_chat.models.queues import Presence
from contactcenter_chat.templatetags.contactcenter_menu import SECTIONS
from tests.factories import (
    make_agent,
    make_attachment,
    make_center,
    make_queue,
    make_user,
    offer_of,
    start_conversation,
)

from .conftest import address, logged_in, one_of_each

PAGE = "/admin/contactcenter_chat/"


@pytest.fixture(autouse=True)
def sweep(db):
    SweepRun.objects.create()


def soup_of(client, query=None, page=PAGE):
    answer = client.get(page, query)
    assert answer.status_code == 200
    return BeautifulSoup(answer.content, "html.parser")


def table(soup, name):
    """The rows of one of the page's tables, as {what is said: (count, address)}."""
    rows = soup.select(f'section[aria-labelledby="cc-{name}"] tbody tr')
    return {row.th.get_text(): (row.td.get_text(), (row.td.a or {}).get("href")) for row in rows}


def listed(client, link):
    """The rows of the list that a figure leads to."""
    answer = client.get(link)
    assert answer.status_code == 200, link
    return [row.pk for row in answer.context["cl"].result_list]


def ago(**times):
    return timezone.now() - timedelta(**times)


def test_who_waits_in_which_queue_and_since_when(root, center):
    billing = make_queue(center.tenant, "Billing")
    make_agent(center.tenant, center.queue, capacity=1)
    first, _second = (start_conversation(center.channel) for _ in range(2))
    offer_of(first)
    Interaction.objects.filter(conversation=first).update(queued_at=ago(minutes=5))
    handled = Interaction.objects.get(pk=start_conversation(center.channel).interactions.get().pk)
    Interaction.objects.filter(pk=handled.pk).update(queue=billing, state="finished", finished_at=timezone.now())
    soup = soup_of(root)
    found = table(soup, "waiting")
    assert list(found) == [center.queue.name]
    assert found[center.queue.name][0] == "2"
    assert soup.select_one('section[aria-labelledby="cc-waiting"] time').get_text() == "5\xa0minutes"
    assert sorted(listed(root, found[center.queue.name][1])) == sorted(
        Interaction.objects.filter(queue=center.queue).values_list("pk", flat=True)
    )


def test_what_is_handed_on_again_and_again(root, center):
    told = "Chats handed on three times or more within an hour"
    often, old, _once = (start_conversation(center.channel).interactions.get().pk for _ in range(3))
    Interaction.objects.filter(pk__in=(often, old)).update(handed_round=3)
    Interaction.objects.filter(pk=old).update(entered_at=ago(minutes=61))
    other = make_center()
    Interaction.objects.filter(conversation=start_conversation(other.channel)).update(handed_round=4)
    found = table(soup_of(root, {"centre": center.tenant.pk}), "troubles")
    assert found[told][0] == "1"
    assert sorted(listed(root, found[told][1])) == sorted([often, old])
    Interaction.objects.filter(pk=often).update(handed_round=0)
    assert told not in table(soup_of(root, {"centre": center.tenant.pk}), "troubles")


def test_who_is_there(root, center):
    free = make_agent(center.tenant, center.queue)
    busy = make_agent(center.tenant, center.queue, capacity=1)
    Agent.objects.filter(pk=busy.pk).update(load=3)
    pausing = make_agent(center.tenant, center.queue, presence="on_break")
    away = make_agent(center.tenant, center.queue, presence="offline")
    gone = make_agent(center.tenant, center.queue)
    release_agent(agent_id=gone.pk)
    found = table(soup_of(root), "agents")
    assert {told: count for told, (count, _link) in found.items()} == {
        "free for another chat": "1",
        "with as many chats as they can have": "1",
        "on a break": "1",
        "offline": "1",
        "in all": "4",
    }
    links = [listed(root, link) for _count, link in found.values()]
    assert links[:4] == [[free.pk], [busy.pk], [pausing.pk], [away.pk]]
    assert sorted(links[4]) == sorted([free.pk, busy.pk, pausing.pk, away.pk])
    assert listed(root, address("agent_changelist") + "?released=1") == [gone.pk]


def test_whatever_agents_are_the_lines_add_up(root, center):
    agents = {each: make_agent(center.tenant, center.queue) for each in Presence}
    for each, agent in agents.items():
        Agent.objects.filter(pk=agent.pk).update(presence=each)
    found = table(soup_of(root), "agents")
    counts = [int(count) for count, _link in found.values()]
    assert sum(counts[:-1]) == counts[-1] == len(Presence)
    for presence in (Presence.DRAINING, Presence.WORK_OFFLINE):
        count, link = found[presence.label]
        assert (count, listed(root, link)) == ("1", [agents[presence].pk])


def break_all(center):
    """Let everything go wrong once that the page counts; return the rows by what is said of them."""
    tenant = center.tenant
    conversation = start_conversation(center.channel)
    delivery = Delivery.objects.filter(conversation=conversation).first()
    Delivery.objects.filter(pk=delivery.pk).update(state="dead", done_at=timezone.now())
    Interaction.objects.filter(conversation=conversation).update(
        state="offering", entered_at=ago(days=300), due_at=ago(days=300)
    )
    owed = start_conversation(center.channel)
    Interaction.objects.filter(conversation=owed).update(state="finished", finished_at=timezone.now())
    Lane.objects.update(due_at=ago(minutes=2))
    file = make_attachment(owed)
    Attachment.objects.filter(pk=file.pk).update(
        state="quarantined", scan_at=timezone.now(), created_at=ago(minutes=2)
    )
    off = make_center("off").webhook
    for row in (off, off.receiver):
        type(row).objects.filter(pk=row.pk).update(tenant=tenant)
    Receiver.objects.filter(pk=off.pk).update(enabled=False, disabled_reason="gone")
    paused = make_center("paused").webhook
    for row in (paused, paused.receiver):
        type(row).objects.filter(pk=row.pk).update(tenant=tenant)
    Receiver.objects.filter(pk=paused.pk).update(paused_until=timezone.now() + timedelta(minutes=1))
    remote = {"tenant": tenant, "kind": "remote_center"}
    remote_off = Receiver.objects.create(provider="a", enabled=False, disabled_reason="failing", **remote)
    remote_paused = Receiver.objects.create(provider="b", paused_until=timezone.now() + timedelta(hours=1), **remote)
    callback = InboundCallback.objects.create(
        tenant=tenant, provider="b", event_id="1", event_type="TEXT", body=b"{}", state="failed"
    )
    failures = [
        Failure.objects.create(tenant=tenant, step=step, row="1", again_at=timezone.now())
        for step in ("files_scanned", "customers_warned")
    ]
    return {
        "Deliveries given up": [delivery.pk],
        "Conversations with deliveries due for more than a minute": None,
        "Webhooks switched off because they failed": [off.pk],
        "Webhooks that fail and rest for a while": [paused.pk],
        "Remote centres switched off because they failed": [remote_off.pk],
        "Remote centres that fail and rest for a while": [remote_paused.pk],
        "Interactions that are stuck": [conversation.interactions.get().pk],
        "Files that have waited to be scanned for more than a minute": "1",  # there is no list of them
        "Callbacks that could not be processed": [callback.pk],
        "What could not be dealt with in the last hour": sorted(each.pk for each in failures),
    }


def test_what_went_wrong(root, center):
    assert soup_of(root).select_one('section[aria-labelledby="cc-troubles"] p').get_text() == "Nothing."
    expected = break_all(center)
    found = table(soup_of(root, {"centre": center.tenant.pk}), "troubles")
    assert list(found) == list(expected)
    for told, rows in expected.items():
        count, link = found[told]
        if isinstance(rows, str):
            assert (count, link) == (rows, None), told
        elif rows is None:
            assert count == "2"
            assert listed(root, link) != []
        else:
            assert (count, sorted(listed(root, link))) == (str(len(rows)), rows), told


def test_of_much_only_the_beginning_is_counted(root, center, monkeypatch):
    monkeypatch.setattr("contactcenter_chat.queries.overview.COUNTED", 1)
    for _ in range(2):
        start_conversation(center.channel)
    Delivery.objects.update(state="dead")
    assert table(soup_of(root), "troubles")["Deliveries given up"][0] == "1+"


def test_what_is_wrong_with_the_system_is_told_to_superusers(root, staff, center):
    SweepRun.objects.all().delete()
    Failure.objects.create(step="rows_deleted", row="1", again_at=timezone.now())
    notes = [note.get_text() for note in soup_of(root).select(".cc-note")]
    assert notes == [
        "What belongs to no tenant and could not be dealt with in the last hour: 1",
        "No worker runs: nothing is delivered, and nobody is found for who waits.",
    ]
    assert soup_of(staff).select(".cc-note") == []


def steps(soup):
    return [(step.get_text(), step.a and step.a["href"]) for step in soup.select(".cc-steps li")]


def test_a_fresh_centre_is_told_the_next_step(root, center):
    assert steps(soup_of(root)) == [
        ("Add an agent, who answers.", address("agent_add")),
        ("Choose a queue, and add agents to it.", address("queue_changelist")),
    ]
    agent = make_agent(center.tenant)
    assert [link for _told, link in steps(soup_of(root))] == [address("queue_changelist")]
    QueueMember.objects.create(queue=center.queue, agent=agent)
    assert steps(soup_of(root)) == []
    center.channel.delete()
    Webhook.objects.all().delete()
    assert [link for _told, link in steps(soup_of(root))] == [address("webhook_add"), address("channel_add")]
    Queue.objects.all().delete()
    assert steps(soup_of(root))[0][1] == address("queue_add")


def test_where_there_is_no_centre_the_next_step_is_to_add_one(root):
    soup = soup_of(root)
    assert steps(soup) == [("Add a tenant: one contact centre.", address("tenant_add"))]
    assert soup.select(".cc-section") == []


def test_a_step_that_the_reader_may_not_take_is_no_link(center):
    user = make_user("reader", is_staff=True)
    user.user_permissions.set(Permission.objects.filter(codename="view_agent"))
    center.tenant.administrators.add(user)
    soup = soup_of(logged_in(user))
    assert [link for _told, link in steps(soup)] == [None, None]
    assert [link["href"] for link in soup.select("#content-main section.module h2 ~ table a")] == [
        address("agent_changelist")
    ]
    assert [head.get_text() for head in soup.select("h3")] == ["Who is there"]


@pytest.mark.parametrize(("seen", "asked"), [("view_agent", set()), ("view_webhook", {Receiver})])
def test_no_trouble_is_asked_for_that_the_reader_does_not_see(center, seen, asked):
    user = make_user("reader", is_staff=True)
    user.user_permissions.set(Permission.objects.filter(codename=seen))
    center.tenant.administrators.add(user)
    client = logged_in(user)
    with CaptureQueriesContext(connection) as queries:
        soup_of(client)
    tables = (Delivery, Lane, Receiver, Interaction, Attachment, InboundCallback, Failure)
    # As the first of a query: others are looked at beside what is set up.
    found = {row for row in tables for query in queries if f'FROM "{row._meta.db_table}"' in query["sql"]}
    assert found - {Receiver} == asked - {Receiver}
    counts = [query for query in queries if "COUNT" in query["sql"] and Receiver._meta.db_table in query["sql"]]
    assert bool(counts) == (Receiver in asked)


def test_staff_see_their_own_centres_only(staff, center, other):
    break_all(other)
    for query in ({}, {"centre": center.tenant.pk}):
        soup = soup_of(staff, query)
        assert table(soup, "troubles") == {}
        assert table(soup, "waiting") == {}
        assert soup.select("#cc-centre") == []
    soup = soup_of(staff, {"centre": other.tenant.pk})
    assert soup.select(".cc-section") == []
    assert other.tenant.pk not in str(soup)


def test_a_superuser_chooses_a_centre(root, center, other):
    start_conversation(other.channel)
    assert table(soup_of(root), "waiting") == {}
    soup = soup_of(root, {"centre": other.tenant.pk})
    assert list(table(soup, "waiting")) == [other.queue.name]
    assert soup.select_one("#cc-centre option[selected]")["value"] == other.tenant.pk


@pytest.mark.parametrize("junk", ["\x00", "a\x00b", "%", "x" * 5000, "1"])
def test_a_centre_that_is_none(root, center, junk):
    assert soup_of(root, {"centre": junk}).select(".cc-section") == []


def test_a_user_without_a_centre(center):
    user = make_user("nobody's", is_staff=True)
    user.user_permissions.set(Permission.objects.filter(content_type__app_label="contactcenter_chat"))
    soup = soup_of(logged_in(user))
    assert soup.select(".cc-section, .cc-steps") == []
    (note,) = soup.select(".cc-note")
    assert note.get_text() == "You administer no tenant yet. A superuser can name you among its administrators."


def test_all_models_are_in_a_section_by_the_names_of_the_menu(root, center):
    soup = soup_of(root)
    sections = {
        section.h2.get_text(): [link.get_text() for link in section.select("th a")]
        for section in soup.select('section[aria-labelledby^="cc-section-"]')
    }
    assert list(sections) == [str(title) for title, _names in SECTIONS]
    menu = soup_of(root, page=address("queue_changelist")).select("#nav-sidebar .app-contactcenter_chat th a")
    assert sorted(chain(*sections.values())) == sorted(link.get_text() for link in menu)
    named = {name for _title, names in SECTIONS for name in names}
    own = {model.__name__ for model in site._registry if model._meta.app_label == "contactcenter_chat"}
    assert own - named == {"TransactionCode"}  # reached from its list


def test_the_menu_has_the_same_sections_on_every_page_of_ours(root, center):
    rows = one_of_each(center)
    first = {
        section.h2.get_text(): [link.get_text() for link in section.select("th a")]
        for section in soup_of(root).select('section[aria-labelledby^="cc-section-"]')
    }
    named = {model._meta.model_name: row.pk for model, row in rows.items()}
    pages = {PAGE, *(address(f"{name}_changelist") for name in named)}
    pages |= {address(f"{name}_{page}", pk) for name, pk in named.items() for page in ("change", "history")}
    pages |= {address("skill_grid"), address("skill_coverage")}
    pages |= {address("transactioncodelist_use", rows[TransactionCodeList].pk)}
    pages |= {address("preparedresponse_delete", rows[PreparedResponse].pk)}
    for page in pages:
        menu = soup_of(root, page=page).select("#nav-sidebar .app-contactcenter_chat")
        shown = {part.caption.get_text(strip=True): [link.get_text() for link in part.select("th a")] for part in menu}
        assert shown == first, page
        assert {part.caption.a["href"] for part in menu} == {PAGE}


def test_the_menu_leaves_other_apps_as_they_are(root, center):
    soup = soup_of(root, page=address("queue_changelist"))
    others = soup_of(root, page="/admin/auth/user/")
    for page in (soup, others):
        [users] = page.select("#nav-sidebar .app-auth")
        assert [link.get_text() for link in users.select("th a")] == ["Groups", "Users"]


def test_a_list_is_called_as_in_the_menu(root, center):
    one_of_each(center)
    menu = soup_of(root).select('section[aria-labelledby^="cc-section-"] th a')
    for link in menu:
        soup = soup_of(root, page=link["href"])
        assert soup.select_one("#content h1").get_text() == link.get_text()
        assert link.get_text() in soup.select_one("nav .breadcrumbs").get_text()


def test_the_number_of_queries_does_not_grow(root, center):
    soup_of(root)
    with CaptureQueriesContext(connection) as few:
        soup_of(root)
    break_all(center)
    for label in ("second", "third"):
        start_conversation(make_center(label).channel)
        make_agent(center.tenant, make_queue(center.tenant, label))
    Tenant.objects.exclude(pk=center.tenant.pk).update(name="Z")
    with CaptureQueriesContext(connection) as many:
        soup_of(root)
    assert len(many) == len(few)


def test_a_projects_own_site_shows_the_same(center, settings):
    own = AdminSite(name="backoffice")
    own._registry = dict(site._registry)
    settings.ROOT_URLCONF = ModuleType("urls")
    settings.ROOT_URLCONF.urlpatterns = [path("backoffice/", own.urls)]
    request = RequestFactory().get("/backoffice/contactcenter_chat/")
    request.user = make_user("chief", is_staff=True, is_superuser=True)
    answer = own.app_index(request, "contactcenter_chat").render()
    soup = BeautifulSoup(answer.content, "html.parser")
    links = [link["href"] for link in soup.select("#content-main a")]
    assert len(links) > 20
    assert [link for link in links if not link.startswith("/backoffice/contactcenter_chat/")] == []
