"""Is what a prepared response does owed with its message, undone in time, and carried out once?"""

import threading
from datetime import timedelta

import pytest
from django.db import connection, transaction
from django.db.models import F

from contactcenter_chat.actions.center import interactions, queues, timers, transfers, wrapup
from contactcenter_chat.actions.center.skills import create_skill, delete_skill
from contactcenter_chat.actions.knowledge import acts, responses
from contactcenter_chat.actions.setup import codes
from contactcenter_chat.exceptions import Conflict, Invalid, NotFound
from contactcenter_chat.models import Interaction, Message, OwedActs, PreparedResponse, Segment, clock
from contactcenter_chat.models.clock import database_now
from tests import factories

pytestmark = pytest.mark.django_db


@pytest.fixture
def agent(center):
    return factories.make_agent(center.tenant, center.queue)


@pytest.fixture
def chat(center, agent):
    return factories.accepted(factories.start_conversation(center.channel))


@pytest.fixture
def refunds(center):
    return factories.make_queue(center.tenant, "Refunds")


def prepared(center, title="Refunds", of=None, **acts):
    response = PreparedResponse(tenant=center.tenant, queue=of, title=title, text="One moment.", acts=acts)
    responses.save_prepared_response(response)
    return response


def said(chat, agent, *sent, client_id=""):
    ids = [response.pk for response in sent]
    return acts.say(
        conversation_id=chat.conversation_id, agent=agent, response_ids=ids, text="One moment.", client_id=client_id
    )


def when_due():
    OwedActs.objects.update(due_at=F("due_at") - timedelta(minutes=1))  # in the order that they have
    return timers.run_timers()["acts_owed"]


def problems():
    return [each["message"] % each["places"] for row in OwedActs.objects.order_by("pk") for each in row.problems]


class TestChecked:
    def refused(self, center, **acts):
        with pytest.raises(Invalid) as refusal:
            prepared(center, **acts)
        assert not PreparedResponse.objects.exists()
        return refusal.value.field, refusal.value.message

    def test_all_of_them(self, center, refunds):
        (fees,) = factories.make_codes(center.tenant, "Fees")
        skill = create_skill(tenant=center.tenant, name="visas")
        kept = {"codes": [fees.pk], "queue": refunds.pk, "skills": {skill.pk: 2}, "priority": 5}
        assert prepared(center, **kept).acts == kept

    def test_what_says_nothing_is_not_kept(self, center):
        assert prepared(center, codes=[], queue=None, skills={}, priority=0).acts == {}

    def test_what_is_anothers_is_not_there(self, center):
        other = factories.make_center()
        (fees,) = factories.make_codes(other.tenant, "Fees")
        skill = create_skill(tenant=other.tenant, name="visas")
        assert self.refused(center, codes=[fees.pk]) == ("acts", "This code cannot be chosen.")
        assert self.refused(center, queue=other.queue.pk) == ("acts", "There is no such queue.")
        assert self.refused(center, skills={skill.pk: 2}) == ("acts", "There is no such skill.")

    def test_codes_are_such_as_can_be_chosen(self, center):
        retired, heading, one, two = factories.make_codes(center.tenant, "A", "B", "C", "D", selection="single")
        codes.retire_code(retired)
        codes.create_code(code_list=heading.list, parent=heading, short_code="under", label="Under")
        for code in (retired, heading):
            assert self.refused(center, codes=[code.pk]) == ("acts", "This code cannot be chosen.")
        assert self.refused(center, codes=[one.pk, two.pk])[1] == f"Choose one code of {one.list.name}."

    def test_levels_and_minutes_have_a_range(self, center, refunds):
        skill = create_skill(tenant=center.tenant, name="visas")
        assert self.refused(center, skills={skill.pk: 6}) == ("acts", "A level is 1 to 5.")
        told = ("acts", "The priority is -10 to 30 minutes.")
        assert self.refused(center, queue=refunds.pk, priority=31) == told
        assert self.refused(center, priority=3) == ("acts", "A priority needs a queue to hand on to.")
        assert self.refused(center, wait=3) == ("acts", "There is no such act.")


