"""Notes in an Obsidian vault, kept up to date: `citewell notes sync` (docs/notes.md)."""
