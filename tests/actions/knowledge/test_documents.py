"""The documents of a source become articles, batch by batch; what is gone is retired."""

import pytest

from contactcenter_chat.actions.knowledge import documents
from contactcenter_chat.actions.knowledge.documents import Reading, Refreshed
from contactcenter_chat.knowledge.documents import Document
from contactcenter_chat.models import Article
from tests import factories

pytestmark = pytest.mark.django_db


def document(number):
    return Document(f"key {number}", [f"Question {number}?"], "Yes.")


def take(center, *found, go_on=lambda: None):
    return Reading("handbook", center.tenant, go_on).take(found)


def test_each_batch_is_begun_by_asking_whether_to_go_on(center, monkeypatch):
    monkeypatch.setattr(documents, "BATCH", 2)
    asked = []
    done = take(center, *map(document, range(5)), go_on=lambda: asked.append(Article.objects.count()))
    assert (done, asked) == (Refreshed(written=5), [0, 2, 4])


def test_who_may_not_go_on_retires_nothing(center):
    take(center, document(1))

    def stop():
        raise RuntimeError("no more")

    with pytest.raises(RuntimeError):
        take(center, document(2), go_on=stop)
    assert list(Article.objects.values_list("source_key", "state")) == [("key 1", "published")]


def test_what_is_gone_is_retired(center):
    take(center, document(1), document(2))
    assert take(center, document(2)) == Refreshed(unchanged=1, retired=1)
    assert take(center, document(2)) == Refreshed(unchanged=1)


def test_what_was_taken_in_by_hand_stays(center):
    own = factories.make_article(center.tenant)
    assert take(center) == Refreshed()
    assert Article.objects.get() == own
    assert own.state == "published"
