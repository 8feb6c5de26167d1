"""What happens inside a worker for one cell."""
