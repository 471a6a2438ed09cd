"""What a bot is, and those that come with the app. A bot answers; the app writes what it answered.

- ``base``    what is asked of a bot, and what it may answer with
- ``wishes``  does somebody want a human?
- ``consent``  does somebody want no more conversations that the business begins?
- ``waiting``  what somebody says who waits for an agent
- ``codes``    what somebody says who is asked for a one-time code
- ``words``   what the app itself says for a bot: that it is one, that somebody else goes on
- ``faq``     answers from the articles
- ``llm``     has a model put them into words, and call functions of the project
- ``model_options``  what the settings say of a model
- ``assisting``  has a model draft replies and summaries for agents
- ``grounds`` whether what a model says stands in its sources
- ``rasa``    passes on what a Rasa server answers
- ``gateway`` is told by callbacks, and speaks over the API by itself
"""
