"""The pages in Django's admin.

- ``base``             whose rows a page shows; verbs write what it changes
- ``lists``            long lists without a count: newest first, filters, periods
- ``transcripts``      conversations as transcripts: search, read, print, export
- ``deliveries``       the event log: what was owed to receivers, each attempt, redelivery
- ``inbox``            callbacks of remote centres, what was refused of them, and running one again
- ``interactions``     episodes with their times and why an agent was chosen
- ``customers``        who wrote
- ``codes``            transaction code lists and their trees
- ``codes_import``     transaction codes from and to CSV
- ``codes_use``        how often codes were used, as a chart
- ``tenants``          contact centres, API keys, signing keys
- ``channels``         webhooks and channels
- ``receivers``        how receivers do; remote centres
- ``queues``           queues with members, agents, prepared responses
- ``actions``          what is asked before an action is done
- ``times``            how moments are shown
- ``transcript_page``  one conversation to read and print
"""

from . import channels, codes, customers, deliveries, inbox, interactions, queues, receivers, tenants, transcripts

__all__ = [
    "channels",
    "codes",
    "customers",
    "deliveries",
    "inbox",
    "interactions",
    "queues",
    "receivers",
    "tenants",
    "transcripts",
]
