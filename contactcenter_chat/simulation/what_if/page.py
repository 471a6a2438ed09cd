"""The report as a page that stands by itself: pictures with tables beside them, no script, nothing loaded."""

from django.template.loader import render_to_string

from . import charts
from .report import ALL, Report, table_of


def as_page(report: Report) -> str:
    """Return the page as HTML."""
    queues = [(name or ALL, table_of(report, name)) for name in report.queues]
    context = {
        "report": report,
        "letters": charts.letters(report),
        "service_levels": charts.service_levels(report),
        "waits": charts.waits(report),
        "waiting": charts.waiting(report),
        "queues": queues,
    }
    return render_to_string("contactcenter_chat/what_if/page.html", context)
