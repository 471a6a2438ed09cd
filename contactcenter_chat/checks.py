"""Which settings are wrong, and what would be right?

Errors are what cannot work; warnings what works but not as it should.
"""

import difflib
import typing

from django.conf import settings as django_settings
from django.core import checks
from django.db import connections
from django.utils.module_loading import import_string

from .conf import DEFAULTS, NAMES, SETTING, Defaults, settings
from .models import Webhook
from .wire.base import versions

# Zero of these makes no sense; of the other numbers it means "none" or "off".
POSITIVE = {
    "ATTACHMENT_LINK_SECONDS",
    "ATTACHMENT_MAX_BYTES",
    "ATTACHMENT_UNSENT_HOURS",
    "BODY_MAX_BYTES",
    "BODY_MAX_DEPTH",
    "BREAKER_FAILURES",
    "CALLBACK_ANSWER_MAX_BYTES",
    "CALLBACK_CONNECT_TIMEOUT",
    "CALLBACK_TIMEOUT",
    "CAPACITY",
    "CARD_MAX_BYTES",
    "DELIVERY_THREADS",
    "FILE_MIN_BYTES_PER_SECOND",
    "HEARTBEAT_SECONDS",
    "LEASE_SECONDS",
    "MESSAGE_MAX_LENGTH",
    "POSTS_PER_ENDPOINT",
    "RING_SECONDS",
    "STALE_SECONDS",
    "SWEEP_SECONDS",
    "TOKEN_SECONDS",
}
SENSIBLE = {
    "CALLBACK_TIMEOUT": (5, 30),
    "CAPACITY": (1, 25),
    "CUSTOMER_IDLE_END_SECONDS": (120, 28_800),
    "RETRY_JITTER": (0, 1),
    "RING_SECONDS": (5, 300),
    "WRAP_UP_SECONDS": (0, 900),
}
TYPES = typing.get_type_hints(Defaults)


@checks.register
def check_settings(app_configs, **kwargs):
    """What can be told from the settings alone."""
    given = settings.given()
    if not isinstance(given, dict):
        return [_error(1, f"{SETTING} must be a dict.", hint=f'For example {SETTING} = {{"RING_SECONDS": 20}}.')]
    unknown = [_unknown(name) for name in given if name not in NAMES]
    wrong = {name: complaint for name in NAMES & given.keys() if (complaint := _wrong_value(name, given[name]))}
    rest = [] if wrong else [*_not_sensible(), *_wrong_together(), *_not_importable()]
    return [*unknown, *wrong.values(), *rest]


@checks.register(checks.Tags.database)
def check_database(app_configs, databases, **kwargs):
    """Whether the database is one that this app works on, set up as it needs it."""
    wrong = [found for alias in databases or () for found in _wrong_database(connections[alias])]
    return wrong or [found for alias in databases or () for found in _unknown_versions(connections[alias])]


@checks.register(checks.Tags.security, deploy=True)
def check_deployment(app_configs, **kwargs):
    """What is for development only."""
    found = []
    if settings.ALLOW_PRIVATE_WEBHOOKS:
        found.append(
            _warning(
                20,
                f'{SETTING}["ALLOW_PRIVATE_WEBHOOKS"] lets whoever makes a webhook reach into your network.',
                hint="Leave it out, unless all API keys belong to you.",
            )
        )
    if not settings.PUBLIC_URL.startswith(("http://", "https://")):
        found.append(
            _warning(
                21,
                f'{SETTING}["PUBLIC_URL"] is not an address, so the links to attachments in callbacks lead nowhere.',
                hint="Set it to where others reach this project, as https://chat.example.org.",
            )
        )
    return found


def _unknown(name):
    close = difflib.get_close_matches(str(name), NAMES, n=1)
    hint = f"Did you mean {close[0]}?" if close else "contactcenter_chat/conf.py lists the settings."
    return _error(2, f"{SETTING} has no setting {name!r}.", hint=hint)


def _wrong_value(name, value):
    if not _fits(value, TYPES[name]):
        return _error(
            3,
            f'{SETTING}["{name}"] is of the wrong type: {value!r}.',
            hint=f"Its default is {getattr(DEFAULTS, name)!r}.",
        )
    lowest = min(value, default=0) if isinstance(value, tuple | list) else value
    if isinstance(lowest, int | float) and (lowest < 0 or (lowest == 0 and name in POSITIVE)):
        than = "greater than 0" if name in POSITIVE else "0 or greater"
        return _error(4, f'{SETTING}["{name}"] must be {than}, not {value!r}.')
    return None


def _fits(value, kind):
    """Whether a value is of this type; whole numbers are numbers, lists are as good as tuples."""
    origin = typing.get_origin(kind) or kind
    if origin is tuple:
        return isinstance(value, tuple | list) and all(_fits(item, typing.get_args(kind)[0]) for item in value)
    if origin is float:
        return isinstance(value, int | float) and not isinstance(value, bool)
    if origin is int:
        return isinstance(value, int) and not isinstance(value, bool)
    return isinstance(value, origin)


