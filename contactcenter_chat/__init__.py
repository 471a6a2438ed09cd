"""A contact centre for chat, as a Django app.

Where to look:

- ``conf``, ``checks``      the settings and what is wrong with them
- ``events``, ``signals``   what can happen, and how a project hears of it
- ``exceptions``            what can be refused, and the HTTP answer it becomes
- ``models``                the tables, with their invariants
- ``queries``               what the faces read, and who may see what
- ``actions``               the verbs: the only code that writes
- ``wire``                  the shapes of each wire format
- ``api``                   the served Chat API
- ``delivery``, ``leases``, ``retry``      callbacks out: in order, by many workers, again and again
- ``signature``, ``outbound``              a callback's signatures; posting to an address somebody else chose
- ``http_connections``                     how a request and its answer travel
- ``wakeup``, ``tasks``, ``threads``       what Celery workers do, how they are told to, and what they do not wait for
- ``providers``, ``routing``               who answers a conversation
- ``uploads``, ``files``                   attachments: received, kept
- ``links``, ``downloads``                 and sent to whoever has a link
- ``cards``, ``scanning``                  what a card says and takes; whether a file is safe
- ``live``                  hints for open screens
- ``desk``, ``admin``, ``management``      faces for agents, administrators and operators
"""

__version__ = "0.1.0"
