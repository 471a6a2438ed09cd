"""What leaves the contact centre as a file, and how a table that a spreadsheet saves comes back.

- ``reading``        conversations read batch by batch, so that a large export needs little memory
- ``transcripts``    transcripts as CSV, JSON and HTML
- ``codes``          transaction codes as CSV
- ``cells``          cells that no spreadsheet runs as a formula
- ``table_reading``  tables as spreadsheets save them
- ``table_values``   dates, yes and no as they write them
"""
