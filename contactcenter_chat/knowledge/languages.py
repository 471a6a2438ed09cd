"""In which way does PostgreSQL find words of a language? By its beginning, without endings: *paying* finds *paid*."""

from collections.abc import Iterable

SIMPLE = "simple"
# What every PostgreSQL has that Django supports, by the first part of a language's tag.
CONFIGURATIONS = {
    "ar": "arabic",
    "ca": "catalan",
    "da": "danish",
    "de": "german",
    "el": "greek",
    "en": "english",
    "es": "spanish",
    "eu": "basque",
    "fi": "finnish",
    "fr": "french",
    "ga": "irish",
    "hi": "hindi",
    "hu": "hungarian",
    "hy": "armenian",
    "id": "indonesian",
    "it": "italian",
    "lt": "lithuanian",
    "ne": "nepali",
    "nl": "dutch",
    "no": "norwegian",
    "nb": "norwegian",
    "nn": "norwegian",
    "pt": "portuguese",
    "ro": "romanian",
    "ru": "russian",
    "sr": "serbian",
    "sv": "swedish",
    "ta": "tamil",
    "tr": "turkish",
    "yi": "yiddish",
}


def base_of(tag: str) -> str:
    """Return the language of a tag without its region: ``pt`` of ``pt-BR``."""
    return tag.partition("-")[0].lower()


def configurations_of(tags: Iterable[str]) -> list[str]:
    """Return the configurations for texts in these languages, each once; ``simple`` for those that have none."""
    return list(dict.fromkeys(CONFIGURATIONS.get(base_of(tag), SIMPLE) for tag in tags))
