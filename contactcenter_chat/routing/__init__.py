"""Which agent is asked? Routers answer, ``actions.center.routing`` writes.

- ``base``          what a router is asked and what it answers
- ``longest_idle``  the agent who has been without a new chat for the longest time
"""
