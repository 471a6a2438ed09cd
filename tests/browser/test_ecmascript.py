"""Does a browser's engine write every body as we wrote it?"""

import json

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from contactcenter_chat.wire.base import encode
from tests.wire.json_values import TOLD
from tests.wire.test_ecmascript import PAIRS

pytestmark = pytest.mark.browser

AGAIN = "bodies => bodies.map(body => JSON.stringify(JSON.parse(body)))"


@pytest.fixture(scope="module")
def page(chromium):
    page = chromium.new_page()
    yield page
    page.close()


def test_the_recorded_pairs_are_its_own(page):
    assert page.evaluate(AGAIN, [read for read, _written in PAIRS]) == [written for _read, written in PAIRS]


@settings(max_examples=60, deadline=None, suppress_health_check=list(HealthCheck))
@given(st.lists(TOLD, min_size=20, max_size=40))
def test_it_writes_what_we_wrote(page, bodies):
    written = [encode(body) for body in bodies]
    assert page.evaluate(AGAIN, written) == written


@settings(max_examples=30, deadline=None, suppress_health_check=list(HealthCheck))
@given(st.lists(st.floats(allow_nan=False, allow_infinity=False), min_size=200, max_size=400))
def test_it_writes_numbers_as_we_wrote_them(page, numbers):
    written = [encode(number) for number in numbers]
    assert page.evaluate(AGAIN, written) == written
    assert page.evaluate(AGAIN, [json.dumps(number) for number in numbers]) == written
