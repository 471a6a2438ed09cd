"""No page of anybody's keeps people from using it: axe finds nothing grave on it, light, dark or on a phone."""

import pytest

from .accessibility import faults_of

pytestmark = [pytest.mark.browser, pytest.mark.postgresql, pytest.mark.django_db(transaction=True)]


def test_a_fault_is_found(open_page):
    page = open_page("/")
    page.evaluate("document.body.insertAdjacentHTML('beforeend', '<input id=\"unnamed\">')")
    (fault,) = faults_of(page)
    assert fault.startswith("label (critical)")


@pytest.mark.parametrize("path", ["/", "/accounts/login/"])
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_pages_for_everybody(open_page, path, scheme):
    assert faults_of(open_page(path, color_scheme=scheme)) == []
