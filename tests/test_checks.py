import pytest
from django.core import checks
from django.db import connection

from contactcenter_chat import checks as own
from contactcenter_chat.conf import DEFAULTS, NAMES


def found(settings, **values):
    settings.CONTACTCENTER_CHAT = values
    return {message.id.rpartition(".")[2]: message for message in own.check_settings(None)}


def test_the_defaults_are_right(settings):
    assert found(settings) == {}
    del settings.CONTACTCENTER_CHAT
    assert own.check_settings(None) == []


def test_a_list_of_numbers_and_whole_numbers_for_others_are_fine(settings):
    assert found(settings, RETRY_SCHEDULE=[1, 2.5], CALLBACK_TIMEOUT=10, CONVERSATION_KEEP_DAYS=0) == {}


def test_what_is_no_dict(settings):
    settings.CONTACTCENTER_CHAT = ["RING_SECONDS"]
    assert [message.id for message in own.check_settings(None)] == ["contactcenter_chat.E001"]


@pytest.mark.parametrize(
    ("name", "hint"),
    [("RINGSECONDS", "Did you mean RING_SECONDS?"), ("XYZ", "contactcenter_chat/conf.py lists the settings.")],
)
def test_a_setting_that_is_none(name, hint, settings):
    message = found(settings, **{name: 1})["E002"]
    assert message.hint == hint


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("RING_SECONDS", "20"),
        ("RING_SECONDS", 20.5),
        ("RING_SECONDS", True),
        ("RING_SECONDS", None),
        ("CALLBACK_TIMEOUT", "15"),
        ("ALLOW_PRIVATE_WEBHOOKS", 1),
        ("RETRY_SCHEDULE", 5),
        ("RETRY_SCHEDULE", ("1",)),
        ("ROUTER", 5),
        ("PROVIDERS", []),
    ],
)
def test_a_value_of_the_wrong_type(name, value, settings):
    messages = found(settings, **{name: value})
    assert list(messages) == ["E003"]
    assert messages["E003"].hint == f"Its default is {getattr(DEFAULTS, name)!r}."


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("RING_SECONDS", 0),
        ("RING_SECONDS", -1),
        ("RETRY_JITTER", -0.1),
        ("RETRY_SCHEDULE", (1, -2)),
        ("SWEEP_SECONDS", 0),
    ],
)
def test_a_number_that_is_too_small(name, value, settings):
    assert list(found(settings, **{name: value})) == ["E004"]


@pytest.mark.parametrize(
    ("name", "value"), [("RING_SECONDS", 4), ("RING_SECONDS", 301), ("CAPACITY", 26), ("CALLBACK_TIMEOUT", 31)]
)
def test_a_value_that_is_not_sensible(name, value, settings):
    messages = found(settings, LEASE_SECONDS=100, **{name: value})
    assert list(messages) == ["W005"]
    assert messages["W005"].level == checks.WARNING


@pytest.mark.parametrize(
    ("values", "number"),
    [
        ({"LEASE_SECONDS": 29}, "E006"),
        ({"BREAKER_PAUSES": ()}, "E007"),
        ({"STALE_SECONDS": 20}, "E008"),
        ({"PROVIDERS": {}}, "E009"),
        ({"PROVIDERS": {"default": {}}}, "E010"),
        ({"PROVIDERS": {"default": {"BACKEND": "nowhere.Provider"}}}, "E010"),
        ({"ROUTER": "contactcenter_chat.routing.longest_idle.Nobody"}, "E010"),
        ({"ROUTER": ""}, "E010"),
        ({"ATTACHMENT_SCANNER": "nowhere.Scanner"}, "E010"),
        ({"ATTACHMENT_STORAGE": "nowhere"}, "E015"),
    ],
)
def test_values_that_cannot_work(values, number, settings):
    assert list(found(settings, **values)) == [number]


def test_private_webhooks_are_told_of_before_a_deployment(settings):
    settings.CONTACTCENTER_CHAT = {"ALLOW_PRIVATE_WEBHOOKS": True, "PUBLIC_URL": "https://chat.example.org"}
    assert [message.id for message in own.check_deployment(None)] == ["contactcenter_chat.W020"]
    settings.CONTACTCENTER_CHAT = {"PUBLIC_URL": "https://chat.example.org"}
    assert own.check_deployment(None) == []


@pytest.mark.parametrize("address", ["", "chat.example.org"])
def test_links_that_lead_nowhere_are_told_of_before_a_deployment(address, settings):
    settings.CONTACTCENTER_CHAT = {"PUBLIC_URL": address}
    assert [message.id for message in own.check_deployment(None)] == ["contactcenter_chat.W021"]


@pytest.mark.parametrize(
    ("vendor", "options", "numbers"),
    [
        ("postgresql", {}, []),
        ("postgresql", {"pool": True}, []),
        ("postgresql", {"pool": {"max_size": 9}}, []),
        ("postgresql", {"pool": {"max_size": 8}}, ["W013"]),
        ("sqlite", {"transaction_mode": "IMMEDIATE"}, []),
        ("sqlite", {}, ["W012"]),
        ("mysql", {}, ["E011"]),
    ],
)
def test_databases(vendor, options, numbers, settings, monkeypatch):
    settings.CONTACTCENTER_CHAT = {"DELIVERY_THREADS": 8}
    monkeypatch.setattr(type(connection._connections[connection._alias]), "vendor", vendor)
    monkeypatch.setitem(connection.settings_dict, "OPTIONS", options)
    ids = [message.id for message in own._wrong_database(connection)]
    assert ids == [f"contactcenter_chat.{number}" for number in numbers]


@pytest.mark.django_db
def test_the_tests_own_database_is_right():
    assert own.check_database(None, None) == own.check_database(None, ["default"]) == []


def test_every_number_has_a_rule_that_fits_its_default():
    assert set(own.SENSIBLE) | own.POSITIVE <= NAMES


@pytest.mark.parametrize(
    "path", ["nowhere.FORMAT", "contactcenter_chat.wire.chat_api_v2", "contactcenter_chat.wire.FORMAT"]
)
def test_what_is_no_wire_format(path, settings):
    message = found(settings, WIRE_FORMATS=[path])["E016"]
    assert message.msg.startswith(f'CONTACTCENTER_CHAT["WIRE_FORMATS"]: {path!r} is no wire format: ')
    assert message.hint == 'Give the dotted path of a wire.base.Format, such as "mysite.wire.crm.FORMAT".'


def test_two_formats_of_one_version(settings):
    path = DEFAULTS.WIRE_FORMATS[0]
    message = found(settings, WIRE_FORMATS=[path, DEFAULTS.WIRE_FORMATS[1], path])["E017"]
    assert message.msg == f"{path!r} has the version 'v2.0', as {path!r} has."
    assert message.hint == "Name one of them; a webhook's version must say which format it is told in."
