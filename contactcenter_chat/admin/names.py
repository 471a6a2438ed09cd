"""How do names that others gave stand among other words? Isolated: none turns the direction of what is beside it.

What stands alone in a cell, a field or a heading is isolated by that.
"""

from django.utils.html import format_html, format_html_join

from ..isolates import as_html, filled


def isolated(name):
    """Return a name, or a row by its name, as HTML."""
    return format_html("<bdi>{}</bdi>", name)


def all_isolated(names, between=", "):
    """Return names one after the other as HTML; empty for none."""
    return format_html_join(between, "<bdi>{}</bdi>", ((name,) for name in names))


def said_of(row, words):
    """Return what is said of a row as HTML: its name, a colon, the words."""
    return format_html("<bdi>{}</bdi>: {}", row, words)


def said_by(refusal):
    """Return what a refusal says, in the language that is active, as HTML."""
    return as_html(refusal.translated)


def told(sentence, **places):
    """Return a sentence as HTML, with what stands in its places; what is no number is isolated."""
    return as_html(filled(sentence, **places))
