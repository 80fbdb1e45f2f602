"""`citewell chat`: a conversation in the terminal."""
