import pytest

from contactcenter_chat.templatetags.contactcenter_links import LINK, linked


def link(address):
    return LINK.format(address)


@pytest.mark.parametrize(
    ("text", "html"),
    [
        ("", ""),
        ("No address here.", "No address here."),
        ("https://example.org", link("https://example.org")),
        ("See http://example.org/a, please.", f"See {link('http://example.org/a')}, please."),
        ("(https://example.org/a)", f"({link('https://example.org/a')})"),
        ("https://example.org/?a=1&b=2", link("https://example.org/?a=1&amp;b=2")),
        ("https://a.example https://b.example", f"{link('https://a.example')} {link('https://b.example')}"),
        ("javascript:alert(1)", "javascript:alert(1)"),
        ("<b>https://example.org</b>", f"&lt;b&gt;{link('https://example.org')}&lt;/b&gt;"),
        ('https://example.org/"onclick="x', f"{link('https://example.org/')}&quot;onclick=&quot;x"),
        ("https://example.org/'x'y", link("https://example.org/&#x27;x&#x27;y")),
        ("ftp://example.org", "ftp://example.org"),
    ],
)
def test_addresses_become_links_and_all_else_is_escaped(text, html):
    assert linked(text) == html


def test_a_long_text_takes_no_long_time():
    text = "https://" * 2000 + ")" * 8000
    assert linked(text).count("<a ") == 1