class TestOwed:
    def test_a_row_with_the_message_and_nothing_else_yet(self, center, agent, chat, refunds):
        response = prepared(center, queue=refunds.pk)
        before = database_now()
        said(chat, agent, response)
        owed = OwedActs.objects.get()
        assert (owed.interaction, owed.agent, owed.response, owed.acts) == (chat, agent, response, response.acts)
        assert timedelta(seconds=5) <= owed.due_at - before < timedelta(seconds=9)
        assert timers.run_timers()["acts_owed"] == 0
        chat.refresh_from_db()
        assert chat.state == "handling"

    def test_a_message_that_is_refused_owes_nothing(self, center, agent, chat, refunds):
        with pytest.raises(Invalid):
            acts.say(
                conversation_id=chat.conversation_id,
                agent=agent,
                response_ids=[prepared(center, queue=refunds.pk).pk],
                text="",
            )
        assert not OwedActs.objects.exists()
        assert not Message.objects.filter(author_type="agent").exists()

    def test_it_is_there_no_sooner_than_its_message(self, center, agent, chat, refunds):
        response = prepared(center, queue=refunds.pk)
        with pytest.raises(RuntimeError), transaction.atomic():
            said(chat, agent, response)
            raise RuntimeError
        assert not OwedActs.objects.exists()

    def test_a_repeat_owes_nothing_more(self, center, agent, chat, refunds):
        response = prepared(center, queue=refunds.pk)
        first = said(chat, agent, response, client_id="a")
        assert said(chat, agent, response, client_id="a") == first
        assert OwedActs.objects.count() == 1
        OwedActs.objects.all().delete()  # undone
        assert said(chat, agent, response, client_id="a") == first
        assert not OwedActs.objects.exists()

    def test_what_is_of_another_queue_owes_nothing(self, center, agent, chat, refunds):
        said(chat, agent, prepared(center, queue=refunds.pk, of=refunds))
        assert not OwedActs.objects.exists()

    def test_what_does_nothing_or_is_anothers_owes_nothing(self, center, agent, chat):
        other = factories.make_center()
        said(chat, agent, prepared(center), prepared(other, queue=other.queue.pk))
        assert not OwedActs.objects.exists()
        acts.say(conversation_id=chat.conversation_id, agent=agent, response_ids=["nowhere"], text="x")
        assert not OwedActs.objects.exists()

    def test_at_once_when_the_setting_says_so(self, center, agent, chat, refunds, settings):
        settings.CONTACTCENTER_CHAT = {**settings.CONTACTCENTER_CHAT, "ACT_SECONDS": 0}
        said(chat, agent, prepared(center, queue=refunds.pk))
        assert timers.run_timers()["acts_owed"] == 1


def delete(queue):
    """Take a queue away that the prepared response names no more; what is owed still does."""
    PreparedResponse.objects.update(acts={})
    queues.delete_queue(queue)


class TestUndone:
    def test_it_is_not_done(self, center, agent, chat, refunds):
        said(chat, agent, prepared(center, queue=refunds.pk))
        acts.undo_acts(owed_id=OwedActs.objects.get().pk, agent=agent)
        assert not OwedActs.objects.exists()
        assert when_due() == 0
        assert Interaction.objects.get().state == "handling"

    def test_too_late(self, center, agent, chat, refunds):
        said(chat, agent, prepared(center, queue=refunds.pk))
        pk = OwedActs.objects.get().pk
        assert when_due() == 1
        with pytest.raises(Conflict):
            acts.undo_acts(owed_id=pk, agent=agent)

    def test_what_was_tried_is_not_undone_but_forgotten(self, center, agent, chat, refunds):
        said(chat, agent, prepared(center, queue=refunds.pk))
        delete(refunds)
        assert when_due() == 1
        pk = OwedActs.objects.get().pk
        with pytest.raises(Conflict):
            acts.undo_acts(owed_id=pk, agent=agent)
        assert OwedActs.objects.exists()
        acts.forget_problems(owed_id=pk, agent=agent)
        acts.forget_problems(owed_id=pk, agent=agent)
        assert not OwedActs.objects.exists()

    def test_nobody_undoes_anothers(self, center, agent, chat, refunds):
        said(chat, agent, prepared(center, queue=refunds.pk))
        other = factories.make_agent(center.tenant, center.queue)
        with pytest.raises(NotFound):
            acts.undo_acts(owed_id=OwedActs.objects.get().pk, agent=other)
        acts.forget_problems(owed_id=OwedActs.objects.get().pk, agent=other)
        assert OwedActs.objects.count() == 1


