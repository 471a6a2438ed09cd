"""What does the history of articles tell of an import? The same as of a form that was saved, in one statement."""

import json
from typing import Any

from django.contrib.admin.models import ADDITION, CHANGE, LogEntry
from django.contrib.contenttypes.models import ContentType
from django.utils.translation import override

from ..actions.setup.centre_file.articles import articles_of, key_of
from ..actions.setup.centre_file.entries import ARTICLE_DATES
from ..models import Article, ArticleVersion

SAID = ("questions", "answer", "link")
BATCH = 500


def log_import(user, tenant, plan):
    """Note for each article that a plan made or changed who it was, and what; call it in the import's transaction."""
    messages: dict[Any, list[Any]] = {change.path[1]: [{"added": {}}] for change in plan.made}
    for change in plan.changed:
        messages.setdefault(change.path[1], []).append(change)
    kind = ContentType.objects.get_for_model(Article)
    with override(None):  # what is called in English is translated when it is looked at
        entries = [
            LogEntry(
                user_id=user.pk,
                content_type=kind,
                object_id=str(article.pk),
                object_repr=str(article)[:200],
                **_told(article, messages[key]),
            )
            for article in articles_of(tenant)
            if (key := key_of(article)) in messages
        ]
    LogEntry.objects.bulk_create(entries, batch_size=BATCH)


def _told(article, changes):
    if isinstance(changes[0], dict):
        return {"action_flag": ADDITION, "change_message": json.dumps(changes)}
    fields = [_label(Article, change.path[2]) for change in changes if change.path[2] not in (*SAID, "versions")]
    main = [_label(ArticleVersion, change.path[2]) for change in changes if change.path[2] in SAID]
    told = [{"changed": {"fields": fields}}] if fields else []
    if main:
        told.append({"changed": {**_version(str(article)), "fields": main}})
    for change in changes:
        if change.path[2] == "versions":
            told += _versions(change.old or {}, change.new or {})
    return {"action_flag": CHANGE, "change_message": json.dumps(told)}


def _versions(old, new):
    for language in sorted({*old, *new}):
        version = _version((new.get(language) or old[language])["questions"][0])
        if language not in old:
            yield {"added": version}
        elif language not in new:
            yield {"deleted": version}
        elif old[language] != new[language]:
            fields = [_label(ArticleVersion, key) for key in SAID if old[language][key] != new[language][key]]
            yield {"changed": {**version, "fields": fields}}


def _version(title):
    return {"name": str(ArticleVersion._meta.verbose_name), "object": title}


def _label(model, key):
    """What people call a key of the file; in small letters it is found in the catalogues."""
    return str(model._meta.get_field(ARTICLE_DATES.get(key, key)).verbose_name)
