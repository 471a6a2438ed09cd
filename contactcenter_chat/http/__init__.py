"""What every HTTP entrance shares, below the APIs, the pages and the callbacks that come in.

- ``requests``  read piece by piece, to the end they promised; forms that are not whole
- ``bodies``    bytes to JSON and back
- ``uploads``   files received, within limits, whatever the server
- ``problems``  what is refused, and what is answered then
- ``views``     the base of all views that programs call
"""
