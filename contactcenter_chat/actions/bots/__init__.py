"""Who may speak for the business when it is not an agent.

- ``control``      gives a conversation to a bot and takes it back
- ``elsewhere``    whether a bot that is not asked here gives a sign
- ``spells``       how long a bot has one, and what it is to answer
- ``left_open``    what nobody has answered when an agent ends
- ``hearing``      what it is asked
- ``leases``       which worker is at a turn
- ``turns``        asks bots for their answers, and writes them
- ``writing``      what becomes of what a bot answers
- ``calling``      calls the project's functions for the customer, and asks before that
- ``saying``       how it says something
- ``limits``       what a bot may answer with, and when it is enough
- ``rules``        what holds for every bot, whatever it would answer
- ``handover``     agents go on
- ``failing``      agents go on where a bot has failed
- ``recalling``    takes back what was handed over
- ``courtesies``   what it says to who waits
- ``pauses``       has a bot in trouble asked again
- ``ends``         what is over by the clock
- ``starting``     begins a conversation
- ``after_agent``  a bot gets the conversation back when the agent ends
"""
