"""A contact centre for chat, as a Django app.

What the whole house speaks of:

- ``conf``                        the settings
- ``events``, ``signals``         what can happen, and how a project hears of it
- ``isolates``                    how words of others stand in a sentence
- ``exceptions``                  what can be refused, and the HTTP answer it becomes
- ``database``                    which database our tables are in, and its transactions
- ``storable``                    which text and which JSON can be stored
- ``signature``, ``encryption``   a callback's signatures; what is encrypted at rest
- ``tasks``, ``schedule``         what Celery workers do, and what they do by the clock
- ``client``                      calls Chat API v2 from Python
- ``urls``, ``apps``              what a project includes

The rooms, from the ground up:

- ``workers``      how work is started, and what is not waited for
- ``wire``         the shapes of each wire format: dictionaries to dataclasses and back
- ``outbound``     calling other people's servers
- ``routing``      which agent is asked; answers, and writes nothing
- ``cards``        what a card says and takes
- ``masking``      what must not leave the house, and what stands for it
- ``models``       the tables, with their invariants
- ``attachments``  the bytes of files
- ``knowledge``    what a text means, what is near to it, what prepared texts say
- ``providers``    who answers a conversation; answers, and writes nothing
- ``bots``         what a bot is; answers, and writes nothing
- ``tools``        functions of the project that may be called in a conversation
- ``http``         what every HTTP entrance shares
- ``queries``      what the faces read, and who may see what
- ``exports``      what leaves as a file
- ``checks``       which settings are wrong, and what would be right
- ``live``         hints for open screens
- ``actions``      the verbs: the only code that writes
- ``deliveries``   what is owed leaves, in order
- ``inbound``      a remote centre's signed callbacks come in
- ``simulation``   agents and customers who are not there
- ``api``          the served APIs
- ``desk``, ``admin``, ``management``   faces for agents, administrators and operators
- ``migrations``, ``templatetags``      as Django wants them
"""

__version__ = "0.1.0"
