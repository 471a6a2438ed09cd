"""The signed callbacks of remote centres come in.

- ``callbacks``  verified, stored, answered at once
- ``keys``       the public keys that verify them
"""
