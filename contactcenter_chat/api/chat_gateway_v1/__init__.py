"""The served Chat Gateway v1.

- ``urls``         the wire's paths
- ``views``        one class per path, a method per operation
- ``base``         what all operations share: the API key, the tenant, lists, errors
- ``description``  how the operations are described
- ``schemas``      what the bodies look like
"""
