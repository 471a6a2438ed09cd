"""What the faces read; the one place that says who may see what.

- ``access``            which contact centres a user administers, which agent a user is
- ``transcripts``       conversations, newest first, a page at a time; all that one conversation holds
- ``search``            which conversations have these words in their messages
- ``codes``             the wrap-up vocabulary as a tree, and how often each code was used
- ``api``               what a client application reads
- ``selections``        which rows of a list a client wants, in which order
- ``fiql``              a client's filter as a condition
- ``fiql_tree``         what a FIQL expression says, as a tree
- ``desk``              what an agent's desk shows
- ``code_choices``      the codes of an interaction's lists as trees, with what was chosen
- ``wrapup``            which codes may be chosen for an interaction
- ``routing``           what waits, and who could answer
- ``health``            how late deliveries and routing are, and what is stuck
- ``signing_keys``      which key signs a tenant's callbacks
- ``keyset_pages``      how a long table is read newest first, at a cost that does not grow
- ``sentences``         how a fact is told to people
- ``assignment``        who is to answer a conversation, and who is told of it
- ``message_contents``  what hangs on messages: attachments and cards
- ``log_lines``         how the log of a conversation reads, line by line
- ``simulation``        what simulated agents look at
"""
