"""How a customer shows who they are: codes that are sent, come back, are wrong, too old, too many."""

import logging
import threading
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from functools import partial

import pytest
from django.core import mail
from django.db import connection, transaction

from contactcenter_chat import signals
from contactcenter_chat.actions import verification
from contactcenter_chat.actions.center.interactions import end_interaction
from contactcenter_chat.actions.conversations import erase_conversation, update_customer_data
from contactcenter_chat.actions.verification import check_code, send_code
from contactcenter_chat.exceptions import Conflict, ContactCenterError, Invalid, NotFound, RateLimited, Unavailable
from contactcenter_chat.models import Delivery, Interaction, Verification
from contactcenter_chat.models.clock import database_now
from contactcenter_chat.queries.identity import level_of
from contactcenter_chat.wire.levels import Level
from tests import factories
from tests.facts import facts, fresh, refused

pytestmark = pytest.mark.django_db
GRACE, MASKED = "grace@example.org", "g•••@example.org"
SENT = []


def note(address, code, conversation):
    """A project's sender."""
    SENT.append((address, code, conversation.pk))


def fail(address, code, conversation):
    raise OSError(f"{address} {code}")


def end_chat(address, code, conversation):
    chat = Interaction.objects.get()
    end_interaction(interaction_id=chat.pk, agent=chat.agent)


@pytest.fixture(autouse=True)
def conf(settings):
    SENT.clear()
    settings.CONTACTCENTER_CHAT = {"LIVE_HINTS": False, "VERIFICATION_SENDER": f"{__name__}.note"}
    return settings.CONTACTCENTER_CHAT


@pytest.fixture
def conversation(center):
    return factories.start_conversation(center.channel, name="Grace", email="Grace@Example.org")


def another(code):
    return f"{(int(code) + 1) % 10**6:06}"


def code_for(conversation, **about):
    send_code(conversation_id=conversation.pk, **about)
    return SENT[-1][1]


def ago(**period):
    return database_now() - timedelta(**period)


