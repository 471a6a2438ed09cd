"""Which of two is it, where a clock shows the same time twice?"""

from datetime import datetime

from django import template

register = template.Library()


@register.filter(expects_localtime=True)
def offset_where_ambiguous(at: datetime) -> str:
    """Return " UTC+0200" for a time of the hour that comes twice when clocks are put back; nothing for all others."""
    is_ambiguous = at.replace(fold=0).utcoffset() != at.replace(fold=1).utcoffset()
    # Not by Django's own format, which says no offset of just these times.
    return f" UTC{at:%z}" if is_ambiguous else ""
