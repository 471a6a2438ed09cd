"""Does the schema take what the reading takes, and refuse what it refuses?"""

import json

import pytest
from jsonschema import Draft202012Validator
from ruamel.yaml import YAML

from contactcenter_chat.actions.setup.centre_file.keys import NOT_YET
from contactcenter_chat.actions.setup.centre_file.reading import read_file
from contactcenter_chat.actions.setup.centre_file.schema import json_schema
from contactcenter_chat.actions.setup.centre_file.writing import write_file
from tests.docs.pages import ROOT

from .conftest import COLLEGE
from .test_keys import document_with

SCHEMA = json_schema()
VALIDATOR = Draft202012Validator(SCHEMA)


def errors(text):
    """What the schema says of a file, as an editor reads it: dates are text to it, and so are all keys."""
    document = json.loads(json.dumps(_plain(YAML(typ="safe").load(text)), default=str))
    return [error.message for error in VALIDATOR.iter_errors(document)]


def _plain(value):
    if isinstance(value, dict):
        return {str(key): _plain(each) for key, each in value.items()}
    return [_plain(each) for each in value] if isinstance(value, list) else value


def test_it_is_a_schema():
    Draft202012Validator.check_schema(SCHEMA)


def test_it_takes_the_example():
    assert errors(COLLEGE) == []


def test_it_takes_what_is_written(college):
    assert errors(write_file(college.tenant)) == []


@pytest.mark.parametrize(
    "text",
    [
        "version: 2",
        "center: {}",
        "skills: {fees: 1}",
        "skills: [fees, fees]",
        "agents: {maria: {capacity: 99}}",
        "agents: {maria: {languages: {english: 5}}}",
        "hours: {office: {weekly: {monday: []}}}",
        "hours: {office: {weekly: {mon: ['always']}}}",
        "hours: {office: {exceptions: {tomorrow: []}}}",
        "queues: {General: {priority: soon}}",
        "queues: {General: {steps: [{language: any}]}}",
        "queues: {General: {when_closed: shrug}}",
        "queues: {General: {texts: {closed: {en: ''}}}}",
        "codes: {Topic: {codes: [{code: a}]}}",
        "codes: {Topic: {codes: [{label: A, codes: [{label: B, colour: red}]}]}}",
        "prepared_responses: [{title: Hello}]",
        "channels: {Website: {queue: 3}}",
    ],
)
def test_both_refuse(text):
    assert errors(text) != []
    assert read_file(text.encode()).faults != []


@pytest.mark.parametrize("pattern", NOT_YET)
def test_what_is_to_come_is_not_in_it(pattern):
    assert errors(document_with(pattern)) != []


def test_the_documentation_has_it():
    written = (ROOT / "docs" / "centre.schema.json").read_text(encoding="utf-8")
    assert json.loads(written) == SCHEMA, "python manage.py export_centre --schema > docs/centre.schema.json"
