"""Does a dotted path lead to what it should? Whatever a module raises that is imported for it, is told."""

from django.utils.module_loading import import_string

from .messages import an_error

MEMBERS = ("BACKEND", "OPTIONS")  # of what PROVIDERS says of one


def wrong_class(where, path, kind):
    hint = f"Give a dotted path to a class made from {kind.__module__}.{kind.__name__}."
    try:
        found = imported(path)
    except ImportError as error:
        yield an_error(10, f"{where} cannot be imported: {error}", hint=hint)
        return
    if not (isinstance(found, type) and issubclass(found, kind)):
        yield an_error(10, f"{where} is no {kind.__name__}: {path!r}.", hint=hint)


def no_function(where, path, hint):
    try:
        found = imported(path)
    except ImportError as error:
        yield an_error(10, f"{where} cannot be imported: {error}", hint=hint)
        return
    if not callable(found):
        yield an_error(10, f"{where} is no function: {path!r}.", hint=hint)


def imported(path):
    """What a dotted path leads to. Raises ImportError, whatever a module raises that is imported for it."""
    if not isinstance(path, str):
        raise ImportError(f"{path!r} is no dotted path")
    try:
        return import_string(path)
    except ImportError:
        raise
    except Exception as error:
        raise ImportError(f"{path!r}: {type(error).__name__}: {error}") from error
