"""What the agent does: presence, offers, transfer, end, wrap-up."""

import json

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from contactcenter_chat.actions.center import offers
from contactcenter_chat.models import Interaction, InteractionCode, Offer, TransactionCode
from tests import factories

from .conftest import told


def happened(answer):
    assert answer.status_code == 204, answer.content
    return json.loads(answer["X-Desk"])


def refusal(answer, status):
    assert (answer.status_code, answer["Content-Type"]) == (status, "text/plain; charset=utf-8")
    return answer.content.decode()


class TestPresence:
    def test_is_set_with_its_reason(self, agent, desk):
        assert happened(desk.post("presence", presence="on_break", reason="  Lunch ")) == {}
        agent.refresh_from_db()
        assert (agent.presence, agent.presence_reason) == ("on_break", "Lunch")

    @pytest.mark.parametrize("presence", ["", "asleep"])
    def test_an_unknown_one_is_refused(self, agent, desk, presence):
        refusal(desk.post("presence", presence=presence), 400)
        agent.refresh_from_db()
        assert agent.presence == "available"

    def test_nobody_goes_offline_out_of_a_chat(self, chat, desk):
        told = refusal(desk.post("presence", presence="offline"), 409)
        assert told == "End or hand on your chats first, or choose “no new chats”."

    def test_a_heartbeat_is_noted(self, agent, desk):
        seen = agent.last_seen_at
        assert desk.post("heartbeat").status_code == 204
        agent.refresh_from_db()
        assert agent.last_seen_at > seen


class TestOffers:
    @pytest.fixture
    def offer(self, center, agent):
        return factories.offer_of(factories.start_conversation(center.channel))

    def test_accepting_opens_the_chat(self, offer, agent, desk):
        conversation_id = offer.interaction.conversation_id
        for _ in range(2):
            assert happened(desk.post("accept", offer.pk)) == {"open": conversation_id}
        offer.refresh_from_db()
        assert (offer.state, offer.interaction.agent) == ("accepted", agent)

    def test_declining_leaves_it_to_others(self, offer, desk):
        assert happened(desk.post("decline", offer.pk)) == {}
        offer.refresh_from_db()
        assert (offer.state, offer.reason) == ("rejected", "declined")

    def test_who_has_it_is_said_when_it_is_too_late(self, center, offer, agent, desk):
        offers.decline_offer(offer_id=offer.pk, agent=agent)
        factories.make_agent(center.tenant, center.queue, first_name="Tom", last_name="Whitfield")
        factories.accepted(offer.interaction.conversation)
        assert refusal(desk.post("accept", offer.pk), 409) == "Tom Whitfield has this chat."

    def test_an_unknown_offer_is_not_there(self, desk):
        refusal(desk.post("accept", "x" * 22), 404)


class TestTransfer:
    def test_to_a_queue_with_a_note(self, center, chat, desk):
        queue = factories.make_queue(center.tenant, name="Finance")
        answer = desk.post("transfer", chat.pk, target=f"queue:{queue.pk}", note=" Payment plan ")
        assert happened(answer) == {"moved": chat.conversation_id}
        assert Interaction.objects.get(state="waiting").queue == queue
        assert chat.conversation.log.get(kind="interaction.transferred").data["note"] == "Payment plan"

    def test_to_a_colleague(self, center, chat, desk):
        tom = factories.make_agent(center.tenant, center.queue, first_name="Tom")
        happened(desk.post("transfer", chat.pk, target=f"agent:{tom.pk}"))
        assert factories.offer_of(chat.conversation).agent == tom

    def test_targets_are_shown_with_how_busy_they_are(self, center, chat, agent, desk):
        factories.make_agent(center.tenant, center.queue, first_name="Tom", last_name="Whitfield")
        factories.make_agent(center.tenant, center.queue, presence="on_break", first_name="Aisha")
        factories.make_queue(center.tenant, name="Empty")
        first, _second = factories.start_conversation(center.channel), factories.start_conversation(center.channel)
        page = desk.page("transfer", chat.pk)
        assert [told(each) for each in page.select(".option")] == [
            "Default 2 available · 2 waiting · longest wait",
            "Empty 0 available · 0 waiting",
            "Tom Whitfield 0 of 3 chats",
        ]
        (since,) = page.select("[data-since]")  # which the page turns into a duration
        assert since["data-since"] == Interaction.objects.get(conversation=first).entered_at.isoformat()

    def test_any_number_of_queues_costs_the_same(self, center, chat, desk):
        def queries():
            with CaptureQueriesContext(connection) as captured:
                desk.page("transfer", chat.pk)
            return len(captured)

        before = queries()
        for name in ("Fees", "Courses", "Exams"):
            factories.make_queue(center.tenant, name=name)
            factories.start_conversation(center.channel)
        assert queries() == before

    @pytest.mark.parametrize("target", ["", "queue:", "queue:nope", "agent:nope", "city:Rome"])
    def test_a_target_that_is_none_is_refused(self, chat, desk, target):
        told = refusal(desk.post("transfer", chat.pk, target=target), 400)
        assert told == "Choose a queue, or a colleague who is available."

    @pytest.mark.parametrize("note", ["x" * 2001, "a\x00b"])
    def test_a_note_that_cannot_be_kept_is_refused(self, chat, desk, note):
        refusal(desk.post("transfer", chat.pk, target=f"queue:{chat.queue_id}", note=note), 400)
        chat.refresh_from_db()
        assert chat.state == "handling"

    def test_twice_is_refused(self, center, chat, desk):
        queue = factories.make_queue(center.tenant)
        desk.post("transfer", chat.pk, target=f"queue:{queue.pk}")
        told = refusal(desk.post("transfer", chat.pk, target=f"queue:{queue.pk}"), 409)
        assert told == "You are not in this chat any more."


