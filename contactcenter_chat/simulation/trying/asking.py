"""What does a bot answer somebody who is not there? By the rules of a real chat, and nothing is written."""

import copy
import time
from concurrent.futures import TimeoutError as TooLate

from django.utils.translation import gettext_noop as _

from ...actions.bots import hearing
from ...actions.messages import check_words
from ...bots.base import Said, seconds_of
from ...events import BOT, CUSTOMER
from ...exceptions import Conflict
from ...models import Channel, Queue, Tenant
from ...models.conversations import Reason
from ...workers.process import kept
from ...workers.threads import Threads
from . import taking
from .state import HANDED_OVER, Answer, Dialogue, Place

THREADS = 8
LINES_MOST = hearing.BEFORE_MOST

_threads = kept(Threads, "trying", lambda: THREADS)


def place_of(tenant: Tenant, bot: str, *, looks: bool) -> Place:
    """Return where a dialogue with a bot is: the first channel that begins with it, else the tenant's first.

    With ``looks`` it matters whether anybody is there when it hands over.
    """
    channels = Channel.objects.filter(tenant=tenant).select_related("queue__tenant", "queue__hours")
    in_order = channels.order_by("created_at", "pk")
    channel = in_order.filter(bot=bot).first() or in_order.first()
    queue: Queue | None = channel.queue if channel else None
    return Place(tenant, queue, looks)


def ask(place: Place, dialogue: Dialogue, text: str, option: int | None = None) -> Answer:
    """Have the bot answer this, and note in the dialogue what was said; return the answer.

    ``option`` is the place of the quick reply that was pressed. Outside of a transaction: a bot may take long.
    Raises Invalid for what nobody can say, Conflict while an agent has it, or too many bots are at work.
    """
    if dialogue.over == HANDED_OVER:
        raise Conflict(_("An agent has the conversation."))
    if _threads.free() <= 0:
        raise Conflict(_("Too many bots are still at work: try again in a minute."))
    said = _said(dialogue, text, option)
    if dialogue.over:
        dialogue.begin_anew()
    begun = time.monotonic()
    answer = _answered(place, dialogue, said)
    answer.seconds = round(time.monotonic() - begun, 3)
    _note(dialogue, said, answer)
    return answer


def _said(dialogue: Dialogue, text: str, option: int | None) -> Said:
    number = dialogue.number + 1
    if option is not None and 0 <= option < len(dialogue.options):
        chosen = dialogue.options[option]
        return Said(number, chosen["title"], chosen.get("data"))
    check_words(text)
    return Said(number, text, hearing.data_of(dialogue.options, text))


def _answered(place: Place, dialogue: Dialogue, said: Said) -> Answer:
    """Ask in a thread, so that nobody waits longer than a customer would; what fails is what a customer would see."""
    answer, tried = Answer(), copy.deepcopy(dialogue)
    future = _threads.submit(taking.take, place, tried, said, answer)
    try:
        future.result(seconds_of(dialogue.bot))
    except TooLate:
        _threads.leave([future])
        answer, tried = copy.deepcopy(answer), copy.deepcopy(dialogue)  # whoever is at it still is not heard
        tried.disclosed = tried.disclosed or bool(answer.lines)
        taking.give_up(place, tried, answer, Reason.TIMEOUT, "")
    except Exception as error:  # whatever a bot of the project brings about
        tried.memory = dialogue.memory  # what it left there may be no JSON
        taking.give_up(place, tried, answer, Reason.ERROR, f"{type(error).__name__}: {error}")
    vars(dialogue).update(vars(tried))
    return answer


def _note(dialogue: Dialogue, said: Said, answer: Answer) -> None:
    new = [[CUSTOMER, said.text], *([BOT, each["text"]] for each in answer.lines)]
    dialogue.lines = [*dialogue.lines, *new][-LINES_MOST:]
    dialogue.number += len(new)
    if answer.lines:
        dialogue.options = answer.lines[-1]["options"]
