"""A tenant whose files do not come, or come slowly, takes no thread that another one's need."""

import threading
from contextlib import ExitStack

import pytest

from contactcenter_chat import tasks
from contactcenter_chat.actions.remote import file_fetching
from contactcenter_chat.actions.remote.file_sharing import BeingFetched
from contactcenter_chat.models import Attachment
from contactcenter_chat.models.clock import NOW
from contactcenter_chat.outbound import requests
from contactcenter_chat.workers.threads import Threads
from tests import factories

pytestmark = pytest.mark.django_db


def files_of(label, count, **fields):
    """Files that this tenant waits for, at addresses of its own; their ids, the oldest first."""
    conversation = factories.start_conversation(factories.make_center(label).channel)
    found = [factories.make_attachment(conversation) for _ in range(count)]
    waits = {"state": "receiving", "fetch_at": NOW, "source": f"http://{label}.test/file", **fields}
    for each in found:
        Attachment.objects.filter(pk=each.pk).update(**waits)
    return [each.pk for each in found]


def begun(stack, shared, count):
    """The tenants of the files that are begun one after the other, up to so many, and go on."""
    claimed = [stack.enter_context(shared.one_of(file_fetching._due(), file_fetching._claim)) for _ in range(count)]
    return [each and each.tenant.label for each in claimed]


def test_one_tenant_has_half_of_the_threads():
    files_of("college", 5)
    with ExitStack() as stack:
        shared = BeingFetched(4)
        assert begun(stack, shared, 3) == ["college", "college", None]
        files_of("school", 1)
        assert begun(stack, shared, 1) == ["school"]
    with ExitStack() as stack:
        assert begun(stack, shared, 1) == ["college"]  # what they were at is over


def test_who_has_no_thread_comes_first():
    files_of("college", 2)
    files_of("school", 1)
    with ExitStack() as stack:
        assert begun(stack, BeingFetched(4), 3) == ["college", "school", "college"]


def test_what_did_not_come_before_has_a_share_of_its_own():
    for label in ("college", "school", "club"):
        files_of(label, 2, fetches=1)
    with ExitStack() as stack:
        shared = BeingFetched(4)
        first = begun(stack, shared, 3)
        assert (len(set(first[:2])), first[2]) == (2, None)  # one of each, two in all
        files_of("museum", 1)
        assert begun(stack, shared, 2) == ["museum", None]


@pytest.mark.postgresql
@pytest.mark.django_db(transaction=True)
def test_while_one_tenants_addresses_hang_anothers_file_comes(monkeypatch):
    monkeypatch.setattr("contactcenter_chat.workers.threads.SLOW_SECONDS", 0)
    monkeypatch.setattr(file_fetching, "_being_fetched", BeingFetched(file_fetching.FILES_AT_ONCE))
    monkeypatch.setattr(file_fetching, "_threads", Threads("fetching", lambda: file_fetching.FILES_AT_ONCE))
    go_on, came, hung = threading.Event(), threading.Event(), threading.Semaphore(0)

    def ask(file, received):
        if "college" in file.source:
            hung.release()
            go_on.wait(20)
        else:
            came.set()
        return requests.Response(1, 404)

    monkeypatch.setattr(file_fetching, "_ask", ask)
    files_of("college", file_fetching.FILES_AT_ONCE)
    try:
        for _ in range(file_fetching.FILES_AT_ONCE // 2):
            tasks.fetch()
            assert hung.acquire(timeout=20)
        for _ in range(file_fetching.FILES_AT_ONCE):
            tasks.fetch()
        files_of("school", 1)
        while not came.wait(0.05):
            tasks.fetch()
        assert not hung.acquire(blocking=False)
    finally:
        go_on.set()
        file_fetching._threads.finish()