def _not_sensible():
    for name, (low, high) in SENSIBLE.items():
        value = getattr(settings, name)
        if not low <= value <= high:
            yield _warning(5, f'{SETTING}["{name}"] is {value!r}.', hint=f"Between {low} and {high} is sensible.")


def _wrong_together():
    if settings.LEASE_SECONDS < 2 * settings.CALLBACK_TIMEOUT:
        yield _error(
            6,
            f'{SETTING}["LEASE_SECONDS"] must be at least twice CALLBACK_TIMEOUT.',
            hint="Else a lane is taken from a worker that is still waiting for an answer. Leave it at 60.",
        )
    if not settings.BREAKER_PAUSES:
        yield _error(7, f'{SETTING}["BREAKER_PAUSES"] must not be empty.', hint="(0,) pauses nothing.")
    if settings.STALE_SECONDS <= settings.HEARTBEAT_SECONDS:
        yield _error(
            8,
            f'{SETTING}["STALE_SECONDS"] must be greater than HEARTBEAT_SECONDS.',
            hint="Three heartbeats are usual.",
        )


def _not_importable():
    if "default" not in settings.PROVIDERS:
        yield _error(9, f'{SETTING}["PROVIDERS"] must have a "default".', hint=f"{DEFAULTS.PROVIDERS}")
    if settings.ATTACHMENT_STORAGE not in django_settings.STORAGES:
        yield _error(
            15,
            f'{SETTING}["ATTACHMENT_STORAGE"] is not in STORAGES: {settings.ATTACHMENT_STORAGE!r}.',
            hint=f"There are {', '.join(django_settings.STORAGES)}.",
        )
    paths = {f'["PROVIDERS"]["{name}"]["BACKEND"]': p.get("BACKEND") for name, p in settings.PROVIDERS.items()}
    paths['["ROUTER"]'] = settings.ROUTER
    if settings.ATTACHMENT_SCANNER:
        paths['["ATTACHMENT_SCANNER"]'] = settings.ATTACHMENT_SCANNER
    for where, path in paths.items():
        try:
            import_string(path or "")
        except ImportError as error:
            yield _error(10, f"{SETTING}{where} cannot be imported: {error}", hint="Give a dotted path to a class.")
    yield from _wrong_options()
    yield from _wrong_formats()


def _wrong_options():
    for name, configured in settings.PROVIDERS.items():
        try:
            backend = import_string(configured.get("BACKEND") or "")
        except ImportError:
            continue  # told above
        hint = f"It takes {', '.join((*getattr(backend, 'required', ()), *getattr(backend, 'optional', ())))}."
        for complaint in getattr(backend, "wrong_options", lambda options: [])(configured.get("OPTIONS", {})):
            yield _error(14, f'{SETTING}["PROVIDERS"]["{name}"]["OPTIONS"]: {complaint}', hint=hint)


def _wrong_formats():
    versions: dict[str, str] = {}
    for path in settings.WIRE_FORMATS:
        try:
            version = import_string(path).version
        except (ImportError, AttributeError) as error:
            hint = 'Give the dotted path of a wire.base.Format, such as "mysite.wire.crm.FORMAT".'
            yield _error(16, f'{SETTING}["WIRE_FORMATS"]: {path!r} is no wire format: {error}', hint=hint)
            continue
        if version in versions:
            hint = "Name one of them; a webhook's version must say which format it is told in."
            yield _error(17, f"{path!r} has the version {version!r}, as {versions[version]!r} has.", hint=hint)
        versions[version] = path


def _unknown_versions(connection):
    """Versions that webhooks have and no format does: such a webhook is told nothing."""
    if Webhook._meta.db_table not in connection.introspection.table_names():
        return  # not migrated yet
    used = Webhook.objects.using(connection.alias).alive().values_list("version", flat=True).distinct().order_by()
    for version in sorted({*used} - {*versions()}):
        hint = "Leave its format in until no webhook has it."
        yield _error(
            18, f'Webhooks have the version {version!r}, which no format of {SETTING}["WIRE_FORMATS"] has.', hint=hint
        )


def _wrong_database(connection):
    if connection.vendor not in ("postgresql", "sqlite"):
        yield _error(11, f"{connection.display_name} is not supported.", hint="Use PostgreSQL.")
    options = connection.settings_dict.get("OPTIONS", {})
    if connection.vendor == "sqlite" and options.get("transaction_mode") != "IMMEDIATE":
        yield _warning(
            12,
            f"On SQLite, transactions of the database {connection.alias!r} can fail with 'database is locked'.",
            hint='Set OPTIONS = {"transaction_mode": "IMMEDIATE", "timeout": 20}.',
        )
    pool = options.get("pool")
    needed = settings.DELIVERY_THREADS + 1
    if isinstance(pool, dict) and pool.get("max_size", needed) < needed:
        yield _warning(
            13,
            f"The connection pool of the database {connection.alias!r} is smaller than a delivering worker needs.",
            hint=f"Set its max_size to {needed} or more (DELIVERY_THREADS + 1).",
        )


def _error(number, message, hint=None):
    return checks.Error(message, hint=hint, id=f"contactcenter_chat.E{number:03}")


def _warning(number, message, hint=None):
    return checks.Warning(message, hint=hint, id=f"contactcenter_chat.W{number:03}")
