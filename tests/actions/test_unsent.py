"""Can nobody fill the storage with files that are uploaded and never sent?"""

from datetime import timedelta
from unittest import mock

import pytest
from django.utils import timezone

from contactcenter_chat.actions import attachments, messages
from contactcenter_chat.actions.setup import tenants
from contactcenter_chat.actions.upkeep import retention
from contactcenter_chat.exceptions import RateLimited, Unavailable
from contactcenter_chat.models import Attachment
from tests import factories

from .test_races import at_once

pytestmark = pytest.mark.django_db
FILES = "No more than 2 files may be uploaded and not sent. Send some, or come again later."
BYTES = "No more than 12 bytes may be uploaded and not sent. Send some, or come again later."


@pytest.fixture
def conf(settings):
    settings.CONTACTCENTER_CHAT = {"LIVE_HINTS": False, "ATTACHMENT_UNSENT_FILES": 2, "ATTACHMENT_UNSENT_BYTES": 12}
    return settings.CONTACTCENTER_CHAT


@pytest.fixture
def center():
    return factories.make_center()


@pytest.fixture
def conversation(center):
    return factories.start_conversation(center.channel)


@pytest.fixture
def upload(conf, center, conversation):
    return lambda **options: factories.make_attachment(conversation, **{"api_key": center.api_key, **options})


@pytest.fixture
def chat(conf, center, conversation):
    conf |= {"ATTACHMENT_AGENT_UNSENT_FILES": 2, "ATTACHMENT_AGENT_UNSENT_BYTES": 12}
    factories.make_agent(center.tenant, center.queue)
    return factories.accepted(conversation)


def refused(upload, words, **options):
    before = Attachment.objects.count()
    with pytest.raises(RateLimited) as caught:
        upload(**options)
    assert (caught.value.message, Attachment.objects.count()) == (words, before)
    return caught.value.retry_after


def test_a_key_has_so_many_files(upload):
    upload(), upload()
    refused(upload, FILES)


def test_a_key_has_so_many_bytes(upload):
    upload(content=b"12345678")
    refused(upload, BYTES, content=b"12345")
    upload(content=b"1234")


def test_what_was_sent_counts_no_more(upload, conversation):
    for _ in range(3):
        row = upload()
        messages.add_message(conversation_id=conversation.pk, author_type="user", attachments=[row.pk])


def test_each_key_has_its_own(upload, center, conf):
    other = tenants.create_api_key(tenant=center.tenant, name="Portal").api_key
    upload(), upload()
    upload(api_key=other), upload(api_key=other)
    refused(upload, FILES, api_key=other)


def test_the_purge_makes_room_when_it_was_said(upload):
    upload(), upload()
    Attachment.objects.update(created_at=timezone.now() - timedelta(hours=23))
    assert 3590 < refused(upload, FILES) <= 3600
    Attachment.objects.update(created_at=timezone.now() - timedelta(hours=25))
    assert refused(upload, FILES) == 1
    assert retention.purge()["attachments"] == 2
    upload()


def test_a_file_that_could_not_be_stored_takes_no_room(upload):
    with mock.patch.object(attachments.storing, "keep", side_effect=OSError("disk full")):
        for _ in range(3):
            with pytest.raises(Unavailable):
                upload()
    assert set(Attachment.objects.values_list("state", flat=True)) == {"removed"}
    upload()


def test_zero_is_no_limit(upload, conf):
    conf |= {"ATTACHMENT_UNSENT_FILES": 0, "ATTACHMENT_UNSENT_BYTES": 0}
    for _ in range(4):
        upload()


def test_an_agent_has_so_many_too(conf, chat):
    def upload(**options):
        factories.make_attachment(chat.conversation, author_type="agent", agent=chat.agent, **options)

    conf |= {"ATTACHMENT_UNSENT_FILES": 1}  # of keys, which do not matter here
    upload(), upload(content=b"1")
    refused(upload, FILES)
    thrown = Attachment.objects.first()
    attachments.discard_attachment(conversation_id=chat.conversation_id, attachment_id=thrown.pk, agent=chat.agent)
    refused(upload, BYTES, content=b"x" * 13)
    upload()


def test_two_things_are_asked_whatever_was_uploaded(upload, django_assert_num_queries, conf):
    conf |= {"ATTACHMENT_UNSENT_FILES": 100, "ATTACHMENT_UNSENT_BYTES": 0}
    with django_assert_num_queries(7) as few:
        upload()
    for _ in range(5):
        upload()
    with django_assert_num_queries(len(few)):
        upload()


@pytest.mark.postgresql
@pytest.mark.django_db(transaction=True)
def test_two_at_once_are_one_after_the_other(conf, center):
    conversations = [factories.start_conversation(center.channel) for _ in range(6)]
    calls = [
        lambda conversation=each: factories.make_attachment(conversation, api_key=center.api_key)
        for each in conversations
    ]
    answers = at_once(*calls)
    assert sorted(type(each).__name__ for each in answers) == ["Attachment"] * 2 + ["RateLimited"] * 4
    assert Attachment.objects.count() == 2
