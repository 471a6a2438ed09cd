"""Functions of the project that agents call from the panel, and bots for a customer.

- ``registry``   which there are, and what each asks of whoever calls it
- ``arguments``  what a function is called with: a form for agents, a schema for models, one check for both
"""
