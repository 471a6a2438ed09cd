"""Who may speak for the business when it is not an agent.

- ``control``      gives a conversation to a bot and takes it back
- ``after_agent``  a bot gets the conversation back when the agent ends
"""
