"""From a read question to ranked papers."""
