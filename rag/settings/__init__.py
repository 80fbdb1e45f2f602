"""`config.toml` as a file, and what each setting may be. What a setting means is not known here."""
