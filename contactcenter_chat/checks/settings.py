"""What can be told from the settings alone?"""

from django.conf import settings as django_settings
from django.core import checks

from ..attachments.scanning.base import Scanner
from ..conf import DEFAULTS, NAMES, SETTING, settings
from ..routing.base import Router
from .bots import wrong_assistant, wrong_bot
from .formats import wrong_formats
from .importing import no_function, wrong_class
from .knowledge import wrong_embedder, wrong_source
from .messages import an_error
from .paces import wrong_paces
from .providers import wrong_provider
from .values import not_sensible, unknown_setting, wrong_together, wrong_value


@checks.register
def check_settings(app_configs, **kwargs):
    """What can be told from the settings alone."""
    given = settings.given()
    if not isinstance(given, dict):
        return [an_error(1, f"{SETTING} must be a dict.", hint=f'For example {SETTING} = {{"RING_SECONDS": 20}}.')]
    unknown = [unknown_setting(name) for name in given if name not in NAMES]
    wrong = {name: complaint for name in NAMES & given.keys() if (complaint := wrong_value(name, given[name]))}
    rest = [] if wrong else [*not_sensible(), *wrong_together(), *wrong_paces(), *_not_importable()]
    return [*_without_zones(), *unknown, *wrong.values(), *rest]


def _without_zones():
    if not django_settings.USE_TZ:
        hint = "Set USE_TZ = True; Django's documentation says how data of before is moved."
        yield an_error(22, "USE_TZ is off: times without a zone cannot be compared with those of others.", hint=hint)


def _not_importable():
    if "default" not in settings.PROVIDERS:
        yield an_error(9, f'{SETTING}["PROVIDERS"] must have a "default".', hint=f"{DEFAULTS.PROVIDERS}")
    if settings.ATTACHMENT_STORAGE not in django_settings.STORAGES:
        yield an_error(
            15,
            f'{SETTING}["ATTACHMENT_STORAGE"] is not in STORAGES: {settings.ATTACHMENT_STORAGE!r}.',
            hint=f"There are {', '.join(django_settings.STORAGES)}.",
        )
    paths: dict[str, tuple[str, type]] = {'["ROUTER"]': (settings.ROUTER, Router)}
    if settings.ATTACHMENT_SCANNER:
        paths['["ATTACHMENT_SCANNER"]'] = (settings.ATTACHMENT_SCANNER, Scanner)
    for where, (path, kind) in paths.items():
        yield from wrong_class(f"{SETTING}{where}", path, kind)
    if settings.REQUIREMENTS:
        hint = "Give a dotted path to a function that takes conversation, queue and wish, and returns a wish."
        yield from no_function(f'{SETTING}["REQUIREMENTS"]', settings.REQUIREMENTS, hint)
    hint = "Give a dotted path to a function that takes an address, a code and a conversation, and sends the code."
    yield from no_function(f'{SETTING}["VERIFICATION_SENDER"]', settings.VERIFICATION_SENDER, hint)
    for name, configured in settings.KNOWLEDGE_SOURCES.items():
        yield from wrong_source(f'{SETTING}["KNOWLEDGE_SOURCES"]["{name}"]', name, configured)
    yield from _wrong_models()
    for name, configured in settings.PROVIDERS.items():
        yield from wrong_provider(f'{SETTING}["PROVIDERS"]["{name}"]', configured)
    for name in settings.BOTS:
        yield from wrong_bot(f'{SETTING}["BOTS"]["{name}"]', name)
    yield from wrong_formats()


def _wrong_models():
    if settings.EMBEDDER:
        yield from wrong_embedder(f'{SETTING}["EMBEDDER"]', settings.EMBEDDER)
    if settings.ASSISTANT:
        yield from wrong_assistant(f'{SETTING}["ASSISTANT"]', settings.ASSISTANT)
