"""Which wire formats are spoken? Shapes only: dictionaries to dataclasses and back.

- ``base``         how a body is encoded, which format a version names
- ``chat_api_v2``  Chat API v2
"""
