"""What has been written down, as tests compare it: facts, what is owed of them, rows as they are now."""

from contextlib import contextmanager
from functools import cache

import pytest
from django.apps import apps
from django.db import transaction

from contactcenter_chat.database import connection
from contactcenter_chat.models import Conversation, Delivery


def facts(conversation, after=0):
    """The log rows after a number: (number, kind, id of the interaction, data)."""
    rows = conversation.log.filter(number__gt=after).order_by("number")
    return list(rows.values_list("number", "kind", "interaction_id", "data"))


def owed(conversation, webhook, after=0):
    """What was planned for a receiver of what the log says after a number: (number, event type on its wire)."""
    rows = Delivery.objects.filter(conversation=conversation, receiver_id=webhook.pk, number__gt=after).order_by(
        "number"
    )
    return list(rows.values_list("number", "event_type"))


def fresh(row, *names):
    """These fields of a row, as the database has them now."""
    return type(row)._base_manager.values_list(*names).get(pk=row.pk)


def named(agent):
    """How facts name an agent."""
    return {"agent_id": agent.pk, "first_name": agent.user.first_name, "last_name": agent.user.last_name}


@contextmanager
def nothing_written():
    """Whatever happens inside, no row of any table is there, gone or another afterwards."""
    before = digests()
    yield
    assert digests() == before


@contextmanager
def refused(error, **attributes):
    """What happens inside is refused with exactly this error and these attributes of it, and writes nothing."""
    with nothing_written(), pytest.raises(error) as caught:
        yield
    assert type(caught.value) is error
    assert {name: getattr(caught.value, name) for name in attributes} == attributes


def locked(verb, conversation, *arguments, **options):
    """Call what expects the conversation locked."""
    with transaction.atomic():
        return verb(Conversation.objects.lock(conversation.pk), *arguments, **options)


def everything():
    """All rows of the app, by table."""
    return {model.__name__: list(model._base_manager.order_by("pk").values()) for model in tables()}


def digests():
    """The same, told by how many rows each table has and a digest of them: in one query, where that can be."""
    if connection().vendor != "postgresql":
        return everything()
    with connection().cursor() as cursor:
        cursor.execute(all_digests())
        return {name: (count, digest) for name, count, digest in cursor.fetchall()}


@cache
def all_digests():
    of_one = "SELECT '{0}', count(*), md5(string_agg(t::text, '' ORDER BY t::text)) FROM {0} t"
    return " UNION ALL ".join(of_one.format(model._meta.db_table) for model in tables())


def tables():
    return apps.get_app_config("contactcenter_chat").get_models(include_auto_created=True)
