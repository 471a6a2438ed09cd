"""What do the admin's lists answer to what no page of theirs would ask? What is wrong is refused; nothing breaks."""

import pytest
from django.contrib import admin
from django.contrib.auth.models import Permission
from django.db.models import Field
from django.test import RequestFactory

from contactcenter_chat.admin.base import COMPARISONS
from tests.factories import make_user

from .conftest import address, logged_in, one_of_each
from .test_isolation import MODELS, url

JUNK = ("x", "9" * 24, "'%é")
# What Django and our lists read of an address, besides the filters of each list.
PARAMETERS = ("o", "p", "all", "e", "_facets", "_popup", "_to_field", "before", "since", "until", "centre", "")
LOOKUPS = ("pk__range", "pk__in", "pk__regex", "tenant__name__regex", "tenant__isnull", "pk__gt__lt", "nothing", "__")
ANSWERED = {200, 302, 400}
LIST = pytest.mark.parametrize("model", MODELS, ids=lambda model: model._meta.model_name)


@pytest.fixture
def own(center):
    return one_of_each(center)


def filters_of(model):
    """What the filters of a list read of its address."""
    named = [getattr(each, "parameter_name", each) for each in admin.site.get_model_admin(model).list_filter]
    return [name for name in named if isinstance(name, str)]


@LIST
def test_parameters_of_lists(root, own, model):
    for name in (*PARAMETERS, *filters_of(model), *LOOKUPS):
        for junk in JUNK:
            answer = root.get(url(model, "changelist"), {name: junk})
            assert answer.status_code in ANSWERED, (name, junk)
    assert root.get(url(model, "changelist"), {"q": "é '%" * 500}).status_code == 200


@LIST
def test_lists_compare_only_by_what_any_value_can_be(model):
    pages = admin.site.get_model_admin(model)
    request = RequestFactory().get("/")
    for field in (each for each in model._meta.get_fields() if isinstance(each, Field)):
        for comparison in set(field.get_lookups()) - COMPARISONS:
            assert not pages.lookup_allowed(f"{field.name}__{comparison}", "x", request), (field, comparison)


@LIST
def test_parameters_of_forms(root, own, model):
    page = url(model, "add")
    if root.get(page).status_code == 200:
        for junk in JUNK:
            answer = root.get(page, {field.name: junk for field in model._meta.get_fields()})
            assert answer.status_code in ANSWERED, junk
    for name in ("_popup", "_to_field", "_changelist_filters", "list", "after", "nothing"):
        for junk in JUNK:
            for each in (page, url(model, "change", own[model].pk)):
                assert root.get(each, {name: junk}).status_code in {*ANSWERED, 403}, (each, name, junk)


@LIST
def test_actions_and_rows_that_are_none(root, own, model):
    page = url(model, "changelist")
    request = root.get(page).wsgi_request
    offered = list(admin.site.get_model_admin(model).get_actions(request))
    for action in (*offered, "delete_selected", "nothing", "__class__", ""):
        for selected in JUNK:
            data = {"action": action, "_selected_action": [selected, selected], "confirmed": "1"}
            for more in ({}, {"select_across": "x"}, {"index": selected}):
                answer = root.post(page, {**data, **more})
                assert answer.status_code in ANSWERED, (action, selected, more)


@LIST
def test_steps_and_files_that_are_none(root, own, model):
    name, pk = model._meta.model_name, own[model].pk
    for kind in ("export", "import", "use", "tree", "send-again", "retire/confirm", "x"):
        for path in (f"/admin/contactcenter_chat/{name}/{pk}/{kind}/", f"/admin/contactcenter_chat/{name}/{kind}/"):
            for ask in (root.get, root.post):
                assert ask(path, {"since": "x", "do": "up:x:", "message": "'", "into": "x"}).status_code < 500


def test_an_action_that_the_reader_may_not_do_is_not_done(center):
    rows = one_of_each(center)
    user = make_user("reader", is_staff=True)
    user.user_permissions.set(Permission.objects.filter(codename="view_customer"))
    center.tenant.administrators.add(user)
    client, customer = logged_in(user), next(row for model, row in rows.items() if model.__name__ == "Customer")
    data = {"action": "erase", "_selected_action": [customer.pk], "confirmed": "1"}
    assert client.post(address("customer_changelist"), data).status_code in ANSWERED
    customer.refresh_from_db()
    assert not hasattr(customer, "erasure")
