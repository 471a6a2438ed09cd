"""What a contact centre is set up from.

- ``tenants``          create a tenant, its keys; rotate what signs
- ``channels``         create, change, delete a channel
- ``webhooks``         create, change, delete, verify a webhook
- ``codes``            edit the wrap-up vocabulary
- ``codes_import``     read it from a table
- ``articles_import``  articles from a table, or a folder of Markdown
- ``articles_preview`` what that will do, field by field
- ``tables``           what imports of tables share
- ``users``            make a user for an agent
- ``centre_file``      all of it in one file
"""
