"""In which language readers are spoken to, and the catalogs of sentences in the others."""
