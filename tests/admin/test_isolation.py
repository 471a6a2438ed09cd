"""Does somebody who administers one contact centre see anything of another? Asked of every page of the admin."""

import re

import pytest
from django.apps import apps
from django.contrib import admin
from django.urls import reverse

from contactcenter_chat.models import (
    Agent,
    ApiKey,
    Article,
    Channel,
    Conversation,
    Customer,
    PreparedResponse,
    Queue,
    QueueMember,
    Skill,
    Tenant,
    TransactionCode,
    TransactionCodeList,
    Webhook,
)
from tests.factories import make_user

from .conftest import address, logged_in, one_of_each

MODELS = [model for model in apps.get_app_config("contactcenter_chat").get_models() if admin.site.is_registered(model)]
LINK = re.compile(r'href="(/admin/contactcenter_chat/[^"#]+)')
ADDED = (
    ApiKey,
    Webhook,
    Channel,
    Queue,
    Agent,
    Skill,
    PreparedResponse,
    Article,
    TransactionCodeList,
    TransactionCode,
)


def url(model, page, *args):
    return address(f"{model._meta.model_name}_{page}", *args)


def names(page, row):
    """Whether a page names a row, by its id or, where ids are short numbers, by its address."""
    return (len(str(row.pk)) == 22 and row.pk in page) or url(type(row), "change", row.pk) in page


def values(row):
    return type(row).objects.filter(pk=row.pk).values().get()


@pytest.fixture
def own(center):
    return one_of_each(center)


@pytest.fixture
def foreign(other):
    return one_of_each(other)


def test_every_model_of_the_admin_is_asked(own):
    assert set(own) == set(MODELS)


def test_lists_hold_only_own_rows(staff, own, foreign):
    for model in MODELS:
        page = staff.get(url(model, "changelist"))
        assert page.status_code == 200, model
        shown = {row.pk for row in page.context["cl"].result_list}
        assert own[model].pk in shown, model
        assert foreign[model].pk not in shown, model
        assert not names(page.content.decode(), foreign[model]), model


def test_asking_for_the_other_contact_centre_lists_nothing(staff, own, foreign, other):
    for model in MODELS:
        page = staff.get(url(model, "changelist"), {"centre": other.tenant.pk}, follow=True)
        assert foreign[model].pk not in {row.pk for row in page.context["cl"].result_list}, model


def test_a_superuser_narrows_every_list_to_one_contact_centre(root, own, foreign, center):
    for model in set(MODELS) - {Tenant, TransactionCode}:
        page = root.get(url(model, "changelist"), {"centre": center.tenant.pk})
        shown = {row.pk for row in page.context["cl"].result_list}
        assert own[model].pk in shown, model
        assert foreign[model].pk not in shown, model


def test_pages_of_foreign_rows_are_not_there(staff, own, foreign):
    for model in MODELS:
        for page in ("change", "history", "delete"):
            answer = staff.get(url(model, page, foreign[model].pk))
            assert answer.status_code in (302, 403), (model, page)
            assert answer.status_code == 403 or answer["Location"] == reverse("admin:index"), (model, page)


def test_pages_of_own_rows_are_there(staff, own):
    for model in MODELS:
        assert staff.get(url(model, "change", own[model].pk)).status_code == 200, model


def test_links_lead_to_pages(staff, own):
    """Ids stand in addresses as the admin quotes them."""
    pages = [url(model, "changelist") for model in MODELS] + [url(model, "change", own[model].pk) for model in MODELS]
    links = {link for page in pages for link in LINK.findall(staff.get(page).content.decode())}
    assert len(links) > 50
    for link in links:
        assert staff.get(link.replace("&amp;", "&")).status_code == 200, link


def test_a_superuser_sees_both(root, own, foreign):
    for model in MODELS:
        for row in (own[model], foreign[model]):
            assert root.get(url(model, "change", row.pk)).status_code == 200, model


def test_nothing_is_written_to_foreign_rows(staff, own, foreign):
    for model in MODELS:
        before = values(foreign[model])
        data = {"name": "Mine now", "label": "mine", "title": "Mine"}
        answer = staff.post(url(model, "change", foreign[model].pk), data)
        assert answer.status_code in (302, 403), model
        assert values(foreign[model]) == before, model


def test_forms_offer_no_foreign_rows(staff, own, foreign):
    theirs = {row.pk for row in foreign.values()}
    for model in ADDED:
        for page in (staff.get(url(model, "add")), staff.get(url(model, "change", own[model].pk))):
            for field in page.context["adminform"].form.fields.values():
                offered = {row.pk for row in field.queryset} if hasattr(field, "queryset") else set()
                assert not offered & theirs, model


def mixed_channel(center, foreign):
    return {
        "tenant": center.tenant.pk,
        "name": "Mixed",
        "webhook": foreign[Webhook].pk,
        "queue": foreign[Queue].pk,
        "provider": "default",
        "pace": "live",
        "bot": "",
        "bot_fencing": "off",
        "bot_seconds": "",
        "identity": "claimed",
    }


def test_a_form_takes_no_foreign_rows(staff, own, foreign, center, other):
    data = mixed_channel(center, foreign)
    page = staff.post(url(Channel, "add"), data)
    assert set(page.context["adminform"].form.errors) == {"webhook", "queue"}
    page = staff.post(url(Channel, "add"), {**data, "tenant": other.tenant.pk})
    assert set(page.context["adminform"].form.errors) == {"tenant", "webhook", "queue"}
    assert not Channel.objects.filter(name="Mixed").exists()


