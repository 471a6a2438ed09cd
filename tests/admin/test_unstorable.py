"""What does the admin answer to what no database keeps? Of a path that nothing is there, of a field that it is bad."""

import pytest
from django.contrib.admin.utils import quote
from django.core.files.uploadedfile import SimpleUploadedFile

from contactcenter_chat.models import Conversation, TransactionCodeList
from tests.unstorable import NUL, fields, filled, parameters, patterns

from .conftest import one_of_each

PREFIX = "admin/contactcenter_chat/"
ROUTES = sorted({route for _name, route in patterns(PREFIX)})


@pytest.fixture
def own(center):
    return {model._meta.model_name: row for model, row in one_of_each(center).items()}


def values(own, route):
    """What stands in an address that is there."""
    row = own[route.removeprefix(PREFIX).partition("/")[0]]
    return {"object_id": str(quote(row.pk)), "kind": "csv", "step": "retire", "file_id": "unknown"}


def test_all_pages_are_known(own):
    models = {route.removeprefix(PREFIX).partition("/")[0] for route in ROUTES}
    assert models == set(own)
    assert {f"{PREFIX}{Conversation._meta.model_name}/export/<str:kind>/"} <= set(ROUTES)
    assert {f"{PREFIX}{TransactionCodeList._meta.model_name}/<str:object_id>/use/"} <= set(ROUTES)


@pytest.mark.parametrize("nul", ["%00", "a%00b"])
def test_nothing_is_at_such_a_path(root, own, nul):
    for route in ROUTES:
        for name in parameters(route):
            path = filled(route, {**values(own, route), name: nul})
            for ask in (root.get, root.post):
                assert ask(path).status_code == 404, (ask, path)


def test_such_a_field_is_refused(root, own):
    for route in ROUTES:
        path = filled(route, values(own, route))
        for name in fields(root, path):
            assert root.get(path, {name: NUL}).status_code == 400, (path, name)
            assert root.post(path, {name: f"a{NUL}b"}).status_code == 400, (path, name)
        assert root.get(path, {f"q{NUL}": "x"}).status_code == 400, path
        assert root.post(f"{path}?q=%00").status_code == 400, path


@pytest.mark.parametrize("name", ["term", "app_label", "model_name", "field_name", "p"])
def test_agents_are_not_looked_for_by_such_words(root, center, name):
    asked = {"app_label": "contactcenter_chat", "model_name": "queuemember", "field_name": "agent", "term": "a"}
    assert root.get("/admin/autocomplete/", asked).status_code == 200
    assert root.get("/admin/autocomplete/", {**asked, name: f"a{NUL}"}).status_code in (400, 403)


def test_a_file_with_it_is_refused_with_its_line(root, own):
    """What a file holds is the file's reader's to refuse."""
    file = SimpleUploadedFile("codes.csv", b"short_code,label\nfees,Fees\x00\n")
    path = f"/{PREFIX}transactioncodelist/{quote(own['transactioncodelist'].pk)}/import/"
    page = root.post(path, {"file": file})
    assert page.status_code == 200
    assert "There is a character U+0000." in page.content.decode()
