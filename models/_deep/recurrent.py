"""RecurrentModel: a recurrent layer over embedded events, whose last state tells the outcome."""

from abc import abstractmethod
from typing import Any

from .keras_model import KerasModel
from .layers import embedded


class RecurrentModel(KerasModel):
    """Embedded events, a recurrent layer, its last state with the length, and a dense layer.

    A subclass says in ``last_state`` which recurrent layer it is.
    """

    def __init__(self, units=32, head_units=32, dropout=0.2, random_state=None):
        self.units = units
        self.head_units = head_units
        self.dropout = dropout
        self.random_state = random_state

    @abstractmethod
    def last_state(self, events: Any, present: Any) -> Any:
        """Give the recurrent layer's state after the last event, shape (n_cases, units).

        Parameters
        ----------
        events : KerasTensor of shape (n_cases, width, n_components)
        present : KerasTensor of bool, shape (n_cases, width)
            False where padded.
        """

    def hidden(self, inputs):
        """Build the layers from the events to the head."""
        from keras import layers, ops

        events = embedded(inputs, self.events_.n_codes_)
        state = self.last_state(events, inputs["present"])
        x = layers.Dropout(self.dropout)(ops.concatenate([state, inputs["length"]], axis=-1))
        x = layers.Dense(self.head_units, activation="relu")(x)
        return layers.Dropout(self.dropout)(x)
