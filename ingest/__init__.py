"""From files and pages to the catalog and its indexes."""
