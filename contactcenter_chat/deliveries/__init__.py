"""What is owed leaves, in order: callbacks to webhooks, commands to remote centres.

- ``draining``    has what is due posted until nothing is
- ``posting``     one attempt after the other, signed, and what follows from each
- ``sharing``     for whom a thread may be used next
- ``leases``      which worker has which lanes, and for how long
- ``forwarding``  to a remote centre, by its provider
- ``typing``      who types, told once or not at all
"""
