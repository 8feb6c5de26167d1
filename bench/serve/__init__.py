"""A file of a model as a service over HTTP."""
