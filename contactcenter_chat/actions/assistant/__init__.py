"""A model writes for an agent: drafts of replies, summaries.

- ``asking``   an agent asks for it, uses it, or does not want it
- ``writing``  a worker has it written
"""
