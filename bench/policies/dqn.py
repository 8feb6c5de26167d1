"""DQN: a network in place of the table of what acting and waiting are worth."""

from typing import Any, Self

import numpy as np

from ..keras_library import keras_on_one_thread
from ..policy import Economics, Policy, Seen, Visits
from ._known import columns, frequent_kinds, log_odds


class DQN(Policy):
    """A deep Q network [1]_ on the event's number, the probability, and what fitted Q reads.

    Steps are drawn at random from the logged visits, as from a replay memory.  The network's values
    of waiting move towards the larger value that a copy of it, renewed from time to time, gives the
    next state; those of acting towards what acting is expected to bring by the probability.  With a
    few events and few columns, regression backwards from the last event does the
    same without a copy, a rate or a stopping time: nothing says that a network must do better here.

    Parameters
    ----------
    n_units : int, default=32
        Of two hidden layers.
    n_steps : int, default=2500
        Of Adam.
    batch : int, default=256
        Steps of visits in each.
    renewed : int, default=100
        Gradient steps after which the copy is renewed.
    learning_rate : float, default=0.002
        At first; it falls along half a cosine.
    random_state : int, optional

    References
    ----------
    .. [1] Mnih et al. (2015), "Human-level control through deep reinforcement learning", Nature
       518.
    """

    title = "DQN"
    requires = ("tensorflow",)

    def __init__(
        self,
        n_units: int = 32,
        n_steps: int = 2500,
        batch: int = 256,
        renewed: int = 100,
        learning_rate: float = 0.002,
        random_state: int | None = None,
    ):
        self.n_units = n_units
        self.n_steps = n_steps
        self.batch = batch
        self.renewed = renewed
        self.learning_rate = learning_rate
        self.random_state = random_state

    def learn(self, visits: Visits, y: np.ndarray, economics: Economics) -> Self:
        """Draw steps, and follow the gradient."""
        keras = keras_on_one_thread()
        rng = np.random.default_rng(self.random_state)
        self.kinds_, self.n_events_ = frequent_kinds(visits.kind), visits.n_events
        states, then, acted = self._steps(visits, economics)
        self.mean_, spread = states.mean(axis=0), states.std(axis=0)
        self.spread_ = np.where(spread > 1e-9, spread, 1.0)
        states = ((states - self.mean_) / self.spread_).astype(np.float32)
        network, copy = (_network(keras, states.shape[1], self.n_units, rng) for _ in range(2))
        step = _gradient_step(network, copy, states, then, acted, self.learning_rate, self.n_steps)
        for number in range(self.n_steps):
            if number % self.renewed == 0:
                copy.set_weights(network.get_weights())
            step(rng.integers(0, len(states), self.batch).astype(np.int32))
        # Two small matrices more: no network is kept, which could not be copied or stored as such.
        self.weights_ = [np.asarray(weights, dtype=np.float64) for weights in network.get_weights()]
        return self

    def act(self, seen: Seen) -> np.ndarray:
        """Compare the two values; waiting is worth at least nothing."""
        values = (self._state(seen) - self.mean_) / self.spread_
        for number in range(0, len(self.weights_), 2):
            # Not a matrix product: BLAS rounds a row differently beside other rows.
            values = np.einsum("ij,jk->ik", values, self.weights_[number])
            values = values + self.weights_[number + 1]
            if number + 2 < len(self.weights_):
                values = np.maximum(values, 0.0)
        return values[:, 1] > np.maximum(values[:, 0], 0.0)

    def _state(self, seen: Seen) -> np.ndarray:
        share = np.full(len(seen.p), seen.event / self.n_events_)
        return np.column_stack([share, log_odds(seen.now), seen.now, columns(seen, self.kinds_)])

    def _steps(
        self, visits: Visits, economics: Economics
    ) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        """Give all states, the number of the next one (-1 at a visit's end), scaled rewards."""
        number = np.full((len(visits.p), visits.n_events + 1), -1)
        states, acted, n = [], [], 0
        for event in range(1, visits.n_events + 1):
            rows = visits.at(event)
            number[rows, event - 1] = np.arange(n, n + len(rows))
            states.append(self._state(visits.seen(rows, event)))
            acted.append(economics.gain(visits.p[rows, event - 1], event))
            n += len(rows)
        then = [number[visits.at(event), event] for event in range(1, visits.n_events + 1)]
        rewards = np.concatenate(acted)
        return np.concatenate(states), np.concatenate(then), rewards / max(rewards.std(), 1e-9)


def _network(keras: Any, n_columns: int, n_units: int, rng: np.random.Generator) -> Any:
    def hidden() -> Any:
        # A seed of its own: what Keras seeds for everybody is left alone.
        start = keras.initializers.GlorotUniform(seed=int(rng.integers(2**31)))
        return keras.layers.Dense(n_units, activation="relu", kernel_initializer=start)

    # All values begin at nothing: the larger of two random ones would be hoped for, and waited for.
    values = keras.layers.Dense(2, kernel_initializer="zeros")
    return keras.Sequential([keras.Input((n_columns,)), hidden(), hidden(), values])


def _gradient_step(
    network: Any,
    copy: Any,
    states: np.ndarray,
    then: np.ndarray,
    acted: np.ndarray,
    learning_rate: float,
    n_steps: int,
) -> Any:
    """Build the compiled function that learns from a batch of steps."""
    import keras
    import tensorflow as tf

    rate = keras.optimizers.schedules.CosineDecay(learning_rate, n_steps)
    adam = keras.optimizers.Adam(rate)
    adam.build(network.trainable_variables)
    seen, goes_on = tf.constant(states), tf.constant((then >= 0).astype(np.float32))
    following = tf.constant(np.maximum(then, 0).astype(np.int32))
    rewards = tf.constant(acted.astype(np.float32))

    @tf.function(autograph=False, jit_compile=False)
    def step(rows: Any) -> Any:
        later = copy(tf.gather(seen, tf.gather(following, rows)), training=False)
        # Waiting for ever brings nothing, so no state is worth less.
        waiting = tf.gather(goes_on, rows) * tf.maximum(tf.reduce_max(later, axis=1), 0.0)
        wanted = tf.stack([waiting, tf.gather(rewards, rows)], axis=1)
        with tf.GradientTape() as tape:
            values = network(tf.gather(seen, rows), training=True)
            loss = tf.reduce_mean(tf.square(values - wanted))
        weights = network.trainable_variables
        adam.apply_gradients(zip(tape.gradient(loss, weights), weights, strict=True))
        return loss

    return step
