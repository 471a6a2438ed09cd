import time
from unittest import mock
from urllib.parse import parse_qs, urlsplit

import pytest

from contactcenter_chat.attachments import links
from contactcenter_chat.conf import secret_keys


@pytest.fixture(autouse=True)
def conf(settings):
    settings.CONTACTCENTER_CHAT = {"PUBLIC_URL": "https://chat.example.org", "ATTACHMENT_LINK_SECONDS": 60}


def parts(link):
    return {name: value for name, (value,) in parse_qs(urlsplit(link).query).items()}


def test_a_link_is_absolute_and_good():
    link = links.link_to("abc")
    assert link.startswith("https://chat.example.org/attachments/abc/?expires=")
    assert links.is_good("abc", **parts(link))


def test_each_kind_of_file_has_its_own_links():
    link = links.link_to("abc", links.ARTICLE_FILE)
    assert link.startswith("https://chat.example.org/attachments/articles/abc/?expires=")
    assert links.is_good("abc", **parts(link), kind=links.ARTICLE_FILE)
    assert not links.is_good("abc", **parts(link))
    assert not links.is_good("abc", **parts(links.link_to("abc")), kind=links.ARTICLE_FILE)


@pytest.mark.parametrize(
    "change",
    [{"file_id": "abd"}, {"expires": "99999999999"}, {"signature": "x"}, {"signature": ""}, {"signature": "ñ"}],
)
def test_a_link_that_was_changed_is_not(change):
    given = {"file_id": "abc", **parts(links.link_to("abc"))}
    assert not links.is_good(**{**given, **change})


@pytest.mark.parametrize("expires", ["", "-1", "x", "1e9", "٣", "1" * 30])
def test_a_time_that_is_none_is_not_good_even_when_signed(expires):
    signature = links._signature(
        links.derived_keys(links.PURPOSES[links.ATTACHMENT], secret_keys())[0], "abc", expires
    )
    assert not links.is_good("abc", expires, signature)


def test_a_link_expires():
    given = parts(links.link_to("abc"))
    with mock.patch.object(links.time, "time", return_value=time.time() + 62):
        assert not links.is_good("abc", **given)


def test_links_survive_the_rotation_of_the_secret_key(settings):
    given = parts(links.link_to("abc"))
    settings.SECRET_KEY, settings.SECRET_KEY_FALLBACKS = "another" * 8, [settings.SECRET_KEY]
    assert links.is_good("abc", **given)
    settings.SECRET_KEY_FALLBACKS = []
    assert not links.is_good("abc", **given)
