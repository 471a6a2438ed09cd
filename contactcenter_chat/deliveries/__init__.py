"""What is owed leaves, in order: callbacks to webhooks, commands to remote centres.

- ``draining``    posts what is due, signed, until nothing is
- ``leases``      which worker has which lanes, and for how long
- ``forwarding``  to a remote centre, by its provider
"""
