"""The demo: a college's contact centre, with web, worker, simulated customers and agents.

    python -m example_project.demo

- ``__main__``    the order in which things start, and what is printed
- ``processes``   child processes: start, watch, stop
- ``college``     who works there; the rest is ``college.yaml``, a centre's file
- ``transcripts`` conversations of the last two weeks
- ``models``      who has booked which room
- ``contact_tools``   what agents and bots can do for a customer
- ``learning``    two more, of which no article knew the answer
- ``management/commands/seed_demo``   writes all of it down, once
"""
