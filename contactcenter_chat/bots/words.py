"""What does the app itself say where a bot has a conversation? In the customer's language, if it is translated."""

from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Any, TypeVar

from django.conf import settings as django_settings
from django.utils import formats, timezone, translation
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from ..conf import settings

LEAVE, GO_ON, STOP = CHOICES = ("leave", "go_on", "stop")
SETTLED = "settled"
YES, NO = CONFIRMING = "yes", "no"
HUMAN = "human"
AGAIN = "again"
BACK, DONE = WHILE_WAITING = "back", "done"
LASTING = (HUMAN, LEAVE, *WHILE_WAITING)  # these mean the same however late they are pressed
OWN = "contactcenter"  # the member of a quick reply's data by which the app knows its own

Told = TypeVar("Told")


def in_language(language: str, tell: Callable[[], Told]) -> Told:
    """Return what ``tell()`` says in this language; in the project's where that is empty or none."""
    known = language and translation.check_for_language(language)
    with translation.override(language if known else django_settings.LANGUAGE_CODE):
        return tell()


def own_choice(data: Any) -> str:
    """Which of the app's own quick replies these data are of; empty for others."""
    name = data.get(OWN) if isinstance(data, dict) else None
    return name if isinstance(name, str) else ""


def disclosure(tenant: str) -> str:
    """That whoever speaks is no person: as the project says it in the current language, else as the app does."""
    own, language = settings.BOT_DISCLOSURES, translation.get_language() or ""
    told = own.get(language) or own.get(language.partition("-")[0])
    if told:
        return told.replace("%(tenant)s", tenant)
    return _("You are chatting with the automated assistant of %(tenant)s.") % {"tenant": tenant}


def automated() -> str:
    """What a bot is called where a name must stand."""
    return _("Assistant (automated)")


def handing_over(minutes: tuple[int, int] | None) -> str:
    """That an agent goes on, in about so many minutes if that is known."""
    if minutes is None:
        return _("I am handing you over to a colleague, who sees what you have written here.")
    low, high = minutes
    if high <= 1:
        return _("I am handing you over to a colleague, who will be with you in about a minute.")
    told = ngettext("%(count)d minute", "%(count)d minutes", high) % {"count": high}
    span = told if low == high else f"{low}–{told}"
    return _("I am handing you over to a colleague, who will be with you in about %(span)s.") % {"span": span}


def closed(opens_at: datetime | None) -> str:
    """That no colleague is there, and when one will be."""
    if opens_at is None:
        return _("None of my colleagues is here at the moment. What shall I do?")
    return _with_time(_("My colleagues are there again on %(when)s. What shall I do?"), opens_at)


def choices() -> dict[str, str]:
    """The three ways to go on while nobody is there."""
    return {
        LEAVE: _("Leave it for a colleague"),
        GO_ON: _("Go on with the assistant"),
        STOP: _("Stop here"),
    }


def while_waiting() -> dict[str, str]:
    """What can be chosen while nobody is there yet: the bot goes on, or nobody is needed any more."""
    return {BACK: _("Go on with the assistant"), DONE: _("It is settled")}


def left() -> str:
    """That a colleague will see to it."""
    return _("I have left it for a colleague, who answers here.")


def handed_back() -> str:
    """That an agent has given the conversation back to the bot."""
    return _("My colleague has handed the chat back to me: what else can I do for you?")


def stays_in_line() -> str:
    """That a person answers, to who has wanted the assistant back again and again."""
    return _("You keep your place, and a person answers here next.")


def going_on() -> str:
    """That the bot goes on."""
    return _("All right. What would you like to know?")


def goodbye() -> str:
    """That it is over."""
    return _("All right. Write here whenever you need something.")


def waits_for_opening(opens_at: datetime | None) -> str:
    """When colleagues are there again, to who waits while none is."""
    if opens_at is None:
        return _("None of my colleagues is here at the moment. You keep your place, and a colleague answers here.")
    return _with_time(_("My colleagues are there again on %(when)s."), opens_at)


def still_waiting(minutes: tuple[int, int] | None) -> str:
    """How long it takes until a colleague is there, to who asks while waiting."""
    if minutes is None:
        return _("I cannot say how long it takes. You keep your place, and a colleague answers here.")
    low, high = minutes
    told = ngettext("%(count)d minute", "%(count)d minutes", high) % {"count": high}
    span = told if low == high else f"{low}–{told}"
    return _("It takes about %(span)s until a colleague is here. You keep your place.") % {"span": span}


def opted_out() -> str:
    """That the business begins no more conversations with the customer, and how that is taken back."""
    return _("We will not write to you first any more. If you want us to again, write START.")


def opted_in() -> str:
    """That it may do so again."""
    return _("We may write to you first again. If you do not want that any more, write STOP.")


def sorry() -> str:
    """That the bot could not answer."""
    return _("I am sorry, something went wrong on my side.")


def anything_else() -> str:
    """Whether there is more to do."""
    return _("Is there anything else I can help with?")


def nothing_more() -> str:
    """The quick reply that there is nothing."""
    return _("No, that was all")


def confirm(title: str, said: Sequence[tuple[str, str]]) -> str:
    """Whether this is wanted: what is done, and with what."""
    asked = _("Shall I do this? %(title)s") % {"title": title}
    return "\n".join([asked, *(f"– {name}: {value}" for name, value in said)])


def yes() -> str:
    """The quick reply that it is."""
    return _("Yes")


def no() -> str:
    """The quick reply that it is not."""
    return _("No")


def code_sent(address: str) -> str:
    """That it must be made sure who the customer is, and how."""
    told = _("For that I must be sure who you are. I have sent a code to %(address)s: please write it here.")
    return told % {"address": address}


def code_sent_for_agent(address: str) -> str:
    """That an agent has had a code sent, so as to know who the customer is."""
    told = _("We must be sure who you are. A code was sent to %(address)s: please write it here.")
    return told % {"address": address}


def send_again() -> str:
    """The quick reply by which another code is sent."""
    return _("Send again")


def no_code() -> str:
    """That no code is waited for, to who wants it sent again."""
    return _("No code is waited for any more. What would you like to know?")


def human() -> str:
    """The quick reply by which anybody gets a person."""
    return _("Talk to a person")


def say_it_otherwise() -> str:
    """That what was said was not understood."""
    return _("Then I have not understood you. Can you say it in other words?")


def _with_time(sentence: str, at: datetime) -> str:
    """The sentence with a day and a time, which may end with a full stop of its own: 6 a.m."""
    local = timezone.localtime(at)
    when = f"{formats.date_format(local, 'l')}, {formats.date_format(local, 'TIME_FORMAT')}"
    return (sentence % {"when": when}).replace("..", ".")
