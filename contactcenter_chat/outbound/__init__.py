"""Calling other people's servers. Nothing here knows the models.

- ``requests``     one request to an address somebody else chose
- ``addresses``    where a name leads, and whether we go there
- ``connections``  how a request and its response travel
- ``retry``        when to try again
- ``tokens``       access tokens, kept until they expire
- ``codes``        one-time codes to customers
- ``completions``  what a model says next
- ``models``       the endpoint of a model, one that speaks as OpenAI's do
"""
