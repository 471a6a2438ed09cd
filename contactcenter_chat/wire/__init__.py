"""Which wire formats are spoken? Shapes only: dictionaries to dataclasses and back.

- ``base``             what a format declares, which ones there are, how a body is encoded
- ``ecmascript``       how JavaScript writes JSON
- ``reading``          how a client's object is read, with every complaint
- ``members``          how a body is declared, for reading it and for describing it
- ``limits``           how much a body may hold, handed in
- ``skills``           which skills a client asks for
- ``waiting``          where who waits stands
- ``articles``         which articles answer a question
- ``levels``           how sure it is who a customer is
- ``handover``         how a remote bot hands over
- ``verification``     how a customer is verified
- ``chat_api_v2``      Chat API v2
- ``chat_gateway_v1``  Chat Gateway v1
- ``tolerant``         what centres say, read tolerantly
"""
