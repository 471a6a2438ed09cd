"""How is a sentence about a conversation shown on a page? With the names of others in elements of their own."""

from django import template

from ..isolates import as_html

register = template.Library()
register.filter("told", as_html)
