"""The served Chat API v2.

- ``urls``         the wire's paths
- ``views``        one class per path, a method per operation
- ``base``         what all operations share: the access token, the region, errors
- ``description``  what is said of it as a whole
- ``schemas``      what the bodies look like
"""
