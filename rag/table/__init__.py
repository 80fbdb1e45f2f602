"""Evidence tables: a row a paper, a column a question put to each of them, in every cell the
words of the abstract that it rests on.
"""
