"""The pages in Django's admin.

- ``base``             whose rows a page shows; verbs write what it changes
- ``lists``            long lists without a count: newest first, filters, periods
- ``transcripts``      conversations as transcripts: search, read, print, export
- ``deliveries``       the event log: what was owed to receivers, each attempt, redelivery
- ``inbox``            callbacks of remote centres, what was refused of them, and running one again
- ``interactions``     episodes with their times
- ``of_conversations`` rows of conversations: whose they are, and how one looks for them
- ``spells``           what bots did
- ``tool_calls``       which functions of the project were called
- ``assistant``        what agents had a model write
- ``trying``           a chat with a bot that writes nothing
- ``trying_sets``      a set of questions that a bot is asked
- ``trying_pages``     what these pages share
- ``customers``        who wrote, and who is being forgotten
- ``failures``         rows with which something goes wrong again and again
- ``codes``            transaction code lists and their trees
- ``codes_import``     transaction codes from and to CSV
- ``table_import``     how a table comes in: upload, look at the changes, apply
- ``codes_use``        how often codes were used, as a chart
- ``tenants``          contact centres, API keys, signing keys
- ``centre_file``      a contact centre as a file: download, upload, look at the plan, apply
- ``channels``         webhooks and channels
- ``receivers``        how receivers do; remote centres
- ``queues``           queues with members, agents
- ``responses``        prepared responses
- ``responses_import`` prepared responses from and to CSV
- ``queue_form``       what a queue requires, when it is open, where it passes on to
- ``plan_fields``      how that is typed in
- ``articles``         questions with their answers, and their use
- ``article_files``    files of articles
- ``articles_import``  the same from and to a table, or a folder
- ``articles_history`` what the history of articles tells of that
- ``departments``      departments with their queues
- ``hours``            opening hours
- ``hours_fields``     how they are typed in
- ``skills``           skills
- ``skills_grid``      levels of agents as a grid
- ``skills_form``      what the grid's form says
- ``skills_coverage``  who could take what now
- ``skills_pages``     what these pages share
- ``levels``           levels on an agent's page, and how they changed
- ``releasing``        agents: move, release
- ``links``            to pages of other models, for those who may see them
- ``names``            isolated, so that none turns what stands beside it
- ``questions``        what customers ask that no article answers
- ``conflicts``        what if somebody else has changed a row since its form was opened
- ``row_conflicts``    the same for rows below a form
- ``actions``          what is asked before an action is done
- ``times``            how moments are shown
- ``words``            what codes that the system writes down mean in people's words
- ``transcript_page``  one conversation to read and print
"""

from . import (
    articles,
    assistant,
    channels,
    codes,
    customers,
    deliveries,
    departments,
    failures,
    hours,
    inbox,
    interactions,
    questions,
    queues,
    receivers,
    responses,
    skills,
    spells,
    tenants,
    tool_calls,
    transcripts,
)

__all__ = [
    "articles",
    "assistant",
    "channels",
    "codes",
    "customers",
    "deliveries",
    "departments",
    "failures",
    "hours",
    "inbox",
    "interactions",
    "questions",
    "queues",
    "receivers",
    "responses",
    "skills",
    "spells",
    "tenants",
    "tool_calls",
    "transcripts",
]
