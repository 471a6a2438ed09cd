"""The served Chat API.

- ``urls``             the wire's paths
- ``views``            one class per path, a method per operation
- ``base``             what all operations share: who calls, for whose tenant, allowed what, how often
- ``authentication``   access tokens: given for a key and its secret, and read again
- ``rate_limit``       how often a key may call
- ``idempotency``      the first answer again, for a request that is repeated
- ``bodies``           bytes to JSON and back
- ``problems``         what is refused, in the wire's own shapes
- ``openapi``          the description of all this, and its page
"""
