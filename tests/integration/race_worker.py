"""One process of the routing race: threads that route, accept and end until all is finished, and one for the clock."""

import os
import random
import sys
import threading
import time
from datetime import timedelta

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "tests.integration.race_settings")
django.setup()

from django.db import connection  # noqa: E402
from django.utils import timezone  # noqa: E402

from contactcenter_chat.actions.center import interactions, offers, routing, timers  # noqa: E402
from contactcenter_chat.actions.upkeep import duties  # noqa: E402
from contactcenter_chat.exceptions import ContactCenterError  # noqa: E402
from contactcenter_chat.models import Interaction, Offer, Queue  # noqa: E402
from contactcenter_chat.models.conversations import OPEN_STATES  # noqa: E402
from contactcenter_chat.schedule import REGULARLY  # noqa: E402

AGENT = ("agent__user",)


def dispatch(queue_ids):
    """Route one queue after another; whoever is offered something takes it and ends it."""
    is_open = True
    while is_open:
        try:
            queue_id = random.choice(queue_ids)
            made = routing.route_queue(queue_id)
            pending = list(Offer.objects.filter(interaction__queue=queue_id, state="pending").select_related(*AGENT))
            for offer in random.sample(pending, min(3, len(pending))):
                take(offer)
            # What a killed dispatcher had accepted and not ended.
            a_while_ago = timezone.now() - timedelta(seconds=2)
            left = Interaction.objects.filter(queue=queue_id, state="handling", accepted_at__lt=a_while_ago)
            for interaction in left.select_related(*AGENT)[:3]:
                end(interaction)
            is_open = bool(made or pending) or Interaction.objects.filter(state__in=OPEN_STATES).exists()
        finally:
            connection.close()  # back to the process's pool: there are more dispatchers than connections


def keep_time():
    """Do what time demands, one process at a time, as workers do."""
    regular = REGULARLY["timers"]
    while Interaction.objects.filter(state__in=OPEN_STATES).exists():
        for name in duties.due_duties({"timers": regular}):
            if token := duties.take_duty(name, regular.lease):
                timers.run_timers()
                duties.end_duty(name, token, regular.every)
        connection.close()
        time.sleep(1)


def take(offer):
    try:
        interaction = offers.accept_offer(offer_id=offer.pk, agent=offer.agent)
    except ContactCenterError:
        return  # another dispatcher was first
    end(interaction)


def end(interaction):
    try:
        interactions.end_interaction(interaction_id=interaction.pk, agent=interaction.agent)
    except ContactCenterError:
        return


if __name__ == "__main__":
    ids = list(Queue.objects.values_list("pk", flat=True))
    threads = [threading.Thread(target=dispatch, args=(ids,)) for _ in range(int(sys.argv[1]))]
    threads.append(threading.Thread(target=keep_time))
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
