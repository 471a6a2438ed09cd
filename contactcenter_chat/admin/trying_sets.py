"""How does an administrator ask a bot a set of questions? Some of them at a time, so that no page is waited for long.

What was asked, what came and what is still to be asked goes with the page; a script asks on by itself.
"""

import json
import time
from dataclasses import asdict

from django import forms
from django.http import HttpResponse
from django.utils import timezone
from django.utils.dateparse import parse_datetime
from django.utils.http import content_disposition_header
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from ..attachments.streaming import download
from ..exceptions import ContactCenterError, Invalid
from ..exports.table_reading import Complaint
from ..simulation.trying import asking, comparing, report
from ..simulation.trying.running import Dialogues, run
from ..simulation.trying.runs import ARTICLE, CAME, FAILED, FILE_BYTES_MOST, OTHER, TOOL_KIND, Run, read_run, run_of
from ..simulation.trying.sets import HANDOVER, NONE, TOOL, Asked, SetRefused, read_set
from ..tools.registry import title_of
from . import trying_pages
from .names import said_by

KIND, DONE = "set", "run"
BYTES_MOST = 200_000  # of a set: the command takes more
ROWS_MOST = 300
STEP_SECONDS = 2.0
ERRORS_SHOWN = 100
EARLIER = "earlier"
KINDS = {
    ARTICLE: _("article"),
    OTHER: _("another article"),
    HANDOVER: _("handover"),
    TOOL_KIND: pgettext_lazy("of a bot", "tool"),
    NONE: _("none of these"),
    FAILED: pgettext_lazy("a bot", "failed"),
}
CHANGES = {
    comparing.WORSE: _("worse"),
    comparing.BETTER: _("better"),
    comparing.CHANGED: _("changed"),
    comparing.NEW: _("new"),
    comparing.GONE: _("gone"),
}


class SetForm(forms.Form):
    """What is asked of whom."""

    bot = trying_pages.BotField()
    file = forms.FileField(label=_("Questions (CSV)"), max_length=255, allow_empty_file=True)
    before = forms.FileField(label=_("An earlier run (JSON)"), max_length=255, allow_empty_file=True, required=False)

    def clean_before(self):
        given = self.cleaned_data["before"]
        try:
            return read_run(given.read(FILE_BYTES_MOST + 1)).as_json() if given else None
        except Invalid as refusal:
            raise forms.ValidationError(said_by(refusal)) from refusal


def set_view(model_admin, request):
    """Show the form, then ask a part of the questions at a time, then show what came."""
    tenant = trying_pages.center_or_404(request)
    if request.method != "POST":
        return _page(model_admin, request, tenant, form=_form(tenant))
    done = trying_pages.read(request, tenant, DONE)
    if done and request.POST.get("download"):
        return _file(request, tenant, run_of(done["run"]), request.POST["download"])
    if done and "again" in request.POST:
        held = _begun(done["run"]["bot"], [Asked(**row) for row in done["rows"]], done["run"])
        return _step(model_admin, request, tenant, held)
    if held := trying_pages.read(request, tenant, KIND):
        return _step(model_admin, request, tenant, held)
    if "begin" in request.POST:
        return _begin(model_admin, request, tenant)
    return _page(model_admin, request, tenant, form=_form(tenant), error=_("This page is too old: begin anew."))


def _begin(model_admin, request, tenant):
    form = SetForm(request.POST, request.FILES)
    if not form.is_valid():
        return _page(model_admin, request, tenant, form=form)
    given = form.cleaned_data
    try:
        rows = _rows(given["file"].read(BYTES_MOST + 1), tenant)
    except SetRefused as refusal:
        shown = {"errors": refusal.problems[:ERRORS_SHOWN], "more": max(len(refusal.problems) - ERRORS_SHOWN, 0)}
        return _page(model_admin, request, tenant, form=_form(tenant, given["bot"]), **shown)
    done = trying_pages.read(request, tenant, DONE, EARLIER)
    return _step(model_admin, request, tenant, _begun(given["bot"], rows, given["before"] or (done and done["run"])))


def _rows(content, tenant):
    """The rows of a set that a page may hold. Raises SetRefused."""
    if len(content) > BYTES_MOST:
        told = _("The file is larger than %(bytes)d bytes.") % {"bytes": BYTES_MOST}
        raise SetRefused([Complaint(1, "", told)])
    rows = read_set(content, tenant)
    if len(rows) > ROWS_MOST:
        told = _("There are more than %(count)d lines.") % {"count": ROWS_MOST}
        raise SetRefused([Complaint(rows[ROWS_MOST].line, "", told)])
    return rows


def _begun(bot, rows, earlier):
    """What a page holds before anything was asked."""
    kept = [{**asdict(row), "accepted": sorted(row.accepted)} for row in rows]
    return {"bot": bot, "rows": kept, "results": [], "dialogues": {}, "earlier": earlier}


