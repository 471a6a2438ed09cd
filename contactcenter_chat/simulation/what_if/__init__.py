"""What if the centre were another one? A day of it, by a virtual clock, without the database.

What decides is the code that decides when real customers wait: ``routing.plan``, ``order``, ``hours``, ``dispatch``
and the project's router.

- ``centre``     what is simulated, as plain values
- ``from_file``  the same from a centre file
- ``from_rows``  the same from a tenant's rows, and what came today
- ``arrivals``   who comes when: from a file, or by chance
- ``line``       what waits, in the order of what is due
- ``days``       queues open and close by their hours, and agents are there accordingly
- ``closing``    how long who comes would wait, shortly before a queue closes
- ``placing``    when a chat is due, what it requires now
- ``running``    the virtual clock: who comes, is offered, answered, passed on or leaves
- ``figures``    what came of it: waits, service level, match, overflow
- ``report``     the figures side by side, as text or JSON
- ``charts``     where the bars and lines of its page are
- ``page``       the report as a page
"""
