"""Records from services on the web, when somebody asks for them and never otherwise. A row a
service (`services.py`), one downloader for all (`download.py`); what comes is kept as it came, and
read by `ingest.readers` like any file."""
