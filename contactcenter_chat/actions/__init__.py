"""The verbs: the only code that writes.

- ``recording``      one fact, one log row; deliveries, hints and signals hang off it
- ``tenants``        create a tenant, its keys; rotate what signs
- ``queues``         keep and staff queues: members, capacity, prepared responses
- ``channels``       create, change, delete a channel
- ``webhooks``       create, change, delete, verify a webhook
- ``assignment``     who is to answer: agents in a queue, or a bot
- ``conversations``  start, update, leave, erase
- ``post_agent``     a bot gets the conversation back when the agent ends
- ``customers``      which person is it?
- ``erasure``        forget a person
- ``messages``       say something
- ``reading``        who has read how far
- ``attachments``    files: added, sent, scanned, removed
- ``cards``          send and answer cards
- ``speaking``       who may say something
- ``interactions``   queue, hand on, end
- ``offers``         offer to an agent; accept, decline, take back
- ``agents``         presence, heartbeat, load
- ``wrapup``         choose codes, extend, finish
- ``timers``         what is due by the clock
- ``deliveries``     let something go out once more
- ``receivers``      the row that stands for a remote centre
- ``remote``         a conversation that a remote centre answers: what is told, what is heard
- ``episodes``       what its interactions are, by what was told of them
- ``inbox``          a remote centre's callback: store it, process it, run it again
- ``refusals``       how many of them were refused, and why
- ``setting_up``     register at a remote centre
- ``sweeping``       find what the wake-ups missed
- ``retention``      delete what is old
- ``codes``          edit the wrap-up vocabulary

Each opens its own transaction. Locks are taken in the order queue, conversation, agent.
"""
