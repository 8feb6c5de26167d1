"""Files as given by users: parts of a folder, compression, sizes."""