class TestEndAndWrapUp:
    @pytest.fixture
    def codes(self, center):
        return factories.make_codes(center.tenant, "Fees", "Courses", required=True)

    @pytest.fixture
    def ended(self, chat, desk):
        assert happened(desk.post("end", chat.pk)) == {"moved": chat.conversation_id}
        chat.refresh_from_db()
        return chat

    def wrap_up(self, desk, chat):
        return desk.page("chat", chat.conversation_id).select_one(".wrap-up")

    def test_it_is_asked_first(self, chat, desk):
        assert told(desk.page("ask_to_end", chat.pk).h2) == "End the chat with Grace Okafor?"

    def test_wrap_up_follows_with_its_time(self, codes, ended, desk):
        form = self.wrap_up(desk, ended)
        assert form.select_one("[data-until]")["data-until"] == ended.wrap_up_until.isoformat()
        assert told(form.legend) == "Reason required"
        assert [told(each) for each in form.select(".option")] == ["Fees", "Courses"]

    def test_the_time_can_be_extended_three_times(self, codes, ended, desk):
        for _ in range(3):
            assert self.wrap_up(desk, ended).select("button[type=button]")
            happened(desk.post("extend", ended.pk))
        assert not self.wrap_up(desk, ended).select("button[type=button]")
        told = refusal(desk.post("extend", ended.pk), 409)
        assert told == "The time was extended as often as is allowed."

    def test_a_required_list_blocks_finish(self, codes, ended, desk):
        assert "Reason" in refusal(desk.post("finish", ended.pk), 409)
        ended.refresh_from_db()
        assert ended.state == "wrap_up"

    def test_finish_with_a_code(self, codes, ended, desk):
        answer = desk.post("finish", ended.pk, **{f"codes-{codes[0].list_id}": codes[0].pk})
        assert happened(answer) == {"moved": ended.conversation_id}
        ended.refresh_from_db()
        assert ended.state == "finished"
        assert [code.label for code in ended.codes.all()] == ["Fees"]

    def test_codes_are_kept_as_they_are_chosen(self, codes, chat, desk):
        assert desk.post("codes", chat.pk, **{f"codes-{codes[0].list_id}": codes[1].pk}).status_code == 204
        desk.post("end", chat.pk)
        checked = self.wrap_up(desk, chat).select("input[checked]")
        assert [each["value"] for each in checked] == [codes[1].pk]
        assert desk.post("codes", chat.pk, **{f"codes-{codes[0].list_id}": ""}).status_code == 204
        assert not InteractionCode.objects.exists()

    def test_several_codes_of_a_list_that_allows_it(self, center, ended, desk):
        codes = factories.make_codes(center.tenant, "Fees", "Courses", selection="multiple")
        happened(desk.post("finish", ended.pk, **{f"codes-{codes[0].list_id}": [code.pk for code in codes]}))
        assert sorted(code.label for code in ended.codes.all()) == ["Courses", "Fees"]

    def test_two_codes_of_a_single_choice_are_refused(self, codes, ended, desk):
        refusal(desk.post("finish", ended.pk, codes=[code.pk for code in codes]), 400)
        assert not ended.codes.exists()

    def test_codes_of_another_centre_are_refused(self, ended, desk):
        (foreign,) = factories.make_codes(factories.make_tenant().tenant, "Fees")
        assert refusal(desk.post("finish", ended.pk, codes=foreign.pk), 400) == "This code cannot be chosen."

    def test_nested_codes_stand_under_their_headings(self, codes, ended, desk):
        for label in ("Invoice", "Refund"):
            TransactionCode.objects.create(list=codes[0].list, parent=codes[0], short_code=label, label=label)
        form = self.wrap_up(desk, ended)
        heading = form.select_one(".heading")
        assert told(heading.select_one(".label")) == "Fees"
        assert [told(each) for each in heading.select(".option")] == ["Invoice", "Refund"]
        assert [told(each) for each in form.select(".option")] == ["Invoice", "Refund", "Courses"]

    def test_retired_codes_and_codes_out_of_time_are_not_there(self, codes, ended, desk):
        codes[0].active_to = ended.ended_at.date().replace(year=2020)
        codes[0].save()
        assert [told(each) for each in self.wrap_up(desk, ended).select(".option")] == ["Courses"]

    def test_codes_in_the_agents_language(self, codes, ended, desk):
        codes[0].translations = {"es": "Tasas"}
        codes[0].save()
        desk.client.defaults["HTTP_ACCEPT_LANGUAGE"] = "es-MX"
        assert [told(each) for each in self.wrap_up(desk, ended).select(".option")] == ["Tasas", "Courses"]

    def test_what_ran_out_of_time_is_still_wrapped_up(self, codes, ended, desk):
        Interaction.objects.filter(pk=ended.pk).update(state="finished", codes_missing=True)
        assert self.wrap_up(desk, ended).select_one("[data-until]") is None
        happened(desk.post("finish", ended.pk, codes=codes[0].pk))
        ended.refresh_from_db()
        assert not ended.codes_missing
        assert not Offer.objects.filter(state="pending").exists()
