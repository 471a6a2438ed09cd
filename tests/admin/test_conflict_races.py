"""Two who save at once: is the second told what the first has changed, and never saved over it?"""

from concurrent.futures import ThreadPoolExecutor

import pytest
from django.db import connection, transaction

from contactcenter_chat.models import (
    Agent,
    Article,
    Channel,
    Department,
    OpeningHours,
    PreparedResponse,
    Queue,
    Receiver,
    Skill,
    Tenant,
    TransactionCode,
    TransactionCodeList,
    Webhook,
)
from tests.factories import make_user
from tests.receiver import Receiver as Server
from tests.receiver import Say

from .conftest import address, logged_in, one_of_each
from .test_conflicts import CARRYING, SAVED, opened, said

pytestmark = [pytest.mark.postgresql, pytest.mark.django_db(transaction=True)]

# A field of each form that keeps others' changes, and two values for it. The webhook's has a test of its own.
FIELDS = {
    Agent: ("capacity", "5", "6"),
    Article: ("category", "Mine", "Theirs"),
    Channel: ("name", "Mine", "Theirs"),
    Department: ("name", "Mine", "Theirs"),
    OpeningHours: ("name", "Mine", "Theirs"),
    PreparedResponse: ("title", "Mine", "Theirs"),
    Queue: ("name", "Mine", "Theirs"),
    Skill: ("name", "Mine", "Theirs"),
    Tenant: ("name", "Mine", "Theirs"),
    TransactionCode: ("label", "Mine", "Theirs"),
    TransactionCodeList: ("name", "Mine", "Theirs"),
}
BLOCKED = "SELECT count(*) FROM pg_stat_activity WHERE wait_event_type = 'Lock' AND datname = current_database()"


@pytest.fixture
def colleague(db):
    return logged_in(make_user("grace", "Grace", "Hopper", is_staff=True, is_superuser=True))


def post(client, page, data):
    try:
        return client.post(page, data)
    finally:
        connection.close()


def wait_until_blocked(number):
    """Wait until so many transactions wait for a lock."""
    with connection.cursor() as cursor:
        waiting = 0
        while waiting < number:
            cursor.execute("SELECT pg_stat_clear_snapshot()")  # a transaction looks once otherwise
            cursor.execute(BLOCKED)
            (waiting,) = cursor.fetchone()


def test_of_two_who_save_at_once_one_is_told(root, colleague, center):
    rows = one_of_each(center)
    for model, (field, mine, theirs) in FIELDS.items():
        page = address(f"{model._meta.model_name}_change", rows[model].pk)
        wanted = ((root, mine), (colleague, theirs))
        sent = [(client, page, {**opened(client, page), field: value}) for client, value in wanted]
        table = connection.ops.quote_name(model._meta.db_table)
        with ThreadPoolExecutor(2) as pool:
            with transaction.atomic(), connection.cursor() as cursor:
                # Both are held up, in the middle of whatever they do first: they can read, and not write.
                cursor.execute(f"LOCK TABLE {table} IN SHARE MODE")
                answers = [pool.submit(post, *each) for each in sent]
                wait_until_blocked(2)
            answers = [each.result(timeout=30) for each in answers]
        assert sorted(each.status_code for each in answers) == [200, SAVED], model
        [told] = [said(each) for each in answers if each.status_code == 200]
        assert told[0].endswith(" has changed this since you opened it."), model
        rows[model].refresh_from_db()
        assert str(getattr(rows[model], field)) in (mine, theirs)


def test_a_webhook_changed_while_its_new_address_is_asked_is_not_saved_over(root, colleague, center, settings):
    settings.CONTACTCENTER_CHAT = {**settings.CONTACTCENTER_CHAT, "ALLOW_PRIVATE_WEBHOOKS": True}
    page = address("webhook_change", center.webhook.pk)
    mine, theirs = opened(root, page), opened(colleague, page)
    with Server() as receiver:

        def answer(_got):
            assert post(colleague, page, {**theirs, "name": "Theirs"}).status_code == SAVED
            return Say()

        receiver.answer = answer
        refused = root.post(page, {**mine, "name": "Mine", "uri": receiver.url})
    assert refused.status_code == 200
    assert "Name: now “Theirs”, yours “Mine”." in said(refused)
    center.webhook.refresh_from_db()
    assert (center.webhook.name, Receiver.objects.get(webhook=center.webhook).uri) == ("Theirs", mine["uri"])


def test_every_form_that_keeps_others_changes_is_tried():
    """Of a receiver it is one box, on or off: there are no two ways to have it."""
    assert {model.__name__ for model in (*FIELDS, Webhook, Receiver)} == CARRYING
