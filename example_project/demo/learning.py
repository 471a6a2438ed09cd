"""What do customers ask that no article answers, and what did an agent say to it?

So that the admin has a question without an answer and a draft to be reviewed from the first minute, whether or not
there is an embedder: what a worker would find a day later is written down at once.
"""

from datetime import timedelta

from django.utils import timezone

from contactcenter_chat.actions import conversations
from contactcenter_chat.actions.center import presence
from contactcenter_chat.actions.knowledge import questions
from contactcenter_chat.actions.knowledge.articles import Said, save_article
from contactcenter_chat.events import AGENT, BOT, CUSTOMER
from contactcenter_chat.models import Agent, Article, Question
from contactcenter_chat.models.knowledge import ArticleState, Audience
from contactcenter_chat.models.queues import Presence
from contactcenter_chat.simulation import talks

from . import transcripts

DAYS = 2
MINUTES = 6
FERRET = "Is my ferret allowed to live with me in halls?"
FERRET_ANSWER = "Nobody has asked that before. I will find out."
KILN = "Where may I fire pottery that I made at home?"
KILN_ANSWER = (
    "The kiln in the Art Workshop takes pieces from home on Thursdays, 14:00 to 16:00. "
    "Bring them dry and unglazed; a shelf costs £4, paid by card at the workshop."
)


def hold_conversations(tenant, channel):
    """Two chats of which no article knew the answer; what was said in the second is a draft."""
    agent = Agent.objects.get(tenant=tenant, user__username="aisha")
    presence.set_presence(agent_id=agent.pk, presence=Presence.AVAILABLE)
    _hold(channel, 3, FERRET, FERRET_ANSWER)
    kiln = _hold(channel, 8, KILN, KILN_ANSWER)
    presence.set_presence(agent_id=agent.pk, presence=Presence.OFFLINE)
    draft = Article(
        tenant=tenant,
        language="en",
        state=ArticleState.DRAFT,
        audience=Audience.AGENTS,
        drafted_from=kiln,
    )
    save_article(draft, versions={"en": Said([KILN], KILN_ANSWER)})


def _hold(channel, number, asked, answer):
    first, last = talks.person(number)
    data = {"name": f"{first} {last}", "customerId": f"student-{number}", "language": "en"}
    history = [(BOT, talks.GREETING)]
    conversation = conversations.start_conversation(channel=channel, data=data, history=history)
    transcripts.say(conversation, CUSTOMER, asked)
    interaction = transcripts.accept(conversation)
    _ask(interaction)
    transcripts.say(conversation, AGENT, answer, agent=interaction.agent)
    transcripts.say(conversation, CUSTOMER, "Thank you!")
    conversations.leave_as_customer(conversation_id=conversation.pk)
    transcripts.wrap_up(interaction, number)
    transcripts.move(conversation, timezone.now() - timedelta(days=DAYS), timedelta(minutes=MINUTES))
    return conversation


def _ask(interaction):
    """What the agent's desk asks; no worker looks for it any more."""
    question = questions.ask(interaction)
    Question.objects.filter(pk=question.pk).update(
        found=questions.found_by_words(question), is_unanswered=True, is_looked_through=True
    )
