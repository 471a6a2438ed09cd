"""Is what is written what can be applied, and then the same again?"""

import sys

import pytest

from contactcenter_chat.actions.setup import codes
from contactcenter_chat.actions.setup.centre_file.reading import read_file
from contactcenter_chat.actions.setup.centre_file.special import Response
from contactcenter_chat.actions.setup.centre_file.writing import write_file
from contactcenter_chat.exceptions import Conflict, Unavailable
from contactcenter_chat.models import PreparedResponse, TransactionCode
from tests import factories

from .conftest import applied, empty_tenant, lines

EMPTY = """\
version: 1

centre:
  name: ""

skills: []

agents: {}

hours: {}

queues: {}

departments: {}

codes: {}

prepared_responses: []

articles: []

channels: {}
"""


def test_an_empty_contact_centre(tenant):
    assert write_file(tenant) == EMPTY
    assert lines(tenant, EMPTY, prune=True) == []


def test_the_college(college):
    text = write_file(college.tenant)
    for part in (
        "skills: [fees, housing, visas]\n",
        "  maria: {capacity: 3, languages: {en: 5, es: 3}, skills: {fees: 4, visas: 2}}\n",
        '    weekly: {mon-thu: ["09:00-12:30", "13:30-17:00"], fri: ["09:00-15:00"]}\n',
        '    exceptions: {2026-12-24: ["09:00-12:00"], 2026-12-31: []}\n',
        "      - {after: 90, requires: {}, language: translate, asked: false}\n",
        "    target: {percent: 80, seconds: 60}\n",
        "    closed_target: {percent: null, open_hours: 4}\n",
        "    targets: {messaging: null, mail: {percent: 95, open_hours: 2.5}}\n",
        '          - {code: refund, label: Refund, labels: {}, report_text: A refund, external_id: "00Q-7",',
        "  Finance: {queues: [Refunds, Student finance], entry: Student finance, hours: office,",
        '  - questions:\n      - "Can I pay in parts?"\n      - "Is there a payment plan?"\n'
        '    answer: "Yes: in three.\\nAsk us."\n    link: ""\n    language: en\n    category: Fees\n',
        "    owner: maria\n    review: 2027-01-31\n    state: published\n    versions:\n      es:\n",
        "  Website: {webhook: Portal, queue: Student finance, provider: default, pace: live, reopen_hours: null,",
    ):
        assert part in text
    assert lines(college.tenant, text, prune=True) == []


def test_it_brings_back_what_was_changed_since(college):
    text = write_file(college.tenant)
    applied(
        college.tenant,
        "queues: {Refunds: {ring_seconds: 9, max_wait: 5, target: {percent: 1}, closed_target: null, "
        "texts: {empty: {en: Nobody}}, steps: [{after: 5}], requires: {visas: 1}, hours: office}}\nskills: [more]\n",
    )
    assert write_file(college.tenant) != text
    applied(college.tenant, text, prune=True)
    assert write_file(college.tenant) == text


def test_what_stands_under_a_retired_heading_is_written_above(tenant):
    code_list = factories.make_code_list(tenant)
    heading = factories.add_code(code_list, "Old")
    factories.add_code(code_list, "New", parent=heading)
    codes.retire_code(heading)
    codes.restore_code(TransactionCode.objects.get(label="New"))
    text = write_file(tenant)
    assert "- {code: new, label: New," in text
    assert "Old" not in text
    assert lines(tenant, text) == ["~ codes / Reason / codes / new / under: old → –"]
    assert lines(tenant, text) == []


def test_what_a_file_could_not_tell_apart_is_not_written(tenant):
    queue = factories.make_queue(tenant, "General")
    for _number in range(2):
        factories.make_channel(tenant, queue, name="Website")
    with pytest.raises(Conflict, match=r"There are two of the name Website: rename one of them first\."):
        write_file(tenant)


def test_days_that_are_alike_are_written_together(tenant):
    week = "mon: ['9-12'], tue: ['9-12'], wed: ['9-13'], fri: ['9-13'], sat: ['9-13']"
    applied(tenant, f"hours: {{office: {{weekly: {{{week}}}}}}}")
    assert '    weekly: {mon-tue: ["09:00-12:00"], wed: ["09:00-13:00"], fri-sat: ["09:00-13:00"]}\n' in write_file(
        tenant
    )


def test_other_contact_centres_are_not_written(college):
    assert write_file(empty_tenant(webhook="")) == EMPTY


def test_without_the_extra_it_says_so(tenant, monkeypatch):
    monkeypatch.setitem(sys.modules, "ruamel.yaml", None)
    with pytest.raises(Unavailable, match="needs the extra “centre”"):
        write_file(tenant)


def test_two_blanks_stay_two_where_a_line_is_folded(tenant):
    text = "a" * 35 + " " + "The office is open again on Monday at nine.  Please write to us then.  " * 2 + "Thanks."
    PreparedResponse.objects.create(tenant=tenant, title="Hours", text=text)
    assert (
        read_file(write_file(tenant).encode()).values["prepared_responses"][Response(None, "en", "Hours")]["text"]
        == text
    )
