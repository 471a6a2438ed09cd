"""The verbs: the only code that writes.

- ``recording``      one fact, one log row; deliveries, hints and signals hang off it
- ``tenants``        create a tenant, its keys; rotate what signs
- ``queues``         keep and staff queues: members, capacity, prepared responses
- ``channels``       create, change, delete a channel
- ``webhooks``       create, change, delete, verify a webhook
- ``conversations``  start, update, leave, erase
- ``customers``      which person is it?
- ``erasure``        forget a person
- ``messages``       say something
- ``interactions``   queue, hand on, end
- ``offers``         offer to an agent; accept, decline, take back
- ``agents``         presence, heartbeat, load
- ``wrapup``         choose codes, extend, finish
- ``timers``         what is due by the clock
- ``deliveries``     let something go out once more
- ``sweeping``       find what the wake-ups missed
- ``retention``      delete what is old
- ``codes``          edit the wrap-up vocabulary

Each opens its own transaction. Locks are taken in the order queue, conversation, agent.
"""
