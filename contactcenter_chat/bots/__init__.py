"""What a bot is, and those that come with the app. A bot answers; the app writes what it answered.

Where a bot answers, its name tells (``base``):

- *asked here* (``is_asked_here``): the app asks it in turns: a class that the settings name, or one that comes with it
- *elsewhere* (``is_elsewhere``): a program of its own, told by callbacks, which speaks over the API (``gateway``)
- *driven by the project*: a name alone, for which the project's own code speaks; neither of these

Of the first two the app counts the turns (``has_turns``), and hands over for them.

- ``base``    what is asked of a bot, and what it may answer with
- ``plain``   how words of a customer are compared
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
