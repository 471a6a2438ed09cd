"""People who are not there: agents who answer and customers who ask, for demos, trials and load.

- ``talks``      what they talk about
- ``agents``     agents who work by the verbs, as a desk would
- ``users``      as whom they log in
- ``customers``  customers who know the HTTP API alone
- ``receiver``   where the customers' callbacks come in
- ``duration``   how long it lasts
- ``what_if``    a centre as it might be, by a virtual clock
- ``trying``     what a bot would answer
"""
