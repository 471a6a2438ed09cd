"""A team's own assistants use the centre by the Model Context Protocol: what the command ``contactcenter_mcp`` serves.

- ``callers``        whose key it is, and whether it is still good
- ``conversations``  what is told of conversations, masked
- ``knowledge``      which articles are found, and what a draft is made of
- ``catalogue``      the tools: what each takes, which scopes it needs, what it does
- ``server``         the protocol
"""
