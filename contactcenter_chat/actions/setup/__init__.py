"""What a contact centre is set up from.

- ``tenants``       create a tenant, its keys; rotate what signs
- ``channels``      create, change, delete a channel
- ``webhooks``      create, change, delete, verify a webhook
- ``codes``         edit the wrap-up vocabulary
- ``codes_import``  read it from a table
- ``users``         make a user for an agent
- ``centre_file``   all of it in one file
"""
