import pytest

from contactcenter_chat.conf import RETRY_SCHEDULE
from contactcenter_chat.outbound.requests import Response
from contactcenter_chat.outbound.retry import RetryPolicy, Verdict, breaker_pause

POLICY = RetryPolicy(RETRY_SCHEDULE)
LAST = len(RETRY_SCHEDULE) + 1  # the attempt after which there is no further one
DELIVERED, DEAD, GONE = Verdict(delivered=True), Verdict(dead=True), Verdict(gone=True)


def again(wait, pause=0.0):
    return Verdict(wait=wait, pause=pause)


def said(status, retry_after=None):
    return Response(duration_ms=1, status=status, retry_after=retry_after)


@pytest.mark.parametrize(
    ("status", "attempts", "retry_after", "verdict"),
    [
        (200, 1, None, DELIVERED),
        (202, 1, None, DELIVERED),
        (204, LAST, None, DELIVERED),
        (299, 1, 30.0, DELIVERED),
        # The receiver wants nothing more, whatever the schedule says.
        (410, 1, None, GONE),
        (410, LAST, None, GONE),
        # Retry-After is obeyed from those who are busy, within reason; else the schedule holds.
        (429, 1, 7.0, again(7.0, pause=7.0)),
        (503, 1, 7.0, again(7.0, pause=7.0)),
        (503, 5, 7.0, again(30, pause=7.0)),
        (503, 1, 0.0, again(1, pause=0.0)),
        (429, 1, 1e9, again(86_400.0, pause=86_400.0)),
        (500, 1, 7.0, again(1)),
        (408, 1, 7.0, again(1)),
        (404, 1, 7.0, again(1)),
        (429, LAST, 60.0, DEAD),
    ],
)
def test_what_follows_from_an_answer(status, attempts, retry_after, verdict):
    assert POLICY.judge(said(status, retry_after), attempts) == verdict


REFUSALS = [101, 300, 301, 302, 303, 307, 308, 400, 401, 402, 403, 404, 405, 406, 413, 415, 422, 451, 499]
FAILURES = [None, 408, 409, 425, 429, 500, 501, 502, 503, 504, 599]


def course(status, policy=POLICY):
    """The waits after one failure after the other, until the delivery is dead."""
    waits = []
    while not (verdict := policy.judge(said(status), len(waits) + 1)).dead:
        waits.append(verdict.wait)
    return waits


@pytest.mark.parametrize("status", REFUSALS)
def test_what_is_refused_is_tried_again_for_about_40_minutes(status):
    assert course(status) == [1, 2, 5, 10, 30, 120, 300, 1800]


@pytest.mark.parametrize("status", FAILURES)
def test_what_may_change_by_itself_is_tried_for_the_whole_schedule(status):
    assert course(status) == list(RETRY_SCHEDULE)


@pytest.mark.parametrize("status", [404, 500, None])
def test_a_schedule_that_is_shorter_holds_for_all(status):
    assert course(status, RetryPolicy((3, 4))) == [3, 4]


def test_the_default_schedule_takes_about_three_days():
    assert RETRY_SCHEDULE == (1, 2, 5, 10, 30, 120, 300, 1800, 7200, 18000, 36000, 50400, 72000, 86400)
    assert sum(RETRY_SCHEDULE) / 86_400 == pytest.approx(3.15, abs=0.01)


@pytest.mark.parametrize(("chance", "wait"), [(0.0, 8.0), (0.5, 10.0), (1.0, 12.0)])
def test_jitter_varies_a_wait_by_its_share(chance, wait):
    policy = RetryPolicy((10,), jitter=0.2)
    assert policy.judge(said(500), 1, chance=lambda: chance) == again(pytest.approx(wait))


@pytest.mark.parametrize(
    ("failures", "pause"), [(1, 0), (4, 0), (5, 1), (6, 2), (7, 5), (8, 10), (9, 30), (10, 60), (1000, 60)]
)
def test_pauses_of_an_open_circuit(failures, pause):
    assert breaker_pause(failures) == pause
