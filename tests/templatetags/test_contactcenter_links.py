import pytest
from django.utils.html import format_html
from django.utils.safestring import mark_safe

from contactcenter_chat.templatetags.contactcenter_links import LINK, MAIL, linked


def link(address):
    return LINK.format(address, address)


def bare(address):
    return LINK.format(f"https://{address}", address)


def mail(address):
    return MAIL.format(f"mailto:{address}", address)


BRACKETS = link("https://example.org/a_(b)")


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
        ("HTTPS://EXAMPLE.ORG", link("HTTPS://EXAMPLE.ORG")),
        ("See www.example.org/a.", f"See {LINK.format('https://www.example.org/a', 'www.example.org/a')}."),
        ("(WWW.example.org)", f"({LINK.format('https://WWW.example.org', 'WWW.example.org')})"),
        ("awww.example me@ @example x.www", "awww.example me@ @example x.www"),
        ("www. example", "www. example"),
        ("See example.com.", f"See {bare('example.com')}."),
        ("Example.ORG/a?b#c, a.b.net", f"{bare('Example.ORG/a?b#c')}, {bare('a.b.net')}"),
        ("example.de example.community .com com a..com", "example.de example.community .com com a..com"),
        ("http.com https.org", f"{bare('http.com')} {bare('https.org')}"),
        ("javascript:x.com ftp://a.com data:a.org", "javascript:x.com ftp://a.com data:a.org"),
        ("Write to me@example.de!", f"Write to {mail('me@example.de')}!"),
        ("(me@example.com)", f"({mail('me@example.com')})"),
        ("a+b&c@example.org", MAIL.format("mailto:a%2Bb%26c@example.org", "a+b&amp;c@example.org")),
        ("mailto:me@example.org me@a@example.org", "mailto:me@example.org me@a@example.org"),
        ("https://example.org/a_(b) (https://example.org/a_(b))", f"{BRACKETS} ({BRACKETS})"),
        ("https://me@example.org/", link("https://me@example.org/")),
        ("me@exa\u202emple.com", f"me@exa\u202e{bare('mple.com')}"),
        ("https:// https://) http://", "https:// https://) http://"),
        ("JavaScript://x.example/%0aalert(1)", "JavaScript://x.example/%0aalert(1)"),
        ("data:text/html,x vbscript:x //example.org", "data:text/html,x vbscript:x //example.org"),
        ("https://a.example/\u202egpj.exe", f"{link('https://a.example/')}\u202egpj.exe"),
        ("https://a.example\u2066", f"{link('https://a.example')}\u2066"),
    ],
)
def test_addresses_become_links_and_all_else_is_escaped(text, html):
    assert linked(text) == html


def test_an_address_reads_from_left_to_right_whatever_stands_before_it():
    assert linked("\u202ehttps://a.example") == (
        '\u202e<a href="https://a.example" target="_blank" rel="noopener noreferrer nofollow" dir="ltr">'
        "https://a.example</a>"
    )


def test_what_is_escaped_already_is_not_escaped_again():
    found = format_html("<mark>{}</mark> https://example.org", "a & b")
    assert linked(found) == found == "<mark>a &amp; b</mark> https://example.org"
    assert linked(linked("a & b https://a.example/?x&y")) == f"a &amp; b {link('https://a.example/?x&amp;y')}"
    assert linked(mark_safe("<br>")) == "<br>"


def many(word):
    """Two hundred such words, each another one."""
    return " ".join(f"{number}{word}" for number in range(200))


@pytest.mark.parametrize(
    ("text", "links"),
    [
        ("https://" * 20_000 + ")" * 80_000, 0),
        ("www." * 40_000 + "." * 80_000, 0),
        ("https://a.b " * 40_000, 40_000),
        ("https://" + ")" * 400_000, 0),
        ("https://)))))))) " * 20_000, 0),
        ("(" * 200_000 + "www." + "." * 200_000, 0),
        (many("a.com" + ")" * 2_000), 200),
        (many("a.com" + ")." * 1_000), 0),
        (many("a.com" + "&amp;" * 400), 0),
        ("a" * 2_000 + "@" + "b." * 200_000, 0),
        (many("a@" * 1_000), 0),
        (many("a." * 1_000), 0),
        (many("www.(&@" * 280), 0),
    ],
    ids=range(13),
)
def test_a_long_text_takes_no_long_time(text, links):
    """A step for each character, not for each pair of them: else this would not come to an end."""
    assert linked(text).count("<a ") == links
