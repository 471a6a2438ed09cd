"""The verbs: the only code that writes.

- ``recording``      one fact, one log row; deliveries, hints and signals hang off it
- ``one_by_one``     work on rows of many contact centres, where a bad row harms no other
- ``receivers``      a receiver answers, fails, is switched on or off
- ``participants``   who takes part, who has left, who may speak
- ``own_words``      what the app itself says
- ``optouts``        who wants no conversations that the business begins
- ``thanks``         whether the customer said no more than that, after the end
- ``messages``       say something
- ``reading``        who has read how far
- ``attachments``    files: added, sent, scanned, removed
- ``unsent``         how much may be uploaded and not sent
- ``cards``          send and answer cards
- ``customers``      which person is it?
- ``verification``   sends a code to a customer, and checks what comes back
- ``tools``          calls functions of the project
- ``answering``      asks the provider who answers, and has it done
- ``conversations``  start, update, leave, erase
- ``typing``         who types or thinks at this moment
- ``center``         the embedded contact centre
- ``knowledge``      what agents, bots and customers get as answers
- ``bots``           who may speak when it is not an agent
- ``assistant``      a model writes for agents
- ``remote``         a conversation that a remote centre answers
- ``rate_limit``     how often a key may call
- ``setup``          what a contact centre is set up from
- ``upkeep``         what is old, forgotten or missed

Each opens its own transaction. Locks are taken in the order queue, conversation, agent.
"""
