"""Model plugins, one a file; the file's name is the plugin's name."""
