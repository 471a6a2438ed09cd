import pytest

from contactcenter_chat.conf import RETRY_SCHEDULE
from contactcenter_chat.outbound.retry import RetryPolicy, Verdict, breaker_pause

POLICY = RetryPolicy(RETRY_SCHEDULE)
LAST = len(RETRY_SCHEDULE) + 1  # the attempt after which there is no further one
DELIVERED, DEAD, GONE = Verdict(delivered=True), Verdict(dead=True), Verdict(gone=True)


def again(wait, pause=0.0):
    return Verdict(wait=wait, pause=pause)


@pytest.mark.parametrize(
    ("status", "attempts", "retry_after", "verdict"),
    [
        (200, 1, None, DELIVERED),
        (202, 1, None, DELIVERED),
        (204, LAST, None, DELIVERED),
        (299, 1, 30.0, DELIVERED),
        # Redirects are not followed, and what is refused is refused again.
        (301, 1, None, DEAD),
        (302, 1, None, DEAD),
        (307, 1, None, DEAD),
        (400, 1, None, DEAD),
        (401, 1, None, DEAD),
        (403, 1, None, DEAD),
        (404, 1, None, DEAD),
        (405, 1, None, DEAD),
        (413, 1, None, DEAD),
        (422, 1, 5.0, DEAD),
        # What may change by itself.
        (408, 1, None, again(1)),
        (409, 1, None, again(1)),
        (425, 1, None, again(1)),
        (429, 1, None, again(1)),
        (500, 1, None, again(1)),
        (502, 2, None, again(2)),
        (503, 3, None, again(5)),
        (599, 4, None, again(10)),
        (None, 1, None, again(1)),
        (None, 14, None, again(86_400)),
        # The schedule ends.
        (500, LAST, None, DEAD),
        (None, LAST, None, DEAD),
        (429, LAST, 60.0, DEAD),
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
    ],
)
def test_what_follows_from_an_answer(status, attempts, retry_after, verdict):
    assert POLICY.judge(status, attempts, retry_after) == verdict


def test_the_default_schedule_takes_about_three_days():
    assert RETRY_SCHEDULE == (1, 2, 5, 10, 30, 120, 300, 1800, 7200, 18000, 36000, 50400, 72000, 86400)
    assert sum(RETRY_SCHEDULE) / 86_400 == pytest.approx(3.15, abs=0.01)


@pytest.mark.parametrize(("chance", "wait"), [(0.0, 8.0), (0.5, 10.0), (1.0, 12.0)])
def test_jitter_varies_a_wait_by_its_share(chance, wait):
    policy = RetryPolicy((10,), jitter=0.2)
    assert policy.judge(500, 1, chance=lambda: chance) == again(pytest.approx(wait))


@pytest.mark.parametrize(
    ("failures", "pause"), [(1, 0), (4, 0), (5, 1), (6, 2), (7, 5), (8, 10), (9, 30), (10, 60), (1000, 60)]
)
def test_pauses_of_an_open_circuit(failures, pause):
    assert breaker_pause(failures) == pause
