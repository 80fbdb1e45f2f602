"""Reports over runs: one self-contained HTML page, or Markdown for a pull request."""
