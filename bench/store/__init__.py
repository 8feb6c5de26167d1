"""The results folder, and the records that its readers see."""
