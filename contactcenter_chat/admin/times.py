"""How are lengths of time shown, and moments that are told apart by seconds?"""

from datetime import timedelta

from django.utils.formats import date_format
from django.utils.timezone import localtime


def clock(delta):
    """Return a timedelta as hours, minutes and seconds, "1:02:03" or "0:07"; a dash for None."""
    if delta is None:
        return "–"
    minutes, seconds = divmod(max(delta, timedelta()) // timedelta(seconds=1), 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours}:{minutes:02}:{seconds:02}" if hours else f"{minutes}:{seconds:02}"


def moment(at):
    """Return a time as day, hours, minutes and seconds; a dash for None."""
    if at is None:
        return "–"
    local = localtime(at)
    return f"{date_format(local, 'DATE_FORMAT')} {local:%H:%M:%S}"
