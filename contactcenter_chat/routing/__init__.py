"""What is required, what is due, and which agent is asked? Routers answer, ``actions.center.routing`` writes.

- ``base``          what a router is asked and what it answers
- ``hours``         when a queue is open, and how much of a span of time that is
- ``pace``          how fast a channel is: its slots, timers and targets
- ``plan``          what an interaction requires now, by its queue's steps
- ``plan_warnings``  what is allowed in a plan, and hardly meant
- ``order``         which interaction is due first, which agent comes first
- ``estimate``      how long it will be until an agent takes a chat
- ``dispatch``      who is offered what, when several wait for several
- ``by_skill``      the agent who has what is asked for
- ``longest_idle``  the agent who has been without a new chat for the longest time
- ``records``       how what a router was asked is kept, and whether it answers the same once more
"""
