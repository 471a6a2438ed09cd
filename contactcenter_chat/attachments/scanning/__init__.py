"""Is there something bad in a file? Scanners, loaded from the dotted path in ``ATTACHMENT_SCANNER``.

- ``base``   what a scanner is, and how the one of the settings is loaded
- ``clamd``  ClamAV's daemon
"""
