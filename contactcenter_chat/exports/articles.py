"""How do articles look as a table, and as files of Markdown? As an import reads them: one line, or file, a language.

They are given as the centre's file has them. Those of one article are told by the same ``id``; what holds for all of
its languages stands with the main one.
"""

import io
import json
import zipfile
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from django.utils.text import slugify

from .cells import rows_as_csv

Values = Mapping[str, Any]

OF_ALL = ("category", "audience", "level", "queues", "from", "to", "owner", "review", "state")
COLUMNS = ("id", "language", "questions", "answer", "link", *OF_ALL)
NAME_MOST = 60  # characters of a file's name, before its language


def as_csv(articles: Iterable[Values]) -> Iterator[str]:
    """Yield a table of articles."""
    return rows_as_csv(_rows(articles))


def as_zip(articles: Iterable[Values]) -> bytes:
    """Return a folder of files of Markdown, packed."""
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, text in as_files(articles):
            archive.writestr(name, text.encode())
    return packed.getvalue()


def as_files(articles: Iterable[Values]) -> Iterator[tuple[str, str]]:
    """Yield the name and the text of a file for each language of each article."""
    for name, article in _named(articles):
        is_main = {"main": True} if article["versions"] else {}
        yield (
            f"{name}.{article['language']}.md",
            _file({**_said(article), **is_main, **_of_all(article)}, article["answer"]),
        )
        for language, version in article["versions"].items():
            yield f"{name}.{language}.md", _file(_said(version), version["answer"])


def _rows(articles: Iterable[Values]) -> Iterator[Iterable[Any]]:
    yield COLUMNS
    for name, article in _named(articles):
        of_all = ("\n".join(each) if isinstance(each := article[key], list) else each for key in OF_ALL)
        yield (name, article["language"], *_cells(article), *of_all)
        for language, version in article["versions"].items():
            yield (name, language, *_cells(version), *("" for _key in OF_ALL))


def _cells(version: Values) -> tuple[str, str, str]:
    return "\n".join(version["questions"]), version["answer"], version["link"]


def _named(articles: Iterable[Values]) -> Iterator[tuple[str, Values]]:
    """Each with a name of its own that a file may have anywhere."""
    taken: set[str] = set()
    for article in articles:
        name = base = slugify(article["questions"][0])[:NAME_MOST].strip("-") or "article"
        number = 1
        while name in taken:
            number += 1
            name = f"{base}-{number}"
        taken.add(name)
        yield name, article


def _said(version: Values) -> Values:
    return {"questions": version["questions"], **({"link": version["link"]} if version["link"] else {})}


def _of_all(article: Values) -> Values:
    return {key: article[key] for key in OF_ALL if article[key] not in ("", None, [])}


def _file(values: Values, answer: str) -> str:
    head = "".join(f"{key}: {_yaml(value)}\n" for key, value in values.items())
    return f"---\n{head}---\n\n{answer}\n"


def _yaml(value: Any) -> str:
    """A value as YAML, which takes what JSON has."""
    if isinstance(value, list):
        return "".join(f"\n  - {_yaml(each)}" for each in value)
    if isinstance(value, bool):
        return str(value).lower()
    return json.dumps(value, ensure_ascii=not value.isprintable())
