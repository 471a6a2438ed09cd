"""How do queues and schedules look below ``/cc/v1``? Their names have hyphens there."""

MEDIA_TYPE = "chat"
OPEN, CLOSED = "open", "closed"


def queues(rows):
    """The list of queues."""
    return {"queue": [_queue(row) for row in rows]}


def standing(found):
    """How one queue stands (a ``queries.queue_figures.Standing``): the list's object, and more."""
    return _queue(found.queue) | {
        "waiting-count": found.waiting,
        "longest-wait": found.longest_wait,
        "available-agents": found.available,
    }


def schedules(rows):
    """The list of schedules: opening hours."""
    return {"schedules": {"schedule": [{"id": row.pk, "name": row.name} for row in rows]}}


def schedule_status(is_open):
    """Whether a schedule is open."""
    return {"status": OPEN if is_open else CLOSED}


def _queue(row):
    return {"queue-id": row.pk, "queue-name": row.name, "media-type": MEDIA_TYPE}
