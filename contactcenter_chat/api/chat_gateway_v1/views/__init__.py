"""Which operations does Chat Gateway v1 have? One class per path, a method per operation.

- ``keys``           public keys
- ``webhooks``       where callbacks go
- ``channels``       where conversations come from
- ``articles``       which articles answer a question
- ``conversations``  conversations, who takes part, what is said
- ``handover``       a remote bot hands over
- ``verification``   how sure it is who a customer is
- ``activity``       who types, thinks, has read; what follows the agent
- ``attachments``    the files of a conversation
- ``cards``          the cards of a message, and answers to them
- ``figures``        how queues stand; schedules
"""
