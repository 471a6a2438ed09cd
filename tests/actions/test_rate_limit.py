"""How often a key may call."""

import threading
import time
from datetime import UTC, datetime

import pytest
from django.db import connection
from django.utils import timezone

from contactcenter_chat.actions import rate_limit
from contactcenter_chat.actions.setup.tenants import create_api_key
from contactcenter_chat.exceptions import RateLimited
from contactcenter_chat.models import ApiKey
from contactcenter_chat.workers import process
from tests.api.caller import Caller, plain, problem


@pytest.fixture
def clock(monkeypatch):
    """A clock that stands until it is moved."""

    class Clock:
        now = 1_800_000_000.0

        def monotonic(self):
            return self.now

    clock = Clock()
    monkeypatch.setattr(rate_limit, "time", clock)
    monkeypatch.setattr(rate_limit, "_now", lambda: rate_limit._float(clock.now))  # the database's
    return clock


@pytest.fixture
def api(center):
    return Caller(center)


@pytest.fixture
def limit(settings):
    def set_limit(requests):
        settings.CONTACTCENTER_CHAT = {"API_RATE_LIMIT": requests}

    return set_limit


def spend_all(key):
    """How many requests get through, and after how many seconds the next one would."""
    for count in range(10_000):
        try:
            rate_limit.spend(key.pk)
        except RateLimited as error:
            return count, error.retry_after
    raise AssertionError("There is no end.")


def test_over_the_limit_is_refused_with_the_time_to_wait(api, clock, limit):
    limit(3)
    assert [api.get("channels").status_code for _ in range(3)] == [200] * 3
    response = api.get("channels")
    assert problem(response) == (429, plain("Too many requests."))
    assert response["Retry-After"] == "20"
    clock.now += 19
    assert api.get("channels")["Retry-After"] == "1"
    clock.now += 1
    assert api.get("channels").status_code == 200
    assert api.get("channels").status_code == 429


def test_a_refused_request_changes_nothing(api, center, clock, limit):
    limit(1)
    assert api.post("conversations", {"channelId": center.channel.pk}).status_code == 202
    assert api.post("conversations", {"channelId": center.channel.pk}).status_code == 429
    assert len(api.center.tenant.conversations.all()) == 1


@pytest.mark.parametrize("requests", [1, 2, 99, 100, 250, 3000])
def test_a_minute_holds_as_many_as_the_limit(center, clock, limit, requests):
    limit(requests)
    seconds = max(1, -(-60 // requests))
    assert spend_all(center.api_key) == (requests, seconds)
    clock.now += 30
    assert spend_all(center.api_key)[0] == requests // 2
    clock.now += 3600
    assert spend_all(center.api_key)[0] == requests


def test_only_one_request_in_a_hundredth_of_the_limit_writes(center, clock, limit, django_assert_num_queries):
    limit(1000)
    with django_assert_num_queries(10):
        for _ in range(100):
            rate_limit.spend(center.api_key.pk)


def test_what_one_process_drew_the_others_do_not_have(center, clock, limit):
    limit(200)
    rate_limit.spend(center.api_key.pk)
    process.forget_all()  # as another process
    assert spend_all(center.api_key)[0] == 198


def test_what_is_left_of_a_draw_is_thrown_away_after_a_minute(center, clock, limit, django_assert_num_queries):
    limit(1000)
    rate_limit.spend(center.api_key.pk)
    clock.now += 60
    with django_assert_num_queries(0):
        rate_limit.spend(center.api_key.pk)
    clock.now += 1
    with django_assert_num_queries(1):
        rate_limit.spend(center.api_key.pk)


def test_the_limit_can_be_changed_at_any_time(center, clock, limit):
    limit(2)
    assert spend_all(center.api_key)[0] == 2
    limit(600)
    clock.now += 1
    assert spend_all(center.api_key)[0] == 10
    limit(1)
    assert spend_all(center.api_key) == (0, 60)


def test_zero_is_no_limit_but_the_last_use_is_noted(center, clock, limit, django_assert_num_queries):
    limit(0)
    with django_assert_num_queries(1):
        for _ in range(5000):
            rate_limit.spend(center.api_key.pk)
    assert ApiKey.objects.get(pk=center.api_key.pk).last_used_at


def test_a_clock_that_goes_back_fills_nothing(center, clock, limit):
    limit(10)
    spend_all(center.api_key)
    clock.now -= 30
    assert spend_all(center.api_key)[0] == 0
    clock.now += 30
    assert spend_all(center.api_key)[0] == 0


def test_a_bucket_that_was_filled_in_an_impossible_future_is_full(center, clock, limit):
    limit(10)
    clock.now += 3600
    spend_all(center.api_key)
    clock.now -= 3600
    assert spend_all(center.api_key)[0] == 10
    assert spend_all(center.api_key) == (0, 6)
    clock.now += 6
    assert spend_all(center.api_key)[0] == 1


def test_a_process_whose_clock_is_wrong_changes_nothing(center, limit, monkeypatch):
    limit(10)
    now = time.time()
    with monkeypatch.context() as patched:
        patched.setattr(time, "time", lambda: now + 3600)
        patched.setattr(timezone, "now", lambda: datetime.fromtimestamp(now + 3600, UTC))
        rate_limit.spend(center.api_key.pk)
    key = ApiKey.objects.get(pk=center.api_key.pk)
    assert abs(key.refilled_at - now) < 60
    assert abs(key.last_used_at.timestamp() - now) < 60
    assert spend_all(center.api_key)[0] == 9


def test_keys_have_limits_of_their_own(api, center, clock, limit):
    limit(1)
    spend_all(center.api_key)
    center.api_key = create_api_key(tenant=center.tenant, name="Second").api_key
    assert Caller(center).get("channels").status_code == 200


def test_the_last_use_is_noted(api, center):
    assert ApiKey.objects.get(pk=center.api_key.pk).last_used_at is None
    api.get("channels")
    used_at = ApiKey.objects.get(pk=center.api_key.pk).last_used_at
    assert abs(used_at.timestamp() - time.time()) < 60


@pytest.mark.postgresql
@pytest.mark.django_db(transaction=True)
def test_threads_together_get_no_more_than_the_limit(center, clock, limit):
    limit(50)
    through, refused = [], []
    together = threading.Barrier(8)

    def call():
        together.wait()
        try:
            for _ in range(20):
                rate_limit._purses.__init__()  # as if each were a process of its own
                try:
                    rate_limit.spend(center.api_key.pk)
                    through.append(1)
                except RateLimited:
                    refused.append(1)
        finally:
            connection.close()

    threads = [threading.Thread(target=call) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert (len(through), len(refused)) == (50, 110)
