"""Cells on Dask workers: chosen, sent, carried out, collected."""
