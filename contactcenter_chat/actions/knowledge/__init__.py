"""What is known, who asks for it, and what became of the answers.

- ``articles``          questions with their answers are written, published, retired
- ``files``             files of articles: added, removed, taken over into a chat
- ``sources``           articles that are kept elsewhere are read again
- ``documents``         the documents of a source become articles
- ``vectors``           what articles mean is kept as vectors, made anew when the words or the model change
- ``questions``         what customers ask, and which articles are near to it
- ``away``              an embedder that is away is told of once a round
- ``looking``           all of that, in a thread of a worker
- ``finding``             what a bot finds for a question, at once
- ``drafts``            what agents answered becomes drafts, which a person reviews
- ``phrasings``         what customers say of the answers of bots
- ``uses``              what agents make of the articles that they are shown
- ``acts``              what a prepared response does when it was sent: owed for a moment, undone, carried out
- ``responses``         prepared responses, of all or of one agent
- ``responses_import``  read them from a table
"""
