"""Text alone: sentences, numbers, LaTeX, stemming. Knows no papers and no questions."""
