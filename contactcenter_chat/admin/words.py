"""What do codes that the system writes down mean in people's words? One that is not known here is shown as it is."""

from django.contrib import admin
from django.utils.translation import gettext_lazy as _

from ..actions.center import agents, presence, skills
from ..actions.receivers import FAILING, GONE
from ..actions.remote.inbox import AnotherBody
from ..actions.setup.centre_file.applying import REASON
from ..bots import base as bots
from ..exceptions import BadSignature, ContactCenterError, Invalid, TooLarge
from ..http.problems import MethodNotAllowed, UnsupportedMediaType
from ..inbound import callbacks
from ..queries.sentences import reason_told
from ..simulation.trying import calling

PRESENCE = {agents.MISSED: _("two chats were missed"), presence.LOST: _("the desk could not be reached")}
SWITCHED_OFF = {GONE: _("it answered that it is gone"), FAILING: _("it has failed for days")}
REFUSED = {
    BadSignature.code: _("the signature is not valid"),
    callbacks.BadStandardSignature.code: _("the Standard Webhooks signature is missing or not valid"),
    callbacks.WrongTenant.code: _("it is of another tenant"),
    callbacks.OutsideWindow.code: _("it was sent too long ago, or is not sent yet"),
    AnotherBody.code: _("the same event came again with another body"),
    TooLarge.code: _("it is too large"),
    MethodNotAllowed.code: _("it was not a POST"),
    UnsupportedMediaType.code: _("it is not JSON"),
    Invalid.code: _("something in it is not as it should be"),
    ContactCenterError.code: _("it could not be read"),
    callbacks.UNREADABLE: _("it could not be read"),
}
# By the names of ``one_by_one.STEPS``.
STEPS = {
    "acts_owed": _("do what prepared responses say when they were sent"),
    "agents_inactive": _("log agents off whose users are inactive"),
    "agents_lost": _("note that a desk cannot be reached"),
    "agents_paused": _("end the pause after a missed chat"),
    "agents_rested": _("end the gap after an offer"),
    "agents_released": _("take the chats of released agents back"),
    "article_files_deleted": _("delete files of articles"),
    "asked_again": _("look for an agent once more"),
    "assistant_requests_deleted": _("delete old drafts and summaries"),
    "attachments_deleted": _("delete old files"),
    "bot_turns": _("have bots answer"),
    "bots_over": _("end what a bot has had for too long"),
    "bots_overdue": _("have agents go on where a bot takes too long"),
    "bots_quiet": _("have agents go on where a bot elsewhere gives no sign"),
    "bots_silent": _("ask silent customers of bots, and end their chats"),
    "callbacks_deleted": _("delete old callbacks"),
    "callbacks_processed": _("process callbacks"),
    "chats_given_back": _("give an agent's chats back to their queues"),
    "chats_of_lost_agents": _("give the chats of lost desks back to their queues"),
    "conversations_deleted": _("delete old conversations"),
    "conversations_erased": _("erase conversations"),
    "customers_deleted": _("delete customers without conversations"),
    "customers_erased": _("erase customers"),
    "customers_idle": _("end chats of silent customers"),
    "customers_warned": _("warn silent customers"),
    "deliveries_deleted": _("delete old deliveries"),
    "documents_taken": _("take documents of sources over"),
    "empty_queues_left": _("pass on or keep for later what waits where nobody is"),
    "failures_deleted": _("delete old failures"),
    "files_deleted": _("delete files"),
    "files_fetched": _("fetch files"),
    "files_scanned": _("scan files"),
    "first_replies_missing": _("take chats back that nobody replied to"),
    "idempotency_records_deleted": _("delete old idempotency keys"),
    "interactions_offered": _("offer chats to agents"),
    "left_waiting": _("keep for the opening what waits in a closed queue"),
    "offers_taken_back": _("take offers back"),
    "offers_timed_out": _("end offers that nobody accepted"),
    "overflows_due": _("pass on what has waited for too long"),
    "customers_away": _("skip whose customer is gone"),
    "customers_given_up": _("keep for later whose customer stays away"),
    "still_waiting_told": _("tell who waits long that somebody will come"),
    "drafts_made": _("make drafts of what agents answered"),
    "questions_answered": _("find articles for what customers ask"),
    "questions_deleted": _("delete what was asked outside of chats"),
    "vectors_made": _("make vectors of articles"),
    "queues_empty": _("look whether anybody is there for a queue"),
    "queues_opened": _("offer what was kept for the opening"),
    "queues_replanned": _("bring what waits to what its queue says now"),
    "queues_routed": _("find agents for who waits in a queue"),
    "queues_turned": _("open and close queues"),
    "rejections_deleted": _("delete old counts of refused callbacks"),
    "retention": _("delete what is old"),
    "routing_looks_deleted": _("delete what was kept of old routing decisions"),
    "slots_freed": _("free the slots of silent customers’ chats"),
    "sources_read": _("read sources of articles"),
    "steps_due": _("take the next step of a queue's plan"),
    "sweep": _("look after what was forgotten"),
    "sweep_runs_deleted": _("delete old notes about the sweep"),
    "targets_over": _("offer chats to others than the agent they were kept for"),
    "timers": _("do what is due by the clock"),
    "wrap_ups_given_up": _("end the wrap-ups of released agents"),
    "verifications_deleted": _("delete old one-time codes"),
    "wrap_ups_over": _("end wrap-ups of which the time is over"),
}
# What would become of a call of a function, where a bot is only tried.
CALLS = {
    calling.WOULD: _("It would be called now. Here nothing is called, as it might write something."),
    calling.CONFIRM: _("The customer would be asked first whether that is wanted."),
    calling.CODE: _("The customer would be asked for a code first."),
    calling.UNSURE: _("It would not be called: it is not sure enough who the customer is, and no code makes it so."),
    calling.REFUSED: _("It would not be called: what it was given is not right."),
    calling.UNKNOWN: _("It would not be called: this bot has no such tool."),
}
LEVELS = {skills.DELETED: _("the skill was deleted"), REASON: _("by the centre's file")}


def presence_reason(code):
    """Why an agent's presence is what it is; what agents wrote themselves stays."""
    return PRESENCE.get(code, code)


def switched_off(code):
    """Why a receiver is posted to no more."""
    return SWITCHED_OFF.get(code, code)


def offer_reason(code):
    """Why an offer ended."""
    return reason_told(code)


def refused(code):
    """Why a callback was refused."""
    return REFUSED.get(code, code)


def call_came(code):
    """What would become of a call of a function."""
    return CALLS.get(code, code)


def step(name):
    """What was being done when something failed."""
    return STEPS.get(name, name)


@admin.display(description=_("bot"))
def bot_shown(_pages, row):
    """A field of pages: what people call the bot of a row."""
    return bots.title_of(row.bot) or "–"


def level_reason(code):
    """Why a level was changed; what people and programs gave as their reason stays."""
    return LEVELS.get(code, code)
