"""The doors: terminal and browser, both on one Assistant."""