def _step(model_admin, request, tenant, held):
    """Ask as many as go in a while, at least one; then show how far that has come, or all of it."""
    rows, until, error = held["rows"][len(held["results"]) :], time.monotonic() + STEP_SECONDS, ""
    dialogues = Dialogues(held["bot"])
    dialogues.take_up(held["dialogues"])
    place = asking.place_of(tenant, held["bot"], looks=False)
    try:
        for result in run(place, [_row(each) for each in rows], dialogues):
            held["results"].append(asdict(result))
            if time.monotonic() > until:
                break
    except ContactCenterError as refusal:
        error = said_by(refusal)
    held["dialogues"] = dialogues.as_json()
    if len(held["results"]) < len(held["rows"]):
        return _progress(model_admin, request, tenant, held, error)
    return _came(model_admin, request, tenant, held)


def _row(kept):
    return Asked(**{**kept, "expected": tuple(kept["expected"]), "accepted": frozenset(kept["accepted"])})


def _progress(model_admin, request, tenant, held, error):
    try:
        state = trying_pages.sealed(request, tenant, KIND, held)
    except trying_pages.TooLong:
        return _too_long(model_admin, request, tenant, held["bot"])
    asked, count = len(held["results"]), len(held["rows"])
    shown = {"asked": asked, "count": count, "bot": held["bot"], "error": error}
    return _page(model_admin, request, tenant, state=state, **shown)


def _came(model_admin, request, tenant, held):
    at = timezone.now().isoformat(timespec="seconds")
    came = run_of({"version": 1, "tenant": tenant.label, "bot": held["bot"], "at": at, "results": held["results"]})
    try:
        state = trying_pages.sealed(request, tenant, DONE, {"run": came.as_json(), "rows": held["rows"]})
    except trying_pages.TooLong:
        return _too_long(model_admin, request, tenant, held["bot"])
    rows = [(each, _in_words(each.expected), _in_words(each.came)) for each in came.results]
    shown = {"run": came, "rows": rows, "state": state, "hits": _hits(came), "confusion": _confusion(came)}
    shown |= {"p50": came.seconds(50), "p95": came.seconds(95)}
    shown["has_left_out"] = any(each.left_out for each in came.results)
    if held["earlier"]:
        shown |= {"difference": _difference(comparing.difference(run_of(held["earlier"]), came))}
    return _page(model_admin, request, tenant, form=_form(tenant, held["bot"]), **shown)


def _too_long(model_admin, request, tenant, bot):
    error = _("This has become too long for a page: use the command, or fewer questions.")
    return _page(model_admin, request, tenant, form=_form(tenant, bot), error=error)


def _page(model_admin, request, tenant, **shown):
    return trying_pages.answer(model_admin, request, "questions", tenant, title=_("Try a set of questions"), **shown)


def _form(tenant, bot=""):
    return SetForm(initial={"bot": bot or trying_pages.usual_bot(tenant)})


def _file(request, tenant, came, kind):
    """What came, as a table, or as a file that a later run is compared with."""
    name = f"{tenant.label}-{came.bot}"
    if kind == "csv":
        return download(request, report.as_csv(came), f"{name}-answers.csv", "text/csv; charset=utf-8")
    response = HttpResponse(json.dumps(came.as_json(), ensure_ascii=False, indent=1), content_type="application/json")
    response["Content-Disposition"] = content_disposition_header(True, f"{name}-run.json")
    response["Cache-Control"] = "no-store"
    return response


def _confusion(came):
    """The kinds that came, and of each kind that was expected how often which of these came."""
    columns = [at for at, _kind in enumerate(CAME) if any(row[at] for _wanted, row in came.confusion)]
    rows = [(KINDS[kind], [row[at] for at in columns]) for kind, row in came.confusion]
    return {"kinds": [KINDS[CAME[at]] for at in columns], "rows": rows}


def _difference(found):
    rows = [
        (CHANGES[each.kind], each, *(_in_words(result.came) if result else () for result in (each.before, each.now)))
        for kind in CHANGES
        for each in found.of(kind)
    ]
    return {"rows": rows, "points": f"{found.points:+g}", "at": parse_datetime(found.before.at)}


def _in_words(came):
    """What came, or was expected, in people's words; titles of articles stay."""
    return [_told(each) for each in came]


def _told(came):
    if came.startswith(TOOL):
        return f"{KINDS[TOOL_KIND]}: {title_of(came.removeprefix(TOOL))}"
    return str(KINDS[came]) if came in (HANDOVER, NONE, FAILED) else came


def _hits(came: Run):
    """How many of all came as expected, then of each kind that was expected."""
    groups = [(_("all"), came.results)]
    groups += [(KINDS[kind], [each for each in came.results if each.wanted == kind]) for kind, _row in came.confusion]
    counts = [(label, sum(each.hit for each in results), len(results)) for label, results in groups]
    return [
        {"label": label, "hits": hits, "count": count, "percent": round(100 * hits / max(count, 1), 1)}
        for label, hits, count in counts
    ]
