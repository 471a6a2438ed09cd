"""Which wire formats are spoken? Shapes only: dictionaries to dataclasses and back.

- ``base``             how a body is encoded, which format a version names
- ``reading``          how a client's object is read, with every complaint
- ``members``          how a body is declared, for reading it and for describing it
- ``limits``           how much a body may hold, handed in
- ``setup``            what both formats say of webhooks and channels
- ``chat_api_v2``      Chat API v2
- ``chat_gateway_v1``  Chat Gateway v1
- ``tolerant``         what centres say, read tolerantly
"""
