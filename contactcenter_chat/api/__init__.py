"""The served APIs: Chat API v2, and Chat Gateway v1 in ``gateway``.

- ``urls``             the wire's paths
- ``views``            one class per path of Chat API v2, a method per operation
- ``gateway``          the same for Chat Gateway v1
- ``operations``       what operations do that both have
- ``base``             what all operations share: who calls, for whose tenant, allowed what, how often
- ``authentication``   access tokens, given for a key and its secret and read again; keys
- ``rate_limit``       how often a key may call
- ``idempotency``      the first answer again, for a request that is repeated
- ``bodies``           bytes to JSON and back
- ``problems``         what is refused, in the wire's own shapes
- ``description``      how operations are described in OpenAPI
- ``schemas``          what the bodies look like
- ``docs``             the descriptions of both, and their pages
"""
