"""How do the queues stand, and when is it open? What clients of v1 ask elsewhere, with the same key."""

from ....http.bodies import JSON
from ....models.clock import database_now
from ....queries import api as queries
from ....queries.queue_figures import queues_of, standing_of
from ....wire.chat_gateway_v1 import figures as wire
from ...description import ALWAYS
from ...operations.conversations import READ
from ..base import GatewayView
from ..description import describe

TAG = "Queues and schedules"


class FiguresView(GatewayView):
    """A path below ``/cc/v1``."""

    scopes = {"GET": READ}
    media_type = JSON


class QueuesView(FiguresView):
    """``/cc/v1/stats/rt/queues``"""

    @describe(
        "listQueues",
        "All queues of the contact centre, by their names.",
        tag=TAG,
        answers={(200, JSON): ("The queues.", "QueueList")},
        refusals=ALWAYS,
    )
    def get(self, request):
        return self.answer(200, wire.queues(queues_of(self.tenant)))


class QueueView(FiguresView):
    """``/cc/v1/stats/rt/queue/{queueId}``"""

    @describe(
        "getQueue",
        "How many wait in a queue, the first of them for how many seconds, and how many agents could take one more.",
        tag=TAG,
        answers={(200, JSON): ("The queue.", "QueueStanding")},
        refusals=(404, *ALWAYS),
    )
    def get(self, request, queue_id):
        return self.answer(200, wire.standing(standing_of(queries.queue(self.tenant, queue_id))))


class SchedulesView(FiguresView):
    """``/cc/v1/schedules``"""

    @describe(
        "listSchedules",
        "The schedules of the contact centre: its opening hours, by their names.",
        tag=TAG,
        answers={(200, JSON): ("The schedules.", "ScheduleList")},
        refusals=ALWAYS,
    )
    def get(self, request):
        return self.answer(200, wire.schedules(queries.schedules(self.tenant)))


class ScheduleStatusView(FiguresView):
    """``/cc/v1/schedules/{scheduleId}/status``"""

    @describe(
        "getScheduleStatus",
        "Whether a schedule is open now.",
        tag=TAG,
        answers={(200, JSON): ("Open or closed.", "ScheduleStatus")},
        refusals=(404, *ALWAYS),
    )
    def get(self, request, schedule_id):
        hours = queries.schedule(self.tenant, schedule_id).hours()
        return self.answer(200, wire.schedule_status(hours.is_open(database_now())))
