"""Who answers the customers of a channel? Providers are named in ``PROVIDERS`` as Django names databases.

- ``base``             what a provider is, and how one is loaded
- ``embedded``         this project's own contact centre
- ``remote``           what all contact centres elsewhere have in common
- ``chat_api_v2``      one that serves Chat API v2
- ``chat_gateway_v1``  one that serves Chat Gateway v1
- ``forms``            a file of ours as a form that is sent piece by piece
"""
