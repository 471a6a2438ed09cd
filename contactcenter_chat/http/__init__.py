"""What every HTTP entrance shares, below the APIs and the callbacks that come in.

- ``bodies``    bytes to JSON and back
- ``problems``  what is refused, and what is answered then
- ``views``     the base of all views that programs call
"""