class TestSending:
    def test_a_code_of_which_a_hash_is_kept(self, conversation):
        sent = send_code(conversation_id=conversation.pk)
        ((address, code, about),) = SENT
        assert (address, about) == (GRACE, conversation.pk)
        assert code.isdecimal()
        assert len(code) == 6
        row = Verification.objects.get()
        assert (row, row.address, row.tries, row.verified_at) == (sent, GRACE, 0, None)
        assert row.expires_at - row.sent_at == timedelta(minutes=10)
        assert len(row.code_hash) == 64
        assert str(row) == MASKED
        assert code not in repr(vars(row))

    def test_the_fact_says_a_masked_address_and_is_told_to_nobody(self, conversation):
        before, told = conversation.last_number, Delivery.objects.count()
        code_for(conversation)
        assert facts(conversation, after=before) == [(4, "verification.sent", None, {"address": MASKED})]
        assert Delivery.objects.count() == told

    def test_no_code_is_good_without_its_fact(self, conversation, monkeypatch):
        """Whoever dies after sending it leaves one that counts, and is worth nothing."""

        def die(*about):
            raise SystemExit

        before = conversation.last_number
        with monkeypatch.context() as patch, pytest.raises(SystemExit):
            patch.setattr(verification, "record", die)
            send_code(conversation_id=conversation.pk)
        assert facts(conversation, after=before) == []
        with refused(Conflict):
            check_code(conversation_id=conversation.pk, code=SENT[-1][1])
        assert Verification.objects.get().verified_at is None
        check_code(conversation_id=conversation.pk, code=code_for(conversation))

    def test_one_that_was_begun_and_died_leaves_the_earlier_good(self, conversation, monkeypatch):
        def die(*about):
            raise SystemExit

        first = code_for(conversation)
        with monkeypatch.context() as patch, pytest.raises(SystemExit):
            patch.setattr(verification, "record", die)
            send_code(conversation_id=conversation.pk)
        assert Verification.objects.count() == 2
        check_code(conversation_id=conversation.pk, code=first)
        with refused(Conflict):
            check_code(conversation_id=conversation.pk, code=SENT[-1][1])

    def test_another_address(self, conversation):
        code_for(conversation, address=" Ada@Example.org ")
        assert SENT[0][0] == Verification.objects.get().address == "ada@example.org"

    def test_without_any_address(self, center):
        conversation = factories.start_conversation(center.channel, name="Grace")
        with refused(Invalid, field="address"):
            send_code(conversation_id=conversation.pk)

    @pytest.mark.parametrize(
        "address", ["grace", "grace@", "a@b.example, c@d.example", "a@b.example\nBcc: c@d.example"]
    )
    def test_what_is_no_address(self, conversation, address):
        with refused(Invalid, field="address", value=None):
            send_code(conversation_id=conversation.pk, address=address)
        assert SENT == []

    def test_what_is_not_there(self, center, conversation):
        other = factories.make_tenant().tenant
        for about in ({"conversation_id": "x"}, {"conversation_id": conversation.pk, "tenant_id": other.pk}):
            with refused(NotFound):
                send_code(**about)

    def test_an_agent_must_be_in_the_chat(self, agent, colleague, conversation):
        factories.accepted(conversation)
        with refused(Conflict):
            send_code(conversation_id=conversation.pk, agent=colleague)
        assert code_for(conversation, agent=agent)
        with refused(Conflict):
            check_code(conversation_id=conversation.pk, code="123456", agent=colleague)

    def test_an_agent_who_has_lost_the_chat_meanwhile_says_nothing_there(self, agent, conversation, conf):
        chat = factories.accepted(conversation)
        earlier = code_for(conversation)
        conf["VERIFICATION_SENDER"] = f"{__name__}.end_chat"
        before = fresh(conversation, "last_number")[0]
        with pytest.raises(Conflict):
            send_code(conversation_id=conversation.pk, agent=agent)
        assert fresh(chat, "outcome") == ("handled",)
        assert not conversation.messages.exists()
        assert "verification.sent" not in [kind for _number, kind, *_more in facts(conversation, after=before)]
        check_code(conversation_id=conversation.pk, code=earlier)

    def test_the_customer_is_told_in_their_language_when_an_agent_sends_one(self, agent, conversation):
        factories.accepted(conversation)
        type(conversation).objects.update(language="es")
        code_for(conversation)  # by a client, which says so itself
        assert not conversation.messages.exists()
        code_for(conversation, agent=agent)
        message = conversation.messages.get()
        told = f"Se ha enviado un código a {MASKED}: escríbalo aquí, por favor."
        assert (message.author_type, message.text) == ("system", f"Debemos estar seguros de quién es usted. {told}")

    def test_nobody_is_told_of_one_that_could_not_be_sent(self, agent, conversation, conf):
        factories.accepted(conversation)
        conf["VERIFICATION_SENDER"] = f"{__name__}.fail"
        with refused(Unavailable):
            send_code(conversation_id=conversation.pk, agent=agent)
        assert not conversation.messages.exists()

    def test_three_to_an_address_within_an_hour_wherever(self, center, conversation):
        other = factories.start_conversation(center.channel, email=GRACE)
        for each in (conversation, other, conversation):
            code_for(each)
        with refused(RateLimited):
            send_code(conversation_id=other.pk)
        assert code_for(other, address="ada@example.org")
        museum = factories.make_center()
        assert code_for(factories.start_conversation(museum.channel, email=GRACE))
        first = Verification.objects.order_by("sent_at").first()
        Verification.objects.filter(pk=first.pk).update(sent_at=ago(minutes=61))
        assert code_for(other)
        assert fresh(first, "slot") == (None,)
        with refused(RateLimited):
            send_code(conversation_id=other.pk)

    def test_when_to_come_again(self, conversation):
        for _ in range(3):
            code_for(conversation)
        Verification.objects.update(sent_at=ago(minutes=20))
        with pytest.raises(RateLimited) as caught:
            send_code(conversation_id=conversation.pk)
        assert 2395 <= caught.value.retry_after <= 2401

    def test_six_in_a_conversation_within_a_day(self, conversation):
        for number in range(6):
            code_for(conversation, address=f"{number}@example.org")
        with refused(RateLimited):
            send_code(conversation_id=conversation.pk)
        Verification.objects.filter(address="0@example.org").update(sent_at=ago(hours=25))
        assert code_for(conversation)

    def test_what_could_not_be_sent_counts_as_no_code(self, conversation, conf, caplog):
        code = code_for(conversation)
        conf["VERIFICATION_SENDER"] = f"{__name__}.fail"
        for _ in range(7):
            with refused(Unavailable, status=503):
                send_code(conversation_id=conversation.pk)
        assert caplog.messages == [f"{__name__}.fail failed: OSError"] * 7
        assert all(record.exc_info is None for record in caplog.records)
        assert check_code(conversation_id=conversation.pk, code=code).verified_at

    def test_no_code_is_logged(self, conversation, caplog):
        caplog.set_level(logging.DEBUG)
        code = code_for(conversation)
        check_code(conversation_id=conversation.pk, code=code)
        assert code not in caplog.text
        assert code not in str(facts(conversation))

    @pytest.mark.django_db(transaction=True)
    def test_it_is_sent_in_no_transaction(self, conversation, conf):
        conf["VERIFICATION_SENDER"] = f"{__name__}.note_transaction"
        send_code(conversation_id=conversation.pk)
        assert SENT == [(False, 1)]
        with transaction.atomic(), pytest.raises(RuntimeError):
            send_code(conversation_id=conversation.pk)


