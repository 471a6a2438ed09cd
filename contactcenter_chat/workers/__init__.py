"""How work is started, and what is not waited for.

- ``process``  what a process keeps, made anew after a fork
- ``wakeup``   tells the Celery workers that there is something to do
- ``clock``    looks once a second for what is due
- ``threads``  bounded threads for what waits for others
"""
