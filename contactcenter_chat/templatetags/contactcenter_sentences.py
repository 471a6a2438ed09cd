"""How is a sentence about a conversation shown on a page? With the names of others in elements of their own.

And what are bots and tools called there, whose names are for programs?
"""

from django import template

from ..bots import base as bots
from ..isolates import as_html
from ..tools import registry

register = template.Library()
register.filter("told", as_html)
register.filter("bot_title", bots.title_of)
register.filter("tool_title", registry.title_of)
