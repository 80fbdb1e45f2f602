"""From a question to a cited answer. Imports none of ingest, ui and eval."""
