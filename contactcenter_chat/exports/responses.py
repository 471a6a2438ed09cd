"""How do prepared responses look as CSV? As an import reads them."""

from .cells import rows_as_csv

COLUMNS = ("queue", "language", "short_code", "category", "title", "text")


def as_csv(tenant):
    """Yield the prepared responses of a contact centre but for those that agents have for themselves."""
    return rows_as_csv(_rows(tenant))


def _rows(tenant):
    yield COLUMNS
    responses = tenant.prepared_responses.filter(owner=None).select_related("queue")
    for response in responses.order_by("queue__name", "category", "title", "language", "pk"):
        queue = response.queue.name if response.queue else ""
        yield (queue, *(getattr(response, name) for name in COLUMNS[1:]))
