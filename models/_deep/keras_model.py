"""KerasModel: a Keras network as a model plugin."""

from abc import abstractmethod
from collections.abc import Callable, Hashable, Sequence
from typing import Any, ClassVar, Self

import numpy as np
from scipy.special import expit, logit

from ...bench.cases import Cases
from ...bench.categories import RatedCases
from ...bench.keras_library import keras_on_one_thread, seeded
from ...bench.language.sentence import Sentence
from ...bench.model import Explanation, Model, two_columns
from .column_vectors import ColumnVectors
from .event_tensors import EventTensors
from .learning_first import OUTPUT, learn_first
from .recipe import Arrays, Recipe
from .traced_network import LentNetworks, TracedNetwork
from .training import ManyScorers, Scorer, log_loss, train
from .training_curves import training_curves

_CASES_TO_EXPLAIN_BY = 512
_LENT = LentNetworks()
_MADE_AGAIN = ("_scorer", "_alone", "_together")


class KerasModel(Model):
    """Encodes the declared views, builds a network over them and trains it by one recipe.

    A subclass says in ``hidden`` what lies between the inputs and the output unit, and may have a
    ``recipe`` of its own.  What is kept of a fit is arrays: the network is built again from
    ``weights_`` where it is needed, so that a fitted model can be pickled.

    One that reads events alone may declare ``transfers = True``: its ``fit`` can be given the cases
    and outcomes of another task, ``source``, in the vocabulary of the fit cases, to learn first.
    """

    recipe: ClassVar[Recipe] = Recipe()
    transfers: ClassVar[bool] = False
    uses_weights = True

    @abstractmethod
    def hidden(self, inputs: dict[str, Any]) -> Any:
        """Build the layers up to the last hidden one.

        Parameters
        ----------
        inputs : dict of str to KerasTensor
            ``features``, shape (n_cases, n_components), and ``categories``, int32, shape (n_cases,
            n_categorical), of ``ColumnVectors`` where the model declares that view; and the arrays
            of ``EventTensors`` where it declares events.  Not all need be used.  Layers may hang on
            the model's parameters, on shapes and on numbers of codes, not on values of the cases.

        Returns
        -------
        KerasTensor of shape (n_cases, n_units), or tuple of such
            The first leads to the answer.  The others are inner parts that get an output unit of
            their own while the network learns, so that each has to tell something by itself [1]_.

        References
        ----------
        .. [1] C.-Y. Lee et al., "Deeply-supervised nets", AISTATS 2015.
        """

    def fit(
        self,
        cases: Cases,
        y: np.ndarray,
        *,
        valid: tuple[Cases, np.ndarray],
        weight: np.ndarray | None = None,
        valid_weight: np.ndarray | None = None,
        source: tuple[Cases, np.ndarray] | None = None,
    ) -> Self:
        """Learn the encodings and the weights from the fit cases; stop by the valid cases.

        With ``source`` the weights are first learnt from those cases; encodings never are.
        """
        keras = keras_on_one_thread()
        entropy = np.random.SeedSequence(getattr(self, "random_state", None))
        rng = np.random.default_rng(entropy)
        if "features" in self.views:
            self.rated_ = RatedCases()
            cases = self.rated_.fit_transform(cases, y, weight)
            valid = (self.rated_.transform(valid[0]), valid[1])
        self._learn_encodings(cases)
        arrays, valid_arrays = self._arrays(cases), self._arrays(valid[0])
        self.input_shapes_ = {name: (a.shape[1:], a.dtype.name) for name, a in arrays.items()}
        self.let_go()
        if not _LENT.reclaim(self._architecture()):
            # Layer names and compiled kernels of earlier fits would pile up.
            keras.utils.clear_session()
        with seeded(int(entropy.generate_state(1)[0])):
            bias = float(logit(np.average(y, weights=weight)))
            scorer = self._borrowed(self._network(output_bias=bias))
            lent = scorer.network
            if source is not None:
                taught = self._arrays(source[0]), source[1]
                learn_first(scorer, taught, self.recipe, bias, rng)
            self._prepare(lent, arrays, valid_arrays, rng)
            self.history_ = train(
                scorer,
                (arrays, y),
                (valid_arrays, valid[1]),
                self.recipe,
                rng,
                weight,
                valid_weight,
            )
        self.weights_ = lent.network.get_weights()
        if "features" in self.views:
            self.importances_ = self._importances(scorer, valid_arrays, valid[1], valid_weight, rng)
        return self

    def predict_proba(self, cases: Cases) -> np.ndarray:
        """Give P(no) and P(yes) of each case, shape (n_cases, 2)."""
        return self.readied(cases)()

    def readied(self, cases: Cases) -> Callable[[], np.ndarray]:
        """Encode the cases; gives what gives P(no) and P(yes) of each."""
        asked, arrays = self._asking("_alone", (self._built(),)), self._encoded(cases)
        return lambda: two_columns(expit(asked([arrays])[0]))

    @staticmethod
    def readied_together(
        models: "Sequence[KerasModel]", cases: Sequence[Cases]
    ) -> Callable[[], list[np.ndarray]]:
        """Encode the cases for several models, which are asked by one call.

        Parameters
        ----------
        models : sequence of KerasModel
            Fitted, of whatever classes.
        cases : sequence of Cases
            The same cases, as each of the models is shown them.

        Returns
        -------
        callable
            Gives what ``predict_proba`` of each would, to the bit.
        """
        asked = models[0]._asking("_together", tuple(model._built() for model in models))
        arrays = [model._encoded(each) for model, each in zip(models, cases, strict=True)]
        return lambda: [two_columns(expit(logits)) for logits in asked(arrays)]

    def let_go(self) -> None:
        """Hold no network any more: it is built again from ``weights_`` where it is needed."""
        for name in _MADE_AGAIN:
            vars(self).pop(name, None)

    def _built(self) -> Scorer:
        # Taken once: another thread's fit may want the network back.
        scorer = getattr(self, "_scorer", None)
        if scorer is None:
            keras_on_one_thread()
            network = self._network()
            network.set_weights(self.weights_)
            scorer = self._borrowed(network)
        return scorer

    def _asking(self, name: str, scorers: tuple[Scorer, ...]) -> ManyScorers:
        """Give what asks some networks; it is kept under a name for the next time."""
        known = getattr(self, name, None)
        if known is None or known.scorers != scorers:
            known = ManyScorers(scorers)
            setattr(self, name, known)
        return known

    def _borrowed(self, network: Any) -> Scorer:
        architecture = self._architecture()
        lent = _LENT.lend(architecture, network)
        self._scorer = scorer = Scorer(lent)
        _LENT.held(self, scorer, architecture, lent)
        return scorer

    def _encoded(self, cases: Cases) -> Arrays:
        if "features" in self.views:
            cases = self.rated_.transform(cases)
        return self._arrays(cases)

    def explain(self) -> tuple[Explanation, ...]:
        """Rank the features by what the valid cases lose without them [1]_; tell the training.

        References
        ----------
        .. [1] L. Breiman, "Random forests", Machine Learning 45, 2001 (permutation importance).
        """
        if "features" not in self.views:
            return (training_curves(self.history_),)
        lost = Sentence(
            "Rise of the log loss when this column is shuffled among valid cases; at or below zero "
            "it is not missed."
        )
        if "events" in self.views:
            lost = Sentence(
                "Rise of the log loss when this column is shuffled among valid cases while the "
                "events stay as they are; at or below zero it is not missed."
            )
        importances = Explanation.importances(
            self.columns_.names_,
            self.importances_,
            lost,
        )
        return importances, training_curves(self.history_)

    def __getstate__(self) -> dict[str, Any]:
        return {name: value for name, value in vars(self).items() if name not in _MADE_AGAIN}

    def _architecture(self) -> Hashable:
        """What layers hang on: the class, its parameters, and how the inputs are laid out."""
        parameters = self.get_params(deep=False)
        parameters.pop("random_state", None)
        return type(self), repr((sorted(parameters.items()), self.input_shapes_))

    def _prepare(
        self, lent: TracedNetwork, arrays: Arrays, valid_arrays: Arrays, rng: np.random.Generator
    ) -> None:
        """Change the network's first weights by what needs no outcome; as it stands, nothing."""

    def _learn_encodings(self, cases: Cases) -> None:
        if "features" in self.views:
            self.columns_ = ColumnVectors().fit(cases.features)
        if "events" in self.views:
            self.events_ = EventTensors().fit(cases.events)

    def _arrays(self, cases: Cases) -> Arrays:
        arrays = {}
        if "features" in self.views:
            arrays["features"] = self.columns_.transform(cases.features)
            arrays["categories"] = self.columns_.codes(cases.features)
        if "events" in self.views:
            arrays |= self.events_.transform(cases.events)
        return arrays

    def _importances(
        self,
        scorer: Scorer,
        arrays: Arrays,
        y: np.ndarray,
        weight: np.ndarray | None,
        rng: np.random.Generator,
    ) -> np.ndarray:
        """Rise of the log loss with each column shuffled, shape (n_features,)."""
        rows = rng.permutation(len(y))[:_CASES_TO_EXPLAIN_BY]
        arrays, y = {name: array[rows] for name, array in arrays.items()}, y[rows]
        weight = None if weight is None else weight[rows]
        loss = log_loss(scorer(arrays), y, weight)
        order = rng.permutation(len(y))
        rises = np.zeros(len(self.columns_.names_))
        for column, name in enumerate(self.columns_.names_):
            features = arrays["features"].copy()
            components = self.columns_.owner_ == column
            features[:, components] = features[order][:, components]
            shuffled = {"features": features}
            if name in self.columns_.categorical_:
                codes = arrays["categories"].copy()
                number = self.columns_.categorical_.index(name)
                codes[:, number] = codes[order, number]
                shuffled["categories"] = codes
            rises[column] = log_loss(scorer(arrays | shuffled), y, weight) - loss
        return rises

    def _network(self, output_bias: float = 0.0) -> Any:
        import keras

        inputs = {
            name: keras.Input(shape, dtype=dtype, name=name)
            for name, (shape, dtype) in self.input_shapes_.items()
        }
        return keras.Model(inputs, self._logits(self.hidden(inputs), output_bias))

    def _logits(self, hidden: Any, output_bias: float) -> Any:
        """Give an output unit to each part, shape (n_cases, n_parts)."""
        import keras

        parts = hidden if isinstance(hidden, tuple) else (hidden,)
        at_base_rate = keras.initializers.Constant(output_bias)
        logits = [
            keras.layers.Dense(1, bias_initializer=at_base_rate, name=f"{OUTPUT}_{number}")(part)
            for number, part in enumerate(parts)
        ]
        return keras.ops.concatenate(logits, axis=-1)