class TestCarriedOut:
    def test_all_of_them_once(self, center, agent, chat, refunds):
        chosen, fees = factories.make_codes(center.tenant, "Housing", "Fees", selection="multiple")
        skill = create_skill(tenant=center.tenant, name="visas")
        wrapup.choose_codes(interaction_id=chat.pk, agent=agent, code_ids=[chosen.pk])
        response = prepared(center, codes=[fees.pk], queue=refunds.pk, skills={skill.pk: 2}, priority=7)
        said(chat, agent, response)
        assert when_due() == 1
        assert not OwedActs.objects.exists()
        chat.refresh_from_db()
        assert (chat.state, chat.outcome) == ("wrap_up", "transferred")
        assert set(chat.codes.values_list("code", flat=True)) == {chosen.pk, fees.pk}
        waiting = Interaction.objects.exclude(pk=chat.pk).get()
        assert (waiting.queue, waiting.state, waiting.priority) == (refunds, "waiting", 12)
        assert waiting.wish["skills"] == {skill.pk: 2}
        assert when_due() == 0
        assert Interaction.objects.count() == 2

    def test_skills_alone_are_for_the_next_time(self, center, agent, chat):
        skill = create_skill(tenant=center.tenant, name="visas")
        said(chat, agent, prepared(center, skills={skill.pk: 2}))
        assert when_due() == 1
        chat.conversation.refresh_from_db()
        assert chat.conversation.asked_skills == {skill.pk: 2}
        transfers.transfer_to_queue(interaction_id=chat.pk, agent=agent, queue=center.queue)
        assert Interaction.objects.exclude(pk=chat.pk).get().wish["skills"] == {skill.pk: 2}

    def test_several_in_one_message_the_handing_on_last(self, center, agent, chat, refunds):
        (fees,) = factories.make_codes(center.tenant, "Fees")
        said(chat, agent, prepared(center, queue=refunds.pk), prepared(center, "Codes", codes=[fees.pk]))
        assert when_due() == 2
        chat.refresh_from_db()
        assert (chat.outcome, chat.codes.count()) == ("transferred", 1)

    @pytest.mark.parametrize("how", ["ended", "handed_on"])
    def test_nothing_in_a_chat_that_is_not_the_agents_any_more(self, center, agent, chat, refunds, how):
        (fees,) = factories.make_codes(center.tenant, "Fees")
        said(chat, agent, prepared(center, queue=refunds.pk, codes=[fees.pk]))
        if how == "ended":
            interactions.end_interaction(interaction_id=chat.pk, agent=agent)
        else:
            transfers.transfer_to_queue(interaction_id=chat.pk, agent=agent, queue=center.queue)
        assert when_due() == 0
        assert not OwedActs.objects.exists()
        assert chat.codes.count() == 0
        assert not Segment.objects.filter(queue=refunds).exists()

    def test_what_cannot_be_done_is_told_and_the_rest_is_done(self, center, agent, chat, refunds):
        retired, fees = factories.make_codes(center.tenant, "Old", "Fees", selection="multiple")
        gone, skill = (create_skill(tenant=center.tenant, name=name) for name in ("gone", "visas"))
        response = prepared(center, codes=[retired.pk, fees.pk], queue=refunds.pk, skills={gone.pk: 1, skill.pk: 2})
        said(chat, agent, response)
        codes.retire_code(retired)
        delete_skill(skill=gone, by=None)
        delete(refunds)
        assert when_due() == 1
        assert problems() == [
            "The code Old could not be set.",
            "A skill of the prepared response is deleted.",
            "The queue to hand the chat on to is deleted.",
        ]
        assert when_due() == 0
        chat.refresh_from_db()
        assert (chat.state, list(chat.codes.values_list("code", flat=True))) == ("handling", [fees.pk])
        chat.conversation.refresh_from_db()
        assert chat.conversation.asked_skills == {skill.pk: 2}

    def test_a_code_of_a_list_of_which_the_agent_chose_another_is_told(self, center, agent, chat):
        one, two = factories.make_codes(center.tenant, "One", "Two", selection="single")
        wrapup.choose_codes(interaction_id=chat.pk, agent=agent, code_ids=[one.pk])
        said(chat, agent, prepared(center, codes=[two.pk]))
        assert when_due() == 1
        assert problems() == ["The code Two could not be set."]
        assert list(chat.codes.values_list("code", flat=True)) == [one.pk]

    def test_a_deleted_response_still_does_what_was_owed(self, center, agent, chat, refunds):
        response = prepared(center, queue=refunds.pk)
        said(chat, agent, response)
        responses.delete_prepared_response(response)
        assert when_due() == 1
        assert Segment.objects.filter(queue=refunds).count() == 1


@pytest.mark.postgresql
@pytest.mark.django_db(transaction=True)
def test_undone_and_carried_out_at_once_it_is_one_of_both(center, agent, chat, refunds):
    response = prepared(center, queue=refunds.pk)
    said(chat, agent, response)
    OwedActs.objects.update(due_at=clock.now() - timedelta(seconds=9))
    pk, told, start = OwedActs.objects.get().pk, [], threading.Barrier(2)

    def undo():
        start.wait()
        try:
            acts.undo_acts(owed_id=pk, agent=agent)
            told.append("undone")
        except Conflict:
            told.append("too late")
        finally:
            connection.close()

    def carry_out():
        start.wait()
        try:
            told.append("done" if acts.carry_out(pk, database_now()) else "nothing")
        finally:
            connection.close()

    threads = [threading.Thread(target=each) for each in (undo, carry_out)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(told) in (["nothing", "undone"], ["done", "too late"])
    assert Interaction.objects.count() == (2 if "done" in told else 1)
    assert not OwedActs.objects.exists()
