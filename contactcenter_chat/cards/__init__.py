"""What is a card, what does it say, and what can be answered to it?

- ``base``           which kinds there are; size and depth
- ``adaptive``       Adaptive Cards
- ``quick_replies``  a few answers to choose from
- ``parts``          what a card is made of, ready to be shown

A kind is a module with ``check(content)``, ``parts(content)``, ``text(content)``, ``answer(content, given)``,
``told(content, answer)`` and ``chosen(content, button, values)``; ``adaptive`` says what each does.
"""
