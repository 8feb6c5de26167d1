"""Self-supervised pre-training: a causal encoder learns to foresee the next event of each case."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np

from ...bench.language.sentence import Sentence
from ...bench.model import Explanation
from .adamw import AdamW
from .event_tensors import EventTensors
from .recipe import Arrays, batch_size
from .traced_network import TracedNetwork

_MOST_CODES = 100
_N_BINS = 8
_MOST_WATCHED = 2048


@dataclass(frozen=True)
class Pretraining:
    """How long and how fast to learn from sequences alone, before any outcome is looked at.

    Parameters
    ----------
    rounds : int
        Passes over the fit cases, each of at least ``least_steps`` gradient steps.
    learning_rate, weight_decay : float
        Of AdamW; the rate falls along a half cosine.
    least_steps : int
        See above.
    most_positions : int
        Events and padding that all rounds together may pass over: where many cases have long
        sequences, rounds are cut short.
    """

    rounds: int = 3
    learning_rate: float = 4e-3
    weight_decay: float = 3e-2
    least_steps: int = 25
    most_positions: int = 1_200_000


_Learning = tuple[Pretraining, int]


class NextEvents:
    """Kind and gap of each next event as classes: what there is to foresee.

    Each of the most common kinds is a class, and all others are one; gaps are parted at quantiles
    of those between fit events.

    Parameters
    ----------
    events : EventTensors
        What laid the events out.
    arrays : dict of str to ndarray
        Its arrays of the fit cases.
    """

    def __init__(self, events: EventTensors, arrays: Arrays):
        self._kind = list(events.codes_).index("kind")
        self._gap = events.numeric_.index("gap")
        gaps = self._gaps(arrays)[self.known(arrays)]
        shares = np.linspace(0.0, 1.0, _N_BINS + 1)[1:-1]
        self._edges = np.unique(np.quantile(gaps, shares)) if len(gaps) else np.empty(0)
        self.n_classes = (min(events.n_codes_[self._kind], _MOST_CODES), len(self._edges) + 1)

    def known(self, arrays: Arrays) -> np.ndarray:
        """Tell which events have a next one, bool, shape (n_cases, width - 1)."""
        return arrays["present"][:, :-1] & arrays["present"][:, 1:]

    def classes(self, arrays: Arrays) -> np.ndarray:
        """Give kind and gap of each next event, int32, shape (n_cases, width - 1, 2)."""
        codes = arrays["codes"][:, 1:, self._kind]
        # Codes go by how common a kind is; 1 is that of all others.
        kinds = np.where(codes < _MOST_CODES, codes, 1)
        bins = np.searchsorted(self._edges, self._gaps(arrays), side="right")
        return np.stack([kinds, bins], axis=-1).astype(np.int32)

    def _gaps(self, arrays: Arrays) -> np.ndarray:
        return arrays["numbers"][:, 1:, self._gap]


def pretrain(
    encoder: TracedNetwork,
    next_events: NextEvents,
    fit: Arrays,
    valid: Arrays,
    plan: Pretraining,
    rng: np.random.Generator,
) -> list[dict[str, float]]:
    """Teach an encoder to foresee each next event [1]_; it is left with its best weights.

    No outcome is read.  Cases of one event or none have nothing to teach; where all fit cases are
    such, nothing is changed and the history is empty.

    Parameters
    ----------
    encoder : TracedNetwork
        Gives the state after each event, shape (n_cases, width, n_units), which must not depend on
        later events.
    next_events : NextEvents
    fit, valid : dict of str to ndarray
        The encoder's inputs by name.  The weights kept are those best on the valid cases.
    plan : Pretraining
    rng : numpy Generator
        Draws the order of the fit cases.

    Returns
    -------
    list of dict
        One a round: ``epoch`` (passes over the fit cases so far), and means over events of the log
        losses of kind and gap added up: ``fit_loss``, ``valid_loss``, and ``shares_loss``, which
        the same guess for all fit events would have.

    References
    ----------
    .. [1] A. M. Dai and Q. V. Le, "Semi-supervised sequence learning", NIPS 2015.
    """
    fit, valid = _with_next(next_events, fit), _with_next(next_events, valid)
    n_cases = len(fit["known"])
    if n_cases == 0 or plan.rounds == 0:
        return []
    size = batch_size(n_cases)
    affordable = plan.most_positions // (plan.rounds * size * fit["present"].shape[1])
    n_steps = max(min(n_cases // size, affordable), plan.least_steps)
    n_classes, network = next_events.n_classes, encoder.network
    foresight = encoder.traced(n_classes, lambda: _Foresight(network, n_classes))
    foresight.begin()
    learn = foresight.going_through(fit, size, (plan, plan.rounds * n_steps))
    watched = valid if len(valid["known"]) else fit
    watched = {name: array[:_MOST_WATCHED] for name, array in watched.items()}
    look = foresight.going_through(watched, size)
    shares_loss = _loss_of_shares(fit)
    history: list[dict[str, float]] = []
    best_loss, best_weights = np.inf, network.get_weights()
    for number in range(1, plan.rounds + 1):
        fit_loss = learn(_shuffled(n_cases, n_steps * size, rng))
        valid_loss = look(np.arange(len(watched["known"])))
        history.append(
            {
                "epoch": number * n_steps * size / n_cases,
                "fit_loss": fit_loss,
                "valid_loss": valid_loss,
                "shares_loss": shares_loss,
            }
        )
        if valid_loss < best_loss:
            best_loss, best_weights = valid_loss, network.get_weights()
    network.set_weights(best_weights)
    return history


def pretraining_curves(history: list[dict[str, float]]) -> tuple[Explanation, ...]:
    """Show how well the next event was foreseen; nothing where there was nothing to foresee."""
    if not history:
        return ()
    keys = ("epoch", "fit_loss", "valid_loss", "shares_loss")
    return (
        Explanation(
            "curves",
            Sentence(
                "Mean log losses of the next event's kind and of the gap before it, added "
                "up, in rounds of pre-training that read no outcome; beside them the loss "
                "of guessing their shares among the fit cases every time.  Nearer to that, "
                "less could be foreseen."
            ),
            (
                Sentence("epoch"),
                Sentence("fit log loss"),
                Sentence("valid log loss"),
                Sentence("shares alone"),
            ),
            tuple(tuple(float(entry[key]) for key in keys) for entry in history),
            title=Sentence("before the outcomes: how well the next event was foreseen"),
        ),
    )


def _with_next(next_events: NextEvents, arrays: Arrays) -> Arrays:
    """Keep the cases in which there is something to foresee, and add what it is."""
    known = next_events.known(arrays)
    arrays = arrays | {"next": next_events.classes(arrays), "known": known.astype(np.float32)}
    some = np.flatnonzero(known.any(axis=1))
    return {name: array[some] for name, array in arrays.items()}


def _loss_of_shares(arrays: Arrays) -> float:
    """Log loss of foreseeing every event by the shares of the classes: their entropy, added up."""
    known = arrays["next"][arrays["known"] > 0]
    counts = [np.unique(classes, return_counts=True)[1] for classes in known.T]
    return float(sum(-np.sum(n * np.log(n / len(known))) for n in counts) / len(known))


def _shuffled(n_cases: int, n_wanted: int, rng: np.random.Generator) -> np.ndarray:
    """Draw case numbers, pass by pass without repetition."""
    n_passes = -(-n_wanted // n_cases)
    return np.concatenate([rng.permutation(n_cases) for _ in range(n_passes)])[:n_wanted]


class _Foresight:
    """An encoder with an output for each class of the next event."""

    def __init__(self, encoder: Any, n_classes: tuple[int, ...]):
        self._encoder, self._n_classes = encoder, n_classes
        self._names = [tensor.name for tensor in encoder.inputs]
        self._head: Any = None
        self._steps: dict[tuple[int, _Learning | None], tuple[Any, AdamW | None]] = {}

    def begin(self) -> None:
        """Draw the weights of the outputs anew."""
        import keras

        head = keras.layers.Dense(sum(self._n_classes))
        head.build(self._encoder.output.shape)
        if self._head is None:
            self._head = head
        self._head.set_weights(head.get_weights())

    def going_through(
        self, arrays: Arrays, size: int, learning: _Learning | None = None
    ) -> Callable[[np.ndarray], float]:
        """Give the function that goes through given cases, batch by batch, to their mean loss.

        With ``learning``, a plan and its number of steps, it learns from each batch.
        """
        import tensorflow as tf

        # What fills the last batch up: a case without events, which has no say in a mean.
        n_cases = len(arrays["known"])
        inputs = {
            name: tf.constant(np.concatenate([array, np.zeros_like(array[:1])]))
            for name, array in arrays.items()
        }
        if (size, learning) not in self._steps:
            self._steps[size, learning] = self._traced(size, learning, inputs)
        step, adamw = self._steps[size, learning]
        if adamw is not None:
            adamw.begin()

        def mean_loss(rows: np.ndarray) -> float:
            rows = np.append(rows, np.full(-len(rows) % size, n_cases)).astype(np.int32)
            sums = [step(tf.constant(batch), inputs) for batch in rows.reshape(-1, size)]
            total, n_known = np.sum(sums, axis=0)
            return float(total / n_known)

        return mean_loss

    def _traced(
        self, size: int, learning: _Learning | None, inputs: dict[str, Any]
    ) -> tuple[Any, AdamW | None]:
        import tensorflow as tf

        weights = [*self._encoder.trainable_variables, *self._head.trainable_variables]
        adamw = None
        if learning is not None:
            plan, n_steps = learning
            adamw = AdamW(weights, plan.learning_rate, plan.weight_decay, n_steps)

        @tf.function(autograph=False, jit_compile=False)
        def step(rows: Any, inputs: dict[str, Any]) -> Any:
            batch = {name: tf.gather(array, rows) for name, array in inputs.items()}
            with tf.GradientTape() as tape:
                total, n_known = self._loss(batch, training=adamw is not None)
                loss = total / n_known
            if adamw is not None:
                adamw.apply(tape.gradient(loss, weights))
            return tf.stack([total, n_known])

        of_any_length = {
            name: tf.TensorSpec((None, *array.shape[1:]), array.dtype)
            for name, array in inputs.items()
        }
        rows = tf.TensorSpec((size,), tf.int32)
        return step.get_concrete_function(rows, of_any_length), adamw

    def _loss(self, batch: dict[str, Any], training: bool) -> tuple[Any, Any]:
        """Give the losses of kind and gap, added up over events, and the number of events."""
        import tensorflow as tf

        states = self._encoder({name: batch[name] for name in self._names}, training=training)
        logits = tf.split(self._head(states[:, :-1]), self._n_classes, axis=-1)
        losses = tf.add_n(
            [
                tf.nn.sparse_softmax_cross_entropy_with_logits(batch["next"][..., mark], of_mark)
                for mark, of_mark in enumerate(logits)
            ]
        )
        return tf.reduce_sum(losses * batch["known"]), tf.reduce_sum(batch["known"])
