"""Keras models: layers, training, tensors of both views."""
