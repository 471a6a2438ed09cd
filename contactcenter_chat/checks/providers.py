"""Can providers be made with their options?"""

from ..conf import DEFAULTS
from ..providers.base import Provider
from ..providers.embedded import EmbeddedCenter
from .importing import MEMBERS, imported, wrong_class
from .messages import an_error


def wrong_provider(where, configured):
    for name in configured:
        if name not in MEMBERS:
            yield an_error(14, f"{where} has {name!r}.", hint=f"It takes {' and '.join(MEMBERS)}.")
    if not configured.get("BACKEND"):
        yield an_error(10, f"{where}: BACKEND is missing.", hint=f"For example {DEFAULTS.PROVIDERS['default']}.")
        return
    wrong = [*wrong_class(f'{where}["BACKEND"]', configured["BACKEND"], Provider)]
    yield from wrong or _wrong_options(f'{where}["OPTIONS"]', configured)


def _wrong_options(where, configured):
    backend, options = imported(configured["BACKEND"]), configured.get("OPTIONS", {})
    if not (isinstance(options, dict) and all(isinstance(name, str) for name in options)):
        yield an_error(14, f"{where} must be a dict with names.", hint='For example {"base_url": "https://…"}.')
        return
    taken = (*getattr(backend, "required", ()), *getattr(backend, "optional", ()))
    # A provider of the project's own need not say which it takes.
    hint = f"It takes {', '.join(taken)}." if taken else "It takes no options." if backend is EmbeddedCenter else None
    for complaint in backend.wrong_options(options):
        yield an_error(14, f"{where}: {complaint}", hint=hint)
