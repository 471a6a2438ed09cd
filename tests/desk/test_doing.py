"""What the agent does: presence, offers, transfer, end, wrap-up."""

import json
from datetime import timedelta

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from contactcenter_chat.actions.center import offers
from contactcenter_chat.actions.center.departments import save_department
from contactcenter_chat.models import (
    Agent,
    Department,
    Interaction,
    InteractionCode,
    Offer,
    OpeningHours,
    Queue,
    TenantSnapshot,
    TransactionCode,
)
from tests import factories
from tests.facts import fresh, nothing_written

from .conftest import customer_says, told


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

    @pytest.mark.parametrize(
        ("idle", "seconds"),
        [("0", 0), ("100", 100), ("121", None), ("", None), ("-1", None), ("²", None), ("9" * 40, None)],
    )
    def test_a_heartbeat_says_when_the_desk_was_used(self, agent, desk, idle, seconds):
        assert desk.post("heartbeat", idle=idle).status_code == 204
        (used_at,) = fresh(agent, "input_at")
        ago = None if used_at is None else round((timezone.now() - used_at).total_seconds())
        assert ago == seconds

    def test_a_second_desk_that_nobody_uses_does_not_count(self, agent, desk):
        desk.post("heartbeat", idle="3")
        used = fresh(agent, "input_at")
        desk.post("heartbeat", idle="600")
        assert fresh(agent, "input_at") == used


