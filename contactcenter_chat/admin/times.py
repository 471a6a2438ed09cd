"""How is a length of time shown?"""

from datetime import timedelta


def clock(delta):
    """Return a timedelta as hours, minutes and seconds, "1:02:03" or "0:07"; a dash for None."""
    if delta is None:
        return "–"
    minutes, seconds = divmod(max(delta, timedelta()) // timedelta(seconds=1), 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours}:{minutes:02}:{seconds:02}" if hours else f"{minutes}:{seconds:02}"
