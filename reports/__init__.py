"""Readers of stored results: summaries, charts, tables and the HTML page.  They fit nothing."""
