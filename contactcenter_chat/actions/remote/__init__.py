"""A conversation that a remote centre answers: what it is told, what it tells.

- ``telling``        what the customer does is told there; what came of it
- ``hearing``        what is done there is written down here
- ``settling``       what follows from all that was heard
- ``episodes``       which interactions that makes; no database
- ``inbox``          a callback: store it, process it, run it again
- ``file_fetching``  the files that its messages name
- ``file_sharing``   whose files are fetched next
- ``registration``   register there
- ``rejections``     how many of its callbacks were refused, and why
"""
