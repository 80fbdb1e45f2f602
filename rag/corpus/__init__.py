"""What the abstracts of a corpus contain: lexicon, names, titles, spelling."""
