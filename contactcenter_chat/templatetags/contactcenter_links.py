"""How do the addresses in what somebody wrote become links?

What is an address is what Django's ``urlize`` takes for one, by the same class: with a scheme, with ``www.``, a bare
domain with one of the oldest endings, or an e-mail address; brackets and marks around it are no part of it. The links
are written here, since ``urlize`` knows neither ``target`` nor ``dir``, and opens what names no scheme by plain HTTP.
"""

import re
from urllib.parse import quote

from django import template
from django.utils.html import Urlizer, escape, format_html
from django.utils.safestring import mark_safe

from ..isolates import TURNING

register = template.Library()

LONGEST = 2_048  # characters of an address, as for Django; a longer word is not looked through
# Its own direction keeps an address readable within words that turn theirs.
LINK = '<a href="{}" target="_blank" rel="noopener noreferrer nofollow" dir="ltr">{}</a>'
MAIL = '<a href="{}" dir="ltr">{}</a>'


class Linking(Urlizer):
    """Makes links of the addresses in a text that is not HTML, and escapes all the rest."""

    # An address ends before what would let it look like another one, and before the marks that end a sentence.
    word_split_re = re.compile(rf'([\s<>"{TURNING}]+)')
    trailing_punctuation_chars = ".,:;!?}'’”"
    bare_re = re.compile(r"(?:www\.|[\w-]+(?:\.[\w-]+)*\.(?:com|edu|gov|int|mil|net|org)(?:/|$))", re.IGNORECASE)

    def handle_word(self, word, **_options):
        """Return a word of the text as HTML."""
        if len(word) > LONGEST or not ("." in word or "@" in word or ":" in word):
            return escape(word)
        before, address, after = self.trim_punctuation(word)
        return format_html("{}{}{}", before, self._linked(address), after)

    def _linked(self, address):
        if self.simple_url_re.match(address):
            return format_html(LINK, address, address)
        if self.bare_re.match(address):
            return format_html(LINK, f"https://{address}", address)
        if ":" not in address and self.is_email_simple(address):
            local, _at, domain = address.rpartition("@")
            return format_html(MAIL, f"mailto:{quote(local, safe='')}@{quote(domain, safe='')}", address)
        return address


linking = Linking()


@register.filter
def linked(text):
    """Return the text with each web or e-mail address as a link; all the rest is escaped.

    What is HTML already, such as words with what was looked for in them, stays as it is.
    """
    if hasattr(text, "__html__"):
        return text
    return mark_safe(linking(text))  # noqa: S308  (each word was escaped)
