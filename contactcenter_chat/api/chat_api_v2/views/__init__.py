"""Which operations are there? One class per path, a method per operation: it reads, calls a query or a verb, answers.

- ``access``         tokens and public keys
- ``webhooks``       where callbacks go
- ``channels``       where conversations come from
- ``conversations``  conversations, who takes part, what is said, what happened
"""
