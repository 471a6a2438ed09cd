"""The demo: a college's contact centre, with web, worker, beat, simulated customers and agents.

    python -m example_project.demo

- ``__main__``    the order in which things start, and what is printed
- ``processes``   child processes: start, watch, stop
- ``college``     who works there, what they wrap up with, what they answer
- ``transcripts`` conversations of the last two weeks
- ``management/commands/seed_demo``   writes both down, once
"""
