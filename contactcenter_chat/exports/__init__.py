"""What leaves the contact centre as a file.

- ``cells``        rows of a CSV file that no spreadsheet takes for formulas
- ``reading``      conversations read batch by batch, so that a large export needs little memory
- ``transcripts``  transcripts as CSV, JSON and HTML
- ``streaming``    the answer that sends a file as it is made
"""
