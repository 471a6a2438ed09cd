"""How do the admin's lists call, in their addresses, what narrows them? For the lists, and for what links to them."""

TENANT = "centre"
IN_QUEUE = "in_queue"  # a state to choose: who has no agent yet
STUCK = "stuck"
FULL = "full"  # as many chats as an agent can have: "1", else "0"
RELEASED = "released"  # agents who are none any more: "1", else "0"
HANDED_ROUND = "handed_round"
