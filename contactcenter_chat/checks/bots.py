"""Can bots be made with their options, and are those there that channels have? So for the assistant."""

import inspect

from ..bots import base as bots
from ..bots.model_options import ModelOptions
from ..conf import SETTING
from ..database import alias, connection
from ..models import Channel, Webhook
from ..models.base import max_length
from .importing import MEMBERS, imported, wrong_class
from .messages import a_warning, an_error

BOT_EXAMPLE = '{"BACKEND": "faq"}'
ASSISTANT_EXAMPLE = '{"base_url": "http://127.0.0.1:8080/v1", "model": "small"}'
BOT_NAME_MAX = max_length(Channel, "bot")


def wrong_assistant(where, configured):
    """Whether it says where a model is asked; that it answers shows when an agent asks it."""
    try:
        ModelOptions(**configured)
    except (TypeError, ValueError) as error:
        yield an_error(37, f"{where}: {error}", hint=f"For example {ASSISTANT_EXAMPLE}.")


def wrong_bot(where, name):
    """Whether it can be made with its options, and has a name that there is room for."""
    if not (isinstance(name, str) and 0 < len(name) <= BOT_NAME_MAX):
        yield an_error(35, f"{where}: no bot can be called so.", hint=f"Take 1 to {BOT_NAME_MAX} characters.")
    configured = bots.configured_as(name)
    if not configured.get("BACKEND"):  # the project's own code drives it
        if configured:
            yield an_error(10, f"{where}: BACKEND is missing.", hint=f"For example {BOT_EXAMPLE}.")
        return
    if unknown := [each for each in configured if each not in MEMBERS]:
        yield an_error(14, f"{where} has {unknown[0]!r}.", hint=f"It takes {' and '.join(MEMBERS)}.")
        return
    path = bots.BACKENDS.get(configured["BACKEND"], configured["BACKEND"])
    if wrong := [*_wrong_backend(where, path, configured)]:
        yield from wrong
        return
    try:
        bot = bots.bot_named(name)
    except Exception as error:  # of whatever class the project names
        told = f"{type(error).__name__}: {error}" if isinstance(error, KeyError) else error
        yield an_error(36, f"{where} cannot be made: {told}", hint=_options_hint(path))
        return
    if type(bot).answer is bots.Bot.answer:
        yield an_error(36, f"{where} has no answer(turn).", hint=f"Write it: {path} inherits none.")
    least, _usual, most = bots.SECONDS
    if not (isinstance(bot.seconds, int | float) and least <= bot.seconds <= most):
        yield an_error(36, f"{where}: its seconds must be a number from {least} to {most}, not {bot.seconds!r}.")


def _wrong_backend(where, path, configured):
    if isinstance(path, str) and "." not in path:
        short = ", ".join(bots.BACKENDS)
        yield an_error(10, f"{where}: there is no bot {path!r}.", hint=f"Take {short}, or a dotted path to a class.")
        return
    yield from wrong_class(f'{where}["BACKEND"]', path, bots.Bot)
    if not isinstance(configured.get("OPTIONS", {}), dict):
        yield an_error(14, f'{where}["OPTIONS"] must be a dict with names.')


def _options_hint(path):
    """Which options a bot takes, as far as its class says that."""
    taken = inspect.signature(imported(path)).parameters.values()
    names = [each.name for each in taken if each.kind is not each.VAR_KEYWORD]
    return f"Its OPTIONS may hold {', '.join(names)}." if names else "See what its OPTIONS may hold."


def unknown_bots():
    """Bots of channels that there are not, or whose webhook there is not: agents answer at once."""
    if Channel._meta.db_table not in connection().introspection.table_names():
        return  # not migrated yet
    used = Channel.objects.using(alias()).filter(deleted_at=None).exclude(bot="")
    for name in sorted({*used.values_list("bot", flat=True).distinct().order_by()}):
        if not bots.is_bot(name):
            hint = "Its conversations wait for agents at once. Put it back, or take it from the channels."
            yield a_warning(40, f'Channels have the bot {name!r}, which {SETTING}["BOTS"] has not.', hint=hint)
            continue
        webhook = bots.options_of(name).get("webhook") if bots.is_elsewhere(name) else None
        if webhook and not Webhook.objects.using(alias()).alive().filter(pk=webhook).exists():
            hint = "Its conversations wait for agents at once. Take the id of a webhook that there is."
            yield a_warning(40, f"The bot {name!r} has the webhook {webhook!r}, which there is not.", hint=hint)
