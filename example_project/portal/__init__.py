"""A client application, as a college's web site might have it: a page where a customer chats.

It knows the contact centre only by its Chat API and its signed callbacks, as if that ran elsewhere.

- ``center``     which contact centre, and is a callback really from there?
- ``assistant``  what this site says and asks before a colleague comes
- ``models``     the chats of this site's visitors, and what was said in them
- ``inbox``      what a callback changes here
- ``passed``     which of the assistant's questions are over
- ``turns``      whether a bot of the contact centre is at an answer
- ``views``      the pages, and the callback's address
- ``management/commands/connect_portal``   registers the webhook and the channels
"""
