"""The commands of whoever runs the contact centre."""

import json
from datetime import timedelta

import pytest
from django.core.management import CommandError, call_command
from django.utils import timezone

from contactcenter_chat.models import Delivery, SweepRun
from tests import factories

pytestmark = pytest.mark.django_db


@pytest.fixture
def center(settings):
    settings.CONTACTCENTER_CHAT = {"LIVE_HINTS": False}
    return factories.make_center()


@pytest.fixture
def said(capsys):
    def run(*arguments, **options):
        call_command(*arguments, **options)
        return capsys.readouterr().out

    return run


def delivered(center):
    factories.start_conversation(center.channel)
    owed = Delivery.objects.latest("pk")
    Delivery.objects.filter(pk=owed.pk).update(state=Delivery.State.DELIVERED, done_at=timezone.now())
    return owed


def pending():
    return set(Delivery.objects.filter(state=Delivery.State.PENDING).values_list("pk", flat=True))


def test_redeliver_events_by_their_ids(center, said):
    one, two, _three = (delivered(center) for _ in range(3))
    assert said("contactcenter_redeliver", one.entry_id, two.entry_id) == "2 deliveries go out once more.\n"
    assert pending() == {one.pk, two.pk}


def test_redeliver_since_and_until_a_time(center, said):
    one, two, three = (delivered(center) for _ in range(3))
    for day, owed in enumerate((one, two, three), start=1):
        Delivery.objects.filter(pk=owed.pk).update(created_at=f"2026-01-0{day}T12:00Z")
    said("contactcenter_redeliver", since="2026-01-02T00:00", until="2026-01-03T00:00Z")
    assert pending() == {two.pk}
    said("contactcenter_redeliver", since="2026-01-03T11:59:59+00:00")
    assert pending() == {two.pk, three.pk}


def test_redeliver_of_one_tenant_webhook_or_state(center, said):
    mine, others = delivered(center), delivered(factories.make_center())
    said("contactcenter_redeliver", since="2026-01-01T00:00", tenant=center.tenant.label)
    assert pending() == {mine.pk}
    said("contactcenter_redeliver", since="2026-01-01T00:00", state="dead")
    assert pending() == {mine.pk}
    said("contactcenter_redeliver", since="2026-01-01T00:00", receiver=others.receiver_id)
    assert pending() == {mine.pk, others.pk}


@pytest.mark.parametrize("options", [{}, {"tenant": "t"}, {"until": "2026-01-01T00:00"}, {"since": "yesterday"}])
def test_redeliver_refuses_what_is_not_meant(options, center):
    delivered(center)
    with pytest.raises(CommandError):
        call_command("contactcenter_redeliver", **options)
    assert pending() == set()


def test_purge_counts_or_deletes(center, said):
    SweepRun.objects.create(ran_at=timezone.now() - timedelta(days=2))
    assert said("contactcenter_purge", "--dry-run") == (
        "         0  attachments\n"
        "         0  article files\n"
        "         0  conversations\n"
        "         0  customers\n"
        "         0  deliveries\n"
        "         0  callbacks\n"
        "         0  rejections\n"
        "         0  idempotency records\n"
        "         0  routing looks\n"
        "         0  questions\n"
        "         0  assistant requests\n"
        "         0  verifications\n"
        "         1  sweep runs\n"
        "         0  failures\n"
        "Nothing was deleted.\n"
    )
    assert SweepRun.objects.count() == 1
    assert "         1  sweep runs\n" in said("contactcenter_purge")
    assert SweepRun.objects.count() == 0


def test_rotate_signing_key(center, said):
    old = center.tenant.signing_keys.get()
    answer = said("rotate_signing_key", center.tenant.label, "--overlap-days=2")
    old.refresh_from_db()
    new = center.tenant.signing_keys.get(retired_at=None)
    assert answer == f"{new.pk} signs now.\n"
    assert old.published_until - old.retired_at == timedelta(days=2)


@pytest.mark.parametrize("arguments", [["nobody"], ["{label}", "--overlap-days=-1"]])
def test_rotate_signing_key_refuses(arguments, center):
    with pytest.raises(CommandError):
        call_command("rotate_signing_key", *[each.format(label=center.tenant.label) for each in arguments])
    assert center.tenant.signing_keys.count() == 1


def test_health_of_a_centre_that_is_well(center, said):
    SweepRun.objects.create()
    answer = said("contactcenter_health")
    assert "All is well." in answer
    assert "   deliveries  lanes due                    0\n" in answer
    assert json.loads(said("contactcenter_health", "--json"))["problems"] == []


def test_health_of_a_centre_that_is_not_ends_with_1(center, capsys):
    for options in ([], ["--json"]):
        with pytest.raises(SystemExit) as end:
            call_command("contactcenter_health", *options)
        assert end.value.code == 1
        assert "The sweep has never run" in capsys.readouterr().out
