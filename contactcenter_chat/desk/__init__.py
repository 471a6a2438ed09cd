"""Where agents work.

- ``base``         what all views share: who asks, and how a refusal is told
- ``home``         the page, the list beside the chats, the agent's day, what changed
- ``chats``        one chat: its log, what the agent says in it
- ``responses``    prepared responses: those for a chat, and the agent's own
- ``acts``         undo what prepared responses are about to do
- ``attachments``  files in a chat
- ``knowledge``    suggestions, and what the agent looks for
- ``offers``       accept or decline what rings
- ``handling``     transfer and end
- ``verifying``    a code for the customer, to show who that is
- ``tools``        functions of the project that the agent calls
- ``consent``      whether the customer wants conversations that the business begins
- ``assistant``    a model's drafts and summaries
- ``wrapping``     codes, more time, finish
- ``presence``     whether the agent is there
- ``leaving``      log out, with chats or without
- ``stream``       the hints, as server-sent events
- ``urls``         its paths
"""
