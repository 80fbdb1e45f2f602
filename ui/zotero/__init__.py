"""Papers from Zotero and to it: `citewell zotero pull` and `push` (docs/notes.md)."""
