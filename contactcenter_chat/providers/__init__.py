"""Who answers the customers of a channel? Providers are named in ``PROVIDERS`` as Django names databases.

- ``base``      what a provider is, and how one is loaded
- ``embedded``  this project's own contact centre
"""
