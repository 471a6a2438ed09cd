"""What would a bot answer? It is asked by the rules of a real chat, and nothing is written.

- ``state``      what a dialogue has come to, and what came of a turn
- ``asking``     somebody who is not there asks a bot
- ``taking``     what becomes of a turn
- ``calling``    what would become of a call of a function
- ``sets``       questions with what is to come, from a table
- ``running``    each of them is asked
- ``runs``       what came, as a file
- ``comparing``  two runs side by side
- ``report``     how it reads, as text and as a table
"""
