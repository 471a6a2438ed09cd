"""Which operations are there? One class per path, a method per operation: it reads, calls a query or a verb, answers.

- ``access``         tokens and public keys
- ``webhooks``       where callbacks go
- ``channels``       where conversations come from
- ``articles``       which articles answer a question
- ``conversations``  conversations, who takes part, what is said, what happened
- ``handover``       a remote bot hands over
- ``verification``   how sure it is who a customer is
"""
