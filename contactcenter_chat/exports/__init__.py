"""What leaves the contact centre as a file, and how a table that a spreadsheet saves comes back.

- ``reading``        conversations read batch by batch, so that a large export needs little memory
- ``transcripts``    transcripts as CSV, JSON and HTML
- ``codes``          transaction codes as CSV
- ``responses``      prepared responses as CSV
- ``articles``       articles as CSV, and as files of Markdown
- ``cells``          cells that no spreadsheet runs as a formula
- ``folder_reading`` files of Markdown in a folder, or in a zip
- ``table_reading``  tables as spreadsheets save them
- ``table_values``   dates, yes and no as they write them
"""
