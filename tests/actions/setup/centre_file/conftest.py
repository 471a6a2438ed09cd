"""A contact centre without anything, a college in a file, and what a file makes of it."""

from types import SimpleNamespace

import pytest
from django.utils import translation

from contactcenter_chat.actions.setup.centre_file.applying import Options, Users, apply_file
from contactcenter_chat.actions.setup.centre_file.faults import FileRefused
from contactcenter_chat.actions.setup.centre_file.writing import write_file
from contactcenter_chat.isolates import unturned
from tests import factories

COLLEGE = """\
version: 1
centre: {name: Riverside College}

skills: [fees, visas, housing]

agents:
  maria: {capacity: 3, languages: {en: 5, es: 3}, skills: {fees: 4, visas: 2}}
  tom:   {capacity: 2, languages: {en: 5}, skills: {housing: 5}}
  petra: {capacity: 1, languages: {en: 5}}

hours:
  office:
    time_zone: Europe/London
    weekly: {mon-thu: ["09:00-12:30", "13:30-17:00"], fri: ["09:00-15:00"]}
    holidays: GB-ENG                     # country or country-subdivision
    exceptions: {2026-12-24: ["09:00-12:00"], 2026-12-31: []}

queues:
  Student finance:
    members: {maria: 4, tom: 2}          # level 1-5
    requires: {fees: 3}                  # until the first step
    steps:
      - {after: 40, requires: {fees: 1}}
      - {after: 90, requires: {}, language: translate, asked: false}
    priority: 0
    target: {percent: 80, seconds: 60}
    closed_target: {open_hours: 4}
    targets: {messaging: null, mail: {percent: 95, open_hours: 2.5}}
    prefer: enough
    ring_seconds: 20
    offer_gap_seconds: 15
    closing_seconds: 600
    grace_seconds: 900
    hours: office
    when_closed: wait
    when_empty: overflow
    max_wait: 900
    overflow: [General]
    wrap_up: {mode: required_timed, seconds: 60}
    texts: {closed: {en: "We are closed."}, overflow: {en: "Just a moment.", es: "Hemos cerrado."}}
  Refunds: {members: {maria: 5}}
  General: {members: {tom: 3, petra: 3}}

departments:
  Finance: {queues: [Student finance, Refunds], entry: Student finance, hours: office, supervisors: [petra]}

codes:
  Topic:
    queues: [Student finance]
    required: true
    choice: single
    codes:
      - code: fees
        label: Fees
        labels: {es: Tasas}
        codes: [{code: refund, label: Refund, report_text: "A refund", external_id: 00Q-7, from: 2026-09-01}]
      - Other

prepared_responses:
  - {title: Greeting, queue: null, language: en, text: "Hello {customer.name}, how can we help?"}

articles:
  - questions: [Can I pay in parts?, Is there a payment plan?]
    answer: "Yes: in three.\\nAsk us."
    category: Fees
    queues: [Student finance]
    owner: maria
    review: 2027-01-31
    versions: {es: {questions: [¿Puedo pagar a plazos?], answer: "Sí, en tres.", link: "https://college.example/es"}}

channels:
  Website: {webhook: Portal, queue: Student finance}
"""


@pytest.fixture(autouse=True)
def in_english():
    with translation.override("en"):
        yield


def empty_tenant(label=None, webhook="Portal"):
    """A contact centre with nothing but a webhook."""
    new = factories.make_tenant(label)
    new.queue.delete()
    new.tenant.name = ""
    new.tenant.save()
    if webhook:
        factories.make_webhook(new.tenant, name=webhook)
    return new.tenant


@pytest.fixture
def tenant(db):
    return empty_tenant("college")


def applied(tenant, text, *, users=Users.MADE, expected=None, **options):
    """Apply a file and return the plan."""
    content = text if isinstance(text, bytes) else text.encode()
    return apply_file(content, tenant=tenant, options=Options(users=users, **options), expected=expected)


def lines(tenant, text, **options):
    """The plan of a file as it is printed, which has been applied."""
    return applied(tenant, text, **options).lines


def faults(tenant, text, **options):
    """What is wrong with a file as it is printed; nothing is applied."""
    before = write_file(tenant)
    with pytest.raises(FileRefused) as refused:
        applied(tenant, text, **options)
    assert write_file(tenant) == before
    return [unturned(fault.told) for fault in refused.value.faults]


@pytest.fixture
def college(tenant):
    """The college, made by its file."""
    plan = applied(tenant, COLLEGE)
    return SimpleNamespace(tenant=tenant, plan=plan)
