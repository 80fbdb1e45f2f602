"""Second turns, invented before the rules for them were settled: does the turn lean on the first,
and does it choose among the papers of the answer?

The first turn asked about `robots that learn to grasp from video`; the answer put forward three
papers.
"""

FIRST = "Which papers teach robots to grasp from video?"

ROWS: tuple[tuple[str, bool, bool], ...] = (
    # leans on the first turn and chooses
    ("which of those use simulation?", True, True),
    ("Which of them were tested on real hardware?", True, True),
    ("do any of these need depth cameras?", True, True),
    ("among those, who releases code?", True, True),
    ("the one with the suction cup, what success rate did it reach?", True, True),
    ("tell me more about the second one", True, True),
    ("what does the first paper train on?", True, True),
    ("compare the first and the third", True, True),
    ("how do these three papers differ?", True, True),
    ("are these methods open source?", True, True),
    ("which one is the fastest?", True, True),
    ("how large is the dataset in that paper?", True, True),
    ("what about the last one?", True, True),
    ("Summarise [2] for me.", True, True),
    ("do all of them rely on reinforcement learning?", True, True),
    ("which ones work without labels?", True, True),
    # leans on the first turn, asks for others or for more
    ("and for drones?", True, False),
    ("does that work with cloth as well?", True, False),
    ("what about audio instead?", True, False),
    ("any others?", True, False),
    ("is it also done with language instructions?", True, False),
    ("other papers besides those?", True, False),
    ("more like these", True, False),
    ("and before 2023?", True, False),
    ("only from 2024 please", True, False),
    ("why is it so hard?", True, False),
    ("how does it work?", True, True),
    ("what are the limitations?", True, True),
    ("what datasets are used?", True, True),
    ("ok, but without any demonstrations?", True, False),
    ("has the same been tried for walking?", True, False),
    ("why?", True, True),
    ("who else works on this?", True, False),
    ("how many demonstrations do they need?", True, True),
    # a new topic
    ("which papers prune attention heads?", False, False),
    ("What is neural collapse?", False, False),
    ("how do speech recognisers cope with accents?", False, False),
    ("and which papers study tabular data?", False, False),
    ("is there anything on music transcription?", False, False),
    ("compare LSTMs and transformers for time series", False, False),
    ("federated learning with noisy clients", False, False),
    ("how can I make a retriever robust to typos in its queries?", False, False),
    ("Does label smoothing hurt distillation, and why does it?", False, False),
    ("are there datasets of sign language?", False, False),
    ("what happens to a language model when it is trained on its own text?", False, False),
    ("Find work where agents debate before they answer.", False, False),
    ("what are the most upvoted papers?", False, False),
    ("papers from October 2025", False, False),
)
