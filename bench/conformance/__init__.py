"""What a plugin must do."""
