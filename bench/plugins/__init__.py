"""Finding plugins, reading them without running them, hashing their sources."""
