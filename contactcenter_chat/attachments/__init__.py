"""The bytes of files: how they come, where they are kept, how they go.

- ``storing``    received, kept in the storage and read from it
- ``downloads``  sent to whoever may have it, also in ranges
- ``links``      links that are signed and expire
- ``streaming``  an answer that is sent as it is made
- ``scanning``   whether a file is safe
"""
