"""Keras as all who use it here load it: on one thread, quiet, with operations that repeat."""

import gc
import os
import random
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from functools import cache
from typing import Any

import numpy as np


@cache
def keras_on_one_thread() -> Any:
    """Import Keras on TensorFlow, quiet, on one processor thread, with repeatable operations.

    Results depend on the number of threads; the harness runs one process a core instead.
    """
    os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
    os.environ["KERAS_BACKEND"] = "tensorflow"
    with _native_messages_hidden():
        import tensorflow as tf

    # Too late where TensorFlow was used before in this process: then its owner has chosen.
    with suppress(RuntimeError):
        tf.config.threading.set_intra_op_parallelism_threads(1)
        tf.config.threading.set_inter_op_parallelism_threads(1)
        tf.config.set_visible_devices([], "GPU")
    tf.config.experimental.enable_op_determinism()
    import keras

    # Keras collects garbage before each fit, and would walk all that these imports have made.
    gc.collect()
    gc.freeze()
    return keras


@contextmanager
def _native_messages_hidden() -> Iterator[None]:
    """Hide what TensorFlow says of its build while it loads, whatever its log level is."""
    sys.stderr.flush()
    stderr = os.dup(2)
    with open(os.devnull, "wb") as nowhere:
        os.dup2(nowhere.fileno(), 2)
    try:
        yield
    finally:
        os.dup2(stderr, 2)
        os.close(stderr)


@contextmanager
def seeded(seed: int) -> Iterator[None]:
    """Seed Keras; give the generators that it shares with everyone back as they were."""
    import keras

    shared = random.getstate(), np.random.get_state()  # noqa: NPY002 - the one that Keras seeds
    keras.utils.set_random_seed(seed)
    try:
        yield
    finally:
        random.setstate(shared[0])
        np.random.set_state(shared[1])  # noqa: NPY002