class TestLogOut:
    def test_the_agent_is_offline_at_once(self, agent, desk):
        desk.client.post(reverse("logout"))
        assert fresh(agent, "presence", "presence_reason", "lost_at") == ("offline", "", None)

    def test_chats_go_back_to_their_queue(self, agent, chat, desk):
        desk.client.post(reverse("logout"))
        assert fresh(chat, "state", "agent") == ("waiting", None)
        assert fresh(agent, "presence", "load") == ("offline", 0)

    def test_it_is_asked_first(self, chat, desk):
        page = desk.page("ask_to_leave")
        assert told(page.h2) == "Log out with 1 open chat?"
        assert page.form["action"] == reverse("logout")

    def test_the_log_out_of_others_is_none_of_ours(self, agent):
        client = Client()
        client.force_login(factories.make_user())
        with nothing_written():
            client.post(reverse("logout"))
            client.post(reverse("logout"))


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
        assert refusal(desk.post("accept", offer.pk), 409) == "\u2068Tom Whitfield\u2069 has this chat."

    def test_picking_opens_the_chat(self, center, agent, desk):
        factories.plan(center.queue, distribution="pick")
        interaction = Interaction.objects.get(conversation=factories.start_conversation(center.channel))
        assert happened(desk.post("pick", interaction.pk)) == {"open": interaction.conversation_id}
        assert fresh(interaction, "state", "agent_id") == ("handling", agent.pk)

    def test_what_cannot_be_picked_is_refused_in_words(self, center, agent, desk):
        interaction = Interaction.objects.get(conversation=factories.start_conversation(center.channel))
        told = refusal(desk.post("pick", interaction.pk), 409)
        assert told == "This chat does not wait to be picked any more."
        refusal(desk.post("pick", "x" * 22), 404)

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
            "Default open · 1 available · 2 waiting · longest wait",
            "Empty open · 0 available · 0 waiting",
            "Tom Whitfield 0 of 3 chats",
        ]
        (since,) = page.select("[data-since]")  # which the page turns into a duration
        assert since["data-since"] == Interaction.objects.get(conversation=first).entered_at.isoformat()

    def test_only_others_with_room_for_one_more_are_available_in_a_queue(self, center, chat, agent, desk):
        tom = factories.make_agent(center.tenant, center.queue, first_name="Tom", capacity=1)
        paused = factories.make_agent(center.tenant, center.queue, first_name="Aisha")

        def available():
            return told(desk.page("transfer", chat.pk).select_one(".option")).split(" · ")[1]

        assert available() == "2 available"
        Agent.objects.filter(pk=tom.pk).update(load=3)
        assert available() == "1 available"
        Agent.objects.filter(pk=paused.pk).update(paused_until=timezone.now() + timedelta(minutes=1))
        assert available() == "0 available"

    def test_a_colleague_without_room_for_one_more_is_shown_with_the_reason_and_cannot_be_chosen(
        self, center, chat, agent, desk
    ):
        tom, aisha, ben = (
            factories.make_agent(center.tenant, center.queue, first_name=name, last_name="X", capacity=1)
            for name in ("Tom", "Aisha", "Ben")
        )
        Agent.objects.filter(pk=aisha.pk).update(load=3)
        Agent.objects.filter(pk=ben.pk).update(paused_until=timezone.now() + timedelta(minutes=1))
        options = desk.page("transfer", chat.pk).select("[value^='agent:']")
        assert [(told(each.find_parent("label")), each.has_attr("disabled")) for each in options] == [
            ("Tom X 0 of 1 chats", False),
            ("Ben X 0 of 1 chats · missed a chat just now", True),
            ("Aisha X 1 of 1 chats · no room for another one", True),
        ]
        for each in (aisha, ben):
            said = refusal(desk.post("transfer", chat.pk, target=f"agent:{each.pk}"), 400)
            assert said == "Choose a queue, or a colleague who is available."
        happened(desk.post("transfer", chat.pk, target=f"agent:{tom.pk}"))

    def test_each_queue_says_whether_it_is_open_and_when_it_opens(self, center, chat, desk):
        opens_at = timezone.now() + timedelta(hours=9)
        factories.make_queue(center.tenant, name="Fees", is_closed=True, opens_at=opens_at)
        factories.make_queue(center.tenant, name="Archive", is_closed=True)
        page = desk.page("transfer", chat.pk)
        facts = {told(each.select_one(".name")): told(each.select_one(".dim")) for each in page.select(".target")}
        assert facts == {
            "Archive": "closed · 0 available · 0 waiting",
            "Default": "open · 0 available · 0 waiting",
            "Fees": "closed until · 0 available · 0 waiting",
        }
        (opens,) = page.select("time")  # which the page writes in the reader's own way
        assert opens["datetime"] == opens_at.isoformat()

    def test_each_open_queue_says_how_long_it_takes_where_that_is_known(self, center, chat, desk):
        for name, minutes in (("Courses", {"low": 2, "high": 5}), ("Fees", {"low": 1, "high": 1}), ("Shut", None)):
            queue = factories.make_queue(center.tenant, name=name, is_closed=name == "Shut")
            expected = minutes or {"low": 3, "high": 3}
            snapshot, _made = TenantSnapshot.objects.get_or_create(
                of=center.tenant, defaults={"taken_at": timezone.now()}
            )
            TenantSnapshot.objects.update(content={**snapshot.content, queue.pk: expected})
        page = desk.page("transfer", chat.pk)
        assert [told(each.select_one(".dim")).split(" · ")[3:] for each in page.select(".target")] == [
            ["about 2 to 5 min"],
            [],
            ["about 1 min"],
            [],
        ]

    def test_a_queue_that_would_not_come_to_it_before_it_closes_is_closed(self, center, chat, desk):
        closes = timezone.now() + timedelta(minutes=5)
        weekly = {str(day): [[f"{closes - timedelta(hours=1):%H:%M}", f"{closes:%H:%M}"]] for day in range(7)}
        hours = OpeningHours.objects.create(tenant=center.tenant, name="Office", weekly=weekly)
        Queue.objects.filter(pk=center.queue.pk).update(turns_at=closes, hours=hours)
        for minutes, told_of_it in ((6, "closed until"), (2, "open")):
            content = {center.queue.pk: {"low": 1, "high": minutes}}
            fresh = {"taken_at": timezone.now(), "content": content}
            TenantSnapshot.objects.update_or_create(of=center.tenant, defaults=fresh)
            about = told(desk.page("transfer", chat.pk).select_one(".target .dim")).split(" · ")
            assert (about[0], "about 1 to 2 min" in about) == (told_of_it, told_of_it == "open")

    def test_who_hands_it_on_a_third_time_within_the_hour_is_warned(self, center, chat, agent, desk):
        def warned():
            waiting = Interaction.objects.exclude(state__in=("finished", "wrap_up")).get()
            notice = desk.page("transfer", waiting.pk).select_one("form > .notice.warn:not([hidden])")
            return notice and told(notice)

        def hand_on():
            current = Interaction.objects.get(state="handling")
            happened(desk.post("transfer", current.pk, target=f"queue:{center.queue.pk}"))
            Interaction.objects.filter(state="wrap_up").update(state="finished", finished_at=timezone.now())
            Agent.objects.update(load=0)
            Interaction.objects.filter(state="waiting").update(asked=[], group_key="")  # the sender would wait a while
            factories.accepted(chat.conversation)

        assert warned() is None
        hand_on()
        assert warned() is None
        hand_on()
        assert warned() == (
            "Within the last hour this chat was handed on 2 times already. Perhaps it is better to keep it."
        )
        first = Interaction.objects.filter(outcome="transferred").earliest("entered_at")
        Interaction.objects.filter(pk=first.pk).update(ended_at=timezone.now() - timedelta(minutes=61))
        assert warned() is None

    def test_any_number_of_queues_costs_the_same(self, center, chat, desk):
        def queries():
            with CaptureQueriesContext(connection) as captured:
                desk.page("transfer", chat.pk)
            return len(captured)

        queries()  # how long it takes there is looked at now, and then not for a while
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
        assert desk.page("ask_to_end", chat.pk).h2.get_text() == "End the chat with Grace Okafor?"

    def test_until_the_customer_writes_one_key_ends_it_without_a_code(self, codes, chat, desk):
        button = desk.page("chat", chat.conversation_id).select_one(".head [data-nobody]")
        assert (told(button), button["aria-keyshortcuts"]) == ("Nobody there", "Alt+0")
        assert happened(desk.post("nobody_there", chat.pk)) == {"moved": chat.conversation_id}
        assert fresh(chat, "state") == ("finished",)

    def test_once_the_customer_has_written_there_is_no_such_key(self, chat, desk):
        customer_says(chat, "I am here.")
        assert not desk.page("chat", chat.conversation_id).select(".head [data-nobody]")
        said = refusal(desk.post("nobody_there", chat.pk), 409)
        assert said == "The customer has written since: end the chat instead."

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


