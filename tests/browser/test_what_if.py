"""The page of a simulation keeps nobody from using it, and all of it is on the screen."""

import pytest
from django.core.management import call_command

from tests.simulation.what_if.test_from_file import COLLEGE

from .accessibility import faults_of

pytestmark = pytest.mark.browser


@pytest.fixture
def address(tmp_path, capsys):
    page, comes = tmp_path / "page.html", ("--arrivals", "synthetic", "--hours", "8", "--rate", "20")
    call_command("simulate_routing", str(COLLEGE), "--against", str(COLLEGE), *comes, "--html", str(page))
    return f"file://{page}"


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [1280, 390])
def test_the_page(chromium, address, scheme, width):
    context = chromium.new_context(color_scheme=scheme, viewport={"width": width, "height": 844})
    try:
        page = context.new_page()
        page.goto(address)
        assert faults_of(page) == []
        assert page.evaluate("document.documentElement.scrollWidth") == width
        beyond = "[...document.querySelectorAll('svg text')].filter(e => e.getBoundingClientRect().right > innerWidth)"
        assert page.evaluate(f"{beyond}.map(e => e.textContent)") == []
    finally:
        context.close()
