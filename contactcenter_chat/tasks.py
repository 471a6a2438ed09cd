"""What is done by Celery workers: each task calls one verb and holds no logic.

Tasks are wake-ups, not messages: they name at most a queue, may be lost, repeated or late, and find in the database
what is to be done; but for who types, which is stored nowhere. A worker that dies gives its task back
(``acks_late``). No task waits in the broker for its time.
"""

from typing import Any

from celery import shared_task
from celery.signals import worker_process_shutdown

from .actions import attachments, typing
from .actions.center import routing
from .actions.center import timers as due_timers
from .actions.remote import file_fetching, inbox
from .actions.upkeep import retention
from .actions.upkeep import sweep as sweeping
from .deliveries import draining, forwarding
from .workers import wakeup

OPTIONS: dict[str, Any] = {"acks_late": True, "reject_on_worker_lost": True, "ignore_result": True}


@shared_task(name=wakeup.DELIVER, **OPTIONS)
def deliver():
    """Deliver what is due."""
    draining.drain()


@worker_process_shutdown.connect
def finish(**kwargs):
    """Let a worker that is asked to stop finish what it has begun to post."""
    draining.finish()


@shared_task(name=wakeup.FORWARD_TYPING, ignore_result=True, expires=10)
def forward_typing(conversation_id, author_type):
    """Tell a remote centre that the customer or the bot types: one attempt, and none when it is late."""
    forwarding.forward_typing(conversation_id, author_type)


@shared_task(name=wakeup.PROCESS, **OPTIONS)
def process_callbacks():
    """Process what remote centres told us."""
    inbox.process_due()


@shared_task(name=wakeup.ROUTE, **OPTIONS)
def route(queue_id):
    """Make the offers that can be made in a queue."""
    routing.route_queue(queue_id)


@shared_task(name=wakeup.TELL_TYPING, ignore_result=True, expires=10)
def tell_typing(conversation_id, agent_ids):
    """Tell which agents type, if any: one attempt, and none when it is late."""
    typing.tell_typing(conversation_id, agent_ids)


@shared_task(name=wakeup.SCAN, **OPTIONS)
def scan():
    """Scan the files that wait in quarantine."""
    attachments.scan_due()


@shared_task(name=wakeup.FETCH, **OPTIONS)
def fetch():
    """Fetch the files that remote centres named."""
    file_fetching.fetch_in_thread()


@shared_task(name="contactcenter_chat.tasks.timers", **OPTIONS)
def timers():
    """Do what the clock demands: timers of interactions and agents, what is to be tried again in and out."""
    due_timers.run_timers()
    draining.wake_if_due()
    inbox.wake_if_due()
    file_fetching.wake_if_due()


@shared_task(name="contactcenter_chat.tasks.sweep", **OPTIONS)
def sweep():
    """Find what the wake-ups missed."""
    sweeping.sweep()


@shared_task(name="contactcenter_chat.tasks.purge", **OPTIONS)
def purge():
    """Delete what is older than the settings keep it."""
    retention.purge()