def test_not_even_a_superuser_puts_rows_of_two_contact_centres_together(root, own, foreign, center):
    page = root.post(url(Channel, "add"), mixed_channel(center, foreign))
    assert set(page.context["adminform"].form.errors) == {"webhook", "queue"}
    assert not Channel.objects.filter(name="Mixed").exists()


def test_autocomplete_offers_no_foreign_agents(staff, own, foreign):
    query = {"app_label": "contactcenter_chat", "model_name": "queuemember", "field_name": "agent", "term": "Ada"}
    answer = staff.get(reverse("admin:autocomplete"), query)
    assert [row["id"] for row in answer.json()["results"]] == [own[Agent].pk]


def test_a_foreign_agent_is_not_taken_as_a_member(staff, root, own, foreign, center):
    data = {
        "name": center.queue.name,
        "wrap_up_mode": center.queue.wrap_up_mode,
        "members-TOTAL_FORMS": 1,
        "members-INITIAL_FORMS": 0,
        "members-0-agent": foreign[Agent].pk,
        "members-0-queue": center.queue.pk,
        "members-0-level": 3,
    }
    for client in (staff, root):
        page = client.post(url(Queue, "change", center.queue.pk), data)
        (formset,) = page.context["inline_admin_formsets"]
        assert set(formset.formset.errors[0]) == {"agent"}
    assert not QueueMember.objects.filter(queue=center.queue, agent=foreign[Agent]).exists()


def test_actions_do_nothing_to_foreign_rows(staff, own, foreign):
    for model in MODELS:
        before = values(foreign[model])
        for name in admin.site.get_model_admin(model).actions or ():
            data = {"action": name, "_selected_action": [foreign[model].pk], "confirmed": "1"}
            answer = staff.post(url(model, "changelist"), data)
            assert answer.status_code in (200, 302), (model, name)
            content = b"".join(answer) if answer.streaming else answer.content
            assert not names(content.decode(), foreign[model]), (model, name)
        assert values(foreign[model]) == before, model


def test_all_that_match_cannot_be_chosen_past_what_was_ticked(staff, own, foreign):
    data = {"action": "export_json", "_selected_action": [foreign[Conversation].pk], "select_across": "1"}
    answer = staff.post(url(Conversation, "changelist"), data)
    assert b"".join(answer) == b"[]\n"


def test_exports_hold_no_foreign_conversation(staff, own, foreign, other):
    mine, theirs = own[Conversation].pk, foreign[Conversation].pk
    for kind in ("csv", "json", "html"):
        assert staff.get(url(Conversation, "export", theirs, kind)).status_code == 404
        everything = b"".join(staff.get(url(Conversation, "export_all", kind))).decode()
        assert mine in everything
        assert theirs not in everything
        assert staff.get(url(Conversation, "export_all", kind), {"centre": other.tenant.pk}).status_code == 404


def test_the_pages_of_a_foreign_code_list_are_not_there(staff, own, foreign):
    for page in ("tree", "import", "export", "use"):
        assert staff.get(url(TransactionCodeList, page, foreign[TransactionCodeList].pk)).status_code == 404
        assert staff.post(url(TransactionCodeList, page, foreign[TransactionCodeList].pk)).status_code == 404


def test_a_foreign_code_is_neither_retired_nor_merged(staff, own, foreign):
    before = values(foreign[TransactionCode])
    for step in ("retire", "restore", "merge", "delete"):
        address = url(TransactionCode, "step", foreign[TransactionCode].pk, step)
        assert staff.get(address).status_code == 404
        assert staff.post(address, {"into": own[TransactionCode].pk}).status_code == 404
    assert values(foreign[TransactionCode]) == before


def test_a_code_is_not_merged_into_a_foreign_one(staff, own, foreign):
    address = url(TransactionCode, "step", own[TransactionCode].pk, "merge")
    page = staff.post(address, {"into": foreign[TransactionCode].pk})
    assert set(page.context["form"].errors) == {"into"}


def test_filters_offer_no_foreign_rows(staff, own, foreign):
    page = staff.get(url(Conversation, "changelist"))
    specs = page.context["cl"].filter_specs
    offered = {str(value) for spec in specs for value, _ in getattr(spec, "lookup_choices", ())}
    for model in (Agent, Channel, Queue, TransactionCode):
        assert own[model].pk in offered
        assert foreign[model].pk not in offered


@pytest.mark.parametrize(
    ("name", "model"),
    [("channel", Channel), ("queue", Queue), ("agent", Agent), ("code", TransactionCode), ("customer", Customer)],
)
def test_filtering_by_a_foreign_row_finds_nothing(staff, own, foreign, name, model):
    page = staff.get(url(Conversation, "changelist"), {name: foreign[model].pk})
    assert list(page.context["cl"].result_list) == []


def test_staff_without_permission_see_no_page(own, center):
    user = make_user("novice", is_staff=True)
    center.tenant.administrators.add(user)
    client = logged_in(user)
    for model in MODELS:
        assert client.get(url(model, "changelist")).status_code == 403, model
        assert client.get(url(model, "change", own[model].pk)).status_code == 403, model


def test_staff_of_no_contact_centre_see_no_rows(own, staff, center):
    center.tenant.administrators.clear()
    for model in MODELS:
        page = staff.get(url(model, "changelist"))
        assert page.status_code == 200, model
        assert list(page.context["cl"].result_list) == [], model
