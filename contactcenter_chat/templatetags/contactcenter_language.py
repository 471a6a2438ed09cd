"""Which language are a page's words in? Not always the one that was asked for: there may be no catalogue of it."""

from django import template
from django.utils.html import format_html
from django.utils.safestring import mark_safe
from django.utils.translation import get_language_info, pgettext

register = template.Library()


@register.simple_tag
def html_language():
    """The attributes of ``<html>``: ``lang``, and ``dir`` for what is written from right to left."""
    code = pgettext("the code of the language of this catalogue", "en")
    direction = mark_safe(' dir="rtl"') if is_from_right_to_left(code) else ""
    return format_html('lang="{}"{}', code, direction)


def is_from_right_to_left(code):
    """Whether a language is written so; of languages that Django does not know nobody can tell."""
    try:
        return get_language_info(code)["bidi"]
    except KeyError:
        return False
