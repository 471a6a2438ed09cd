"""What must not leave the house is found in a text and replaced. A tenant's own references stay as they are.

- ``base``      what is found, and what stands for it
- ``patterns``  what a contact centre writes itself: how its numbers look
- ``cards``     numbers of payment cards
- ``iban``      numbers of bank accounts
- ``contacts``  e-mail addresses and telephone numbers
"""
