"""People who are not there: agents who answer and customers who ask, for demos, trials and load.

- ``talks``      what they talk about
- ``agents``     agents who work by the verbs, as a desk would
- ``customers``  customers who know the HTTP API alone
- ``receiver``   where the customers' callbacks come in
- ``clock``      how long it lasts
"""