def note_transaction(address, code, conversation):
    SENT.append((connection.in_atomic_block, Verification.objects.count()))


class TestByMail:
    @pytest.fixture(autouse=True)
    def mailed(self, conf):
        del conf["VERIFICATION_SENDER"]

    def test_by_djangos_mail(self, conversation):
        send_code(conversation_id=conversation.pk)
        (message,) = mail.outbox
        assert (message.subject, message.to) == ("Your code for College", [GRACE])
        code = message.body.split("Your code is ")[1][:6]
        assert message.body == (
            f"Your code is {code}. It is good for 10 minutes.\n\n"
            "Give it in the chat with College, to show that this address is yours.\n\n"
            "If you are in no such chat, there is nothing that you need to do. Tell nobody else the code.\n"
        )
        assert check_code(conversation_id=conversation.pk, code=code).verified_at

    def test_in_the_customers_language(self, center):
        conversation = factories.start_conversation(center.channel, email=GRACE, language="es-MX")
        send_code(conversation_id=conversation.pk)
        assert mail.outbox[0].subject == "Su código para College"

    @pytest.mark.parametrize("language", ["", "xx", "no such thing"])
    def test_in_the_projects_where_that_is_not_known(self, center, language):
        conversation = factories.start_conversation(center.channel, email=GRACE, language=language)
        send_code(conversation_id=conversation.pk)
        assert mail.outbox[0].subject == "Your code for College"

    @pytest.mark.usefixtures("no_mail_server")
    def test_a_mail_server_that_is_not_there(self, conversation):
        with refused(Unavailable):
            send_code(conversation_id=conversation.pk)


class TestChecking:
    def test_the_right_one(self, conversation):
        code = code_for(conversation)
        before = conversation.last_number + 1
        sent = check_code(conversation_id=conversation.pk, code=f" {code[:3]} {code[3:]}\n")
        assert fresh(sent, "verified_at", "tries") == (sent.verified_at, 0)
        data = {"level": "code", "address": MASKED}
        assert facts(conversation, after=before) == [(5, "customer.verified", None, data)]
        assert level_of(conversation, database_now()) is Level.CODE

    def test_it_is_good_once(self, conversation):
        code = code_for(conversation)
        check_code(conversation_id=conversation.pk, code=code)
        with refused(Conflict):
            check_code(conversation_id=conversation.pk, code=code)

    def test_three_wrong_ones_make_it_void(self, conversation):
        code = code_for(conversation)
        for tries, words in ((1, "This is not the code."), (2, "This is not the code.")):
            with pytest.raises(Invalid, match=words) as caught:
                check_code(conversation_id=conversation.pk, code=another(code))
            assert (caught.value.field, caught.value.value) == ("code", None)
            assert fresh(Verification.objects.get(), "tries") == (tries,)
        with pytest.raises(Invalid, match="it cannot be tried again"):
            check_code(conversation_id=conversation.pk, code=another(code))
        with refused(Conflict):
            check_code(conversation_id=conversation.pk, code=code)
        assert level_of(conversation, database_now()) is Level.CLAIMED

    @pytest.mark.parametrize("code", ["", "12345", "1234567", "12345a", "１２３４５６", "12345\u0000"])
    def test_what_is_no_code_is_no_try(self, conversation, code):
        code_for(conversation)
        with refused(Invalid, field="code"):
            check_code(conversation_id=conversation.pk, code=code)

    def test_one_that_is_too_old(self, conversation):
        code = code_for(conversation)
        Verification.objects.update(expires_at=ago(seconds=1))
        with refused(Conflict):
            check_code(conversation_id=conversation.pk, code=code)

    def test_one_before_the_last(self, conversation):
        code, last = code_for(conversation), code_for(conversation)
        while last == code:
            last = code_for(conversation)
        with pytest.raises(Invalid):
            check_code(conversation_id=conversation.pk, code=code)
        check_code(conversation_id=conversation.pk, code=last)

    def test_one_of_another_conversation(self, center, conversation):
        code = code_for(conversation)
        other = factories.start_conversation(center.channel, email=GRACE)
        with refused(Conflict):
            check_code(conversation_id=other.pk, code=code)
        stranger = factories.make_tenant().tenant
        with refused(NotFound):
            check_code(conversation_id=conversation.pk, code=code, tenant_id=stranger.pk)

    def test_after_the_projects_key_was_changed(self, conversation, settings):
        code = code_for(conversation)
        settings.SECRET_KEY_FALLBACKS, settings.SECRET_KEY = [settings.SECRET_KEY], "another"
        check_code(conversation_id=conversation.pk, code=code)
        code = code_for(conversation)
        settings.SECRET_KEY_FALLBACKS, settings.SECRET_KEY = [], "a third"
        with pytest.raises(Invalid):
            check_code(conversation_id=conversation.pk, code=code)

    def test_an_address_that_is_not_the_customers_makes_it_no_surer(self, conversation):
        code = code_for(conversation, address="ada@example.org")
        check_code(conversation_id=conversation.pk, code=code)
        assert facts(conversation)[-1][3] == {"level": "claimed", "address": "a•••@example.org"}
        update_customer_data(conversation_id=conversation.pk, data={"email": "ada@example.org"})
        conversation.refresh_from_db()
        assert level_of(conversation, database_now()) is Level.CODE

    def test_a_project_is_told(self, conversation, django_capture_on_commit_callbacks):
        heard = []

        def listen(sender, entry, conversation, **about):
            heard.append((entry.kind, entry.data["address"], conversation.pk))

        for signal in (signals.verification_sent, signals.customer_verified):
            signal.connect(listen, weak=False)
        try:
            with django_capture_on_commit_callbacks(execute=True):
                code = code_for(conversation)
                check_code(conversation_id=conversation.pk, code=code)
        finally:
            for signal in (signals.verification_sent, signals.customer_verified):
                signal.disconnect(listen)
        kinds = ("verification.sent", "customer.verified")
        assert heard == [(kind, MASKED, conversation.pk) for kind in kinds]


