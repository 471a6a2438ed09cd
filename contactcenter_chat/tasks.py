"""What is done by Celery workers: each task calls one verb and holds no logic.

Tasks are wake-ups, not messages: they name at most a queue, may be lost, repeated or late, and find in the database
what is to be done. A worker that dies gives its task back (``acks_late``). No task waits in the broker for its time.
"""

from celery import shared_task

from . import delivery, wakeup
from .actions import offers, retention, sweeping
from .actions import timers as due_timers

OPTIONS = {"acks_late": True, "reject_on_worker_lost": True, "ignore_result": True}


@shared_task(name=wakeup.DELIVER, **OPTIONS)
def deliver():
    """Deliver what is due."""
    delivery.drain()


@shared_task(name=wakeup.ROUTE, **OPTIONS)
def route(queue_id):
    """Make the offers that can be made in a queue."""
    offers.route_queue(queue_id)


@shared_task(name="contactcenter_chat.tasks.timers", **OPTIONS)
def timers():
    """Do what the clock demands: timers of interactions and agents, and deliveries to be tried again."""
    due_timers.run_timers()
    delivery.wake_if_due()


@shared_task(name="contactcenter_chat.tasks.sweep", **OPTIONS)
def sweep():
    """Find what the wake-ups missed."""
    sweeping.sweep()


@shared_task(name="contactcenter_chat.tasks.purge", **OPTIONS)
def purge():
    """Delete what is older than the settings keep it."""
    retention.purge()
