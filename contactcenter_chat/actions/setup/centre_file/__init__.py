"""A contact centre described in one file of YAML, compared with what is there and applied, or written.

- ``faults``     what is wrong with a file, and where
- ``tree``       the text becomes a tree of words, lists and pairs that know their lines
- ``kinds``      what may stand at a place of the file: words, numbers, names, entries
- ``special``    the kinds that only one place has: the days of a week, codes under codes
- ``articles``   articles, of which each has several languages
- ``keys``       which keys there are, and what may stand at each: the format
- ``reading``    a file becomes values, and all that is wrong with it is said at once
- ``schema``     the format as a JSON Schema, for editors
- ``standing``   what is there, as the values that a file would have
- ``comparing``  what a file would make, change and remove
- ``applying``   and has it done, in one transaction
- ``entries``    one entry of each kind, by the verbs
- ``removing``   what a file does not name any more
- ``writing``    what is there, as a file
"""
