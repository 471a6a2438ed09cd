"""What do the operations do that several wires have? Each view is of one wire and describes them; they are done here.

A class of these is mixed into a view: it reads with the view's ``requests``, calls a query or a verb, and answers with
the view's ``responses``. What is our own, and the same on every wire, is described here as well.

- ``webhooks``       where callbacks go
- ``channels``       where conversations come from
- ``conversations``  conversations, who takes part, what is said
- ``waiting``        where who waits stands, and whether anybody is there
- ``handover``       a remote bot hands over
- ``verification``   how sure it is who a customer is
- ``articles``       which articles answer a question
"""
