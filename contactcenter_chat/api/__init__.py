"""The served APIs.

- ``urls``             the paths of all formats
- ``chat_api_v2``      Chat API v2
- ``chat_gateway_v1``  Chat Gateway v1
- ``operations``       what operations do that both have
- ``article_files``    files of articles, where the links of the operation on articles lead
- ``base``             what all operations share: who calls, for whose tenant, allowed what, how often
- ``authentication``   access tokens, given for a key and its secret and read again; keys
- ``idempotency``      the first answer again, for a request that is repeated
- ``description``      how operations are described
- ``docs``             the descriptions as JSON and as pages
"""
