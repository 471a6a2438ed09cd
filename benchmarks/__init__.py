"""How fast is it? ``python -m benchmarks [name …]`` prints one table; each figure stands beside its baseline.

- ``post_message``  POST message beside a bare DRF view, and whether web processes grow
- ``deliveries``    callbacks beside other packages, and whether workers grow
- ``backlog``       whether what is owed keeps the clock, or a new chat, waiting
- ``neighbours``    callbacks of one tenant while the receivers of another dribble or hang
- ``attachments``   the memory of web processes while large files come and go
- ``live``          from commit to an open desk
- ``search``        the transcripts' list and their search at a million messages
- ``offers``        offers beside the bare act, few and very many waiting
- ``what_if``       interactions that a minute of CPU simulates
- ``base``          rows and their table
- ``web``           a web server, and clients that ask as fast as they are answered
- ``bare``          the bare view
"""