def test_nothing_is_left_of_it_when_the_conversation_is_erased(conversation):
    check_code(conversation_id=conversation.pk, code=code_for(conversation))
    erase_conversation(conversation_id=conversation.pk)
    assert not Verification.objects.exists()
    told = {kind: data for _n, kind, _i, data in facts(conversation)}
    assert told["verification.sent"] == {"address": ""}
    assert told["customer.verified"] == {"level": "code", "address": ""}
    with refused(NotFound):
        send_code(conversation_id=conversation.pk, address=GRACE)


def test_erased_while_it_is_sent(conversation, conf):
    conf["VERIFICATION_SENDER"] = f"{__name__}.erase"
    with pytest.raises(NotFound):
        send_code(conversation_id=conversation.pk)
    assert not Verification.objects.exists()


def erase(address, code, conversation):
    erase_conversation(conversation_id=conversation.pk)


# Two at once


def at_once(*calls):
    """Run the calls in threads that start together; return what each returned or raised."""
    barrier = threading.Barrier(len(calls))

    def run(call):
        try:
            barrier.wait()
            return call()
        except ContactCenterError as error:
            return error
        finally:
            connection.close()

    with ThreadPoolExecutor(len(calls)) as pool:
        return list(pool.map(run, calls))


@pytest.mark.postgresql
@pytest.mark.django_db(transaction=True)
class TestAtOnce:
    def test_one_code_is_good_for_one(self, conversation):
        check = partial(check_code, conversation_id=conversation.pk, code=code_for(conversation))
        done = at_once(*[check] * 6)
        assert sorted(type(each).__name__ for each in done) == ["Conflict"] * 5 + ["Verification"]
        assert conversation.log.filter(kind="customer.verified").count() == 1

    def test_wrong_ones_are_all_counted(self, conversation):
        check = partial(check_code, conversation_id=conversation.pk, code=another(code_for(conversation)))
        done = at_once(*[check] * 8)
        assert sorted(type(each).__name__ for each in done) == ["Conflict"] * 5 + ["Invalid"] * 3
        assert Verification.objects.get().tries == 3

    def test_three_are_sent_in_one_conversation(self, conversation):
        send_code(conversation_id=conversation.pk)
        done = at_once(*[partial(send_code, conversation_id=conversation.pk)] * 5)
        assert sorted(type(each).__name__ for each in done) == ["RateLimited"] * 3 + ["Verification"] * 2
        assert len(SENT) == Verification.objects.count() == 3

    def test_three_are_sent_to_one_address(self, center):
        talks = [factories.start_conversation(center.channel, email=GRACE) for _ in range(8)]
        done = at_once(*[partial(send_code, conversation_id=each.pk) for each in talks])
        assert sorted(type(each).__name__ for each in done) == ["RateLimited"] * 5 + ["Verification"] * 3
        assert len(SENT) == Verification.objects.count() == 3


def test_codes_are_counted_by_what_is_kept():
    assert verification.COUNTED_WITHIN >= verification.ADDRESS_WITHIN >= verification.GOOD_FOR
