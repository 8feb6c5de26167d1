"""Seconds of a fit of each deep model, and of the same network trained by Keras itself.

20,000 made-up cases to fit on and 4,000 to watch, 25 columns, up to 50 events a case.  The bare
fit gets the same encodings, network, batch size, rounds and valid cases, and its seconds include
all of them; ours also include the ranking of the features.  Nothing is asserted.

    OMP_NUM_THREADS=1 python benchmarks/deep_models.py [MODEL ...]
"""

import sys
import time
from collections.abc import Callable
from typing import Any

import numpy as np
import pandas as pd
from intentbench.bench.cases import Cases
from intentbench.bench.cell.views import show_only
from intentbench.bench.events import Events
from intentbench.bench.plugins.loading import load
from intentbench.bench.plugins.registry import Registry
from intentbench.models._deep.keras_model import KerasModel, keras_on_one_thread
from intentbench.models._deep.recipe import batch_size

N_FIT, N_VALID, N_NUMBERS, LONGEST, N_KINDS = 20_000, 4_000, 22, 50, 12
BARE = ("mlp", "lstm", "cnn_rnn_fusion")


def make_cases() -> tuple[Cases, np.ndarray]:
    """Draw cases whose outcome shows in three columns and in one kind of event."""
    rng = np.random.default_rng(0)
    n = N_FIT + N_VALID
    numbers = rng.normal(size=(n, N_NUMBERS))
    features = pd.DataFrame(numbers, columns=[f"number {j}" for j in range(N_NUMBERS)])
    for j in range(3):
        features[f"category {j}"] = pd.Series(rng.choice(list("abcdef"), n), dtype="category")
    lengths = rng.integers(1, LONGEST + 1, n)
    offsets = np.concatenate([[0], np.cumsum(lengths)]).astype(np.int64)
    kind = rng.integers(0, N_KINDS, offsets[-1]).astype(np.int32)
    gap = rng.exponential(60, offsets[-1]).astype(np.float32)
    gap[offsets[:-1]] = 0
    kinds = tuple(f"kind {code}" for code in range(N_KINDS))
    events = Events(offsets, {"kind": kind, "gap": gap}, {"kind": kinds})
    share = np.bincount(events.owner, kind == 0, n) / lengths
    log_odds = numbers[:, :3].sum(axis=1) + 8 * (share - 1 / N_KINDS) - 1.5
    y = (rng.random(n) < 1 / (1 + np.exp(-log_odds))).astype(np.int8)
    return Cases(features, events), y


def seconds(work: Callable[[], Any]) -> float:
    """Give the processor seconds of one call."""
    started = time.process_time()
    work()
    return time.process_time() - started


def fit_bare(model: KerasModel, history: list[dict[str, float]], fit: Any, valid: Any) -> None:
    """Train the model's network by ``fit`` of Keras, with its early stopping and its AdamW.

    Where our rounds are shorter than a pass over the cases, Keras gets as many fewer cases.
    """
    keras = keras_on_one_thread()
    (cases, y), (valid_cases, y_valid) = fit, valid
    keras.utils.set_random_seed(0)
    model._learn_encodings(cases)
    arrays, valid_arrays = model._arrays(cases), model._arrays(valid_cases)
    model.input_shapes_ = {name: (a.shape[1:], a.dtype.name) for name, a in arrays.items()}
    network = model._network()
    size, n_rounds = batch_size(len(y)), len(history)
    n_cases = round(history[0]["epoch"] * len(y))
    rate = keras.optimizers.schedules.CosineDecay(
        model.recipe.learning_rate, n_rounds * n_cases // size
    )
    network.compile(
        keras.optimizers.AdamW(rate, weight_decay=model.recipe.weight_decay),
        keras.losses.BinaryCrossentropy(from_logits=True),
        jit_compile=False,
    )
    stop = keras.callbacks.EarlyStopping(patience=n_rounds, restore_best_weights=True)
    network.fit(
        {name: array[:n_cases] for name, array in arrays.items()},
        np.repeat(y[:n_cases, None], network.output_shape[1], axis=1).astype(np.float32),
        batch_size=size,
        epochs=n_rounds,
        validation_data=(
            valid_arrays,
            np.repeat(y_valid[:, None], network.output_shape[1], axis=1).astype(np.float32),
        ),
        validation_batch_size=512,
        callbacks=[stop],
        verbose=0,
    )


def main(names: list[str]) -> None:
    """Fit and print."""
    registry = Registry("model")
    classes = {name: load(registry.find(name)) for name in names or registry.names()}
    classes = {name: cls for name, cls in classes.items() if issubclass(cls, KerasModel)}
    cases, y = make_cases()
    rows = np.arange(N_FIT), np.arange(N_FIT, N_FIT + N_VALID)
    keras_on_one_thread()
    for name, cls in classes.items():
        shown = show_only(cases, cls.views)
        fit, valid = ((shown.take(part), y[part]) for part in rows)
        model = cls(random_state=1)
        ours = seconds(lambda: model.fit(*fit, valid=valid))  # noqa: B023 - called at once
        line = f"{name:16} {ours:6.1f} s, {len(model.history_)} rounds"
        if name in BARE or names:
            twin = cls(random_state=1)
            bare = seconds(lambda: fit_bare(twin, model.history_, fit, valid))  # noqa: B023
            line += f"; bare Keras {bare:6.1f} s, ratio {ours / bare:.2f}"
        print(line, flush=True)


if __name__ == "__main__":
    main(sys.argv[1:])
