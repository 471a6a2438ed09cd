"""The embedded contact centre: from being queued to being wrapped up.

- ``agents``        an agent's row: load, capacity, what it is doing
- ``presence``      what an agent chooses, and what its silence means
- ``offers``        the life of an offer: accept, decline, take back
- ``routing``       which waiting interaction is offered to whom
- ``interactions``  queue, end, take back
- ``transfers``     hand on: to a queue, to a colleague, from a bot
- ``wrapup``        choose codes, extend, finish
- ``timers``        what is due by the clock
- ``queues``        keep and staff queues: members, capacity, prepared responses
"""
