"""What records lack, from services that know the paper: proposed first (`proposals.py`), written
and taken back on demand (`written.py`). How services are asked is known to `ingest.fetch` alone."""
