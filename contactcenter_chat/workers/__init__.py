"""How work is started, and what is not waited for.

- ``wakeup``   tells the Celery workers that there is something to do
- ``threads``  bounded threads for what waits for others
"""
