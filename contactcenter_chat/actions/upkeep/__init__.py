"""What keeps the house in order: what is old, what is forgotten, what was missed.

- ``duties``      who does now what is due by the clock
- ``retention``   delete what is old
- ``erasure``     forget a person
- ``sweep``       find what the wake-ups missed
- ``redelivery``  let something go out once more
"""
