"""A file of a model in forms that other programs carry: an image, a model of MLflow."""