class TestDepartments:
    @pytest.fixture
    def fees(self, center):
        return factories.make_queue(center.tenant, name="Fees")

    @pytest.fixture
    def finance(self, center, fees):
        department = Department(tenant=center.tenant, name="Finance")
        save_department(department, queues=[fees], entry=fees)
        return department

    def shown(self, desk, chat):
        options = desk.page("transfer", chat.pk).select("[value^='department:']")
        return [told(each.find_parent("label")) for each in options]

    def test_without_any_there_is_nothing_of_them(self, chat, desk):
        assert "To a department" not in desk.page("transfer", chat.pk).get_text()

    def test_each_says_whether_it_is_open_and_how_long_it_takes(self, center, chat, desk, fees, finance):
        assert self.shown(desk, chat) == ["Finance open · waits in Fees"]
        TenantSnapshot.objects.update(taken_at=timezone.now(), content={fees.pk: {"low": 2, "high": 5}})
        assert self.shown(desk, chat) == ["Finance open · waits in Fees · about 2 to 5 min"]
        Queue.objects.filter(pk=fees.pk).update(is_closed=True)
        assert self.shown(desk, chat) == ["Finance closed · waits in Fees"]
        hours = OpeningHours.objects.create(
            tenant=center.tenant, name="Office", weekly={str(day): [["00:00", "24:00"]] for day in range(7)}
        )
        Department.objects.update(hours=hours)
        assert self.shown(desk, chat) == ["Finance open · waits in Fees · about 2 to 5 min"]
        OpeningHours.objects.update(weekly={})
        assert self.shown(desk, chat) == ["Finance closed · waits in Fees"]

    def test_handed_on_to_it(self, chat, desk, fees, finance):
        happened(desk.post("transfer", chat.pk, target=f"department:{finance.pk}", note="Payment plan"))
        assert Interaction.objects.get(state="waiting").queue == fees
        data = chat.conversation.log.get(kind="interaction.transferred").data
        assert (data["to_department_name"], data["note"]) == ("Finance", "Payment plan")

    def test_another_contact_centres_is_not_there(self, chat, desk, stranger):
        theirs, queue = Department(tenant=stranger.agent.tenant, name="Theirs"), stranger.agent.memberships.get().queue
        save_department(theirs, queues=[queue], entry=queue)
        assert self.shown(desk, chat) == []
        said = refusal(desk.post("transfer", chat.pk, target=f"department:{theirs.pk}"), 400)
        assert said == "Choose a queue, or a colleague who is available."

    def test_any_number_of_them_costs_the_same(self, center, chat, desk, finance):
        def queries():
            with CaptureQueriesContext(connection) as captured:
                desk.page("transfer", chat.pk)
            return len(captured)

        queries()
        before = queries()
        for name in ("One", "Two"):
            queue = factories.make_queue(center.tenant, name=name)
            save_department(Department(tenant=center.tenant, name=name), queues=[queue], entry=queue)
        assert queries() == before
