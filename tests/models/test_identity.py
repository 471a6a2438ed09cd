"""How much of an address is shown?"""

import pytest

from contactcenter_chat.models.identity import masked


@pytest.mark.parametrize(
    ("address", "shown"),
    [
        ("grace@example.org", "g•••@example.org"),
        ("a@example.org", "•••@example.org"),
        ('"a@b"@example.org', '"•••@example.org'),
        ("grace", "•••"),
        ("", ""),
    ],
)
def test_its_first_letter_and_where_it_is(address, shown):
    assert masked(address) == shown
