"""What leaves the contact centre as a file.

- ``reading``      conversations read batch by batch, so that a large export needs little memory
- ``transcripts``  transcripts as CSV, JSON and HTML
- ``codes``        transaction codes as CSV
- ``cells``        cells that no spreadsheet runs as a formula
"""
