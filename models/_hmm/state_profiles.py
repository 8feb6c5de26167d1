"""Hidden states in words and numbers, for a reader who knows the shop and not the method."""

from collections.abc import Iterator, Sequence

import numpy as np

from ...bench.language.sentence import AFTER_A_COMMA, Sentence, Text, joined
from ...bench.model import Explanation
from .._events.marks import EventMarks
from .hidden_states import HiddenStates
from .outcome_hmms import MarkedSequences
from .training import HMMParameters

_MOST_DIFFERENCES = 15
_MOST_VALUES = 4
# A value rarer or less typical than this does not mark a state.
_LEAST_SHARE, _LEAST_LIFT = 0.01, 1.15


def state_names(n_states: int) -> list[str]:
    """Name the states."""
    return [f"state {number}" for number in range(1, n_states + 1)]


def explain_states(
    hidden: HiddenStates, sequences: MarkedSequences, y: np.ndarray
) -> tuple[Explanation, ...]:
    """Describe the states of all cases, and how those of the two outcomes differ.

    Parameters
    ----------
    hidden : HiddenStates
        Fitted.
    sequences : MarkedSequences of length n_cases
        The fit cases.
    y : ndarray of shape (n_cases,)
        Their outcomes.

    Returns
    -------
    tuple of Explanation
        Empty where no case has an event.
    """
    rows = np.flatnonzero(sequences.lengths)
    if len(rows) == 0:
        return ()
    parameters = hidden.all_.parameters
    counts = sequences.training_set(rows).expectations(parameters)
    visited = counts.emission.sum(axis=1)
    names = state_names(len(visited))
    steps = counts.transition - np.diag(np.diag(counts.transition))
    stay = visited / np.maximum(counts.start + steps.sum(axis=0), 1e-9)
    share = visited / visited.sum()
    _, spent = sequences.occupancies(parameters)
    positive = spent[y == 1].sum(axis=0) / np.maximum(spent.sum(axis=0), 1e-9)
    described = [
        (
            names[state],
            _marked_by(parameters, hidden.marks_, share, state),
            float(share[state]),
            float(stay[state]),
            _onward(steps[state], names),
            float(positive[state]),
        )
        for state in range(len(visited))
    ]
    states = Explanation(
        "states",
        Sentence(
            "Hidden states that the events of the fit cases pass through, found "
            "without a look at the outcome.  In brackets, a value's share of the "
            "state's events and how many times its overall share that is.  A stay is "
            "counted in events.  The last column is the share of positive cases among "
            "those who were there, weighted by the time they spent; of all cases with "
            "events it is {mean:.1%}.  {fitted}",
            mean=y[rows].mean(),
            fitted=_how_it_was_fitted(hidden),
        ),
        (
            Sentence("state"),
            Sentence("marked by"),
            Sentence("share of events"),
            Sentence("mean stay"),
            Sentence("mostly followed by"),
            Sentence("positive"),
        ),
        tuple(described),
        Sentence("the hidden states and who visits them"),
    )
    return states, _differences(hidden, share, names)


def _how_it_was_fitted(hidden: HiddenStates) -> Sentence:
    losses = hidden.losses_
    ended = (
        Sentence("EM converged.")
        if hidden.converged_
        else Sentence("EM ran out of iterations before it converged.")
    )
    if len(losses) < 2 or not np.isfinite(list(losses.values())).all():
        return ended
    tried = joined(
        AFTER_A_COMMA,
        (Sentence("{loss:.4f} with {n}", loss=loss, n=number) for number, loss in losses.items()),
    )
    return Sentence(
        "Log loss on valid cases by number of states: {tried}.  {ended}", tried=tried, ended=ended
    )


def _marked_by(parameters: HMMParameters, marks: EventMarks, share: np.ndarray, state: int) -> Text:
    """Name the values that tell a state from the others best."""
    found = []
    for emission, labels in zip(parameters.emissions, marks.labels_.values(), strict=True):
        p, lift = emission[state], emission[state] / (share @ emission)
        found += [
            (p[value] * np.log(lift[value]), labels[value], p[value], lift[value])
            for value in np.flatnonzero((lift > _LEAST_LIFT) & (p > _LEAST_SHARE))
        ]
    found.sort(key=lambda value: -value[0])
    said = [f"{label} ({p:.0%}, {lift:.1f}x)" for _, label, p, lift in found[:_MOST_VALUES]]
    return "; ".join(said) or Sentence("what is usual")


def _onward(steps: np.ndarray, names: Sequence[str]) -> str:
    if steps.sum() <= 0:
        return "none"
    onward = int(np.argmax(steps))
    return f"{names[onward]} ({steps[onward] / steps.sum():.0%})"


def _differences(hidden: HiddenStates, share: np.ndarray, names: Sequence[str]) -> Explanation:
    """List where the models of the two outcomes differ most."""
    found = []
    for state, what, no, yes in _compared(hidden, names):
        found.append((share[state] * (yes - no) * np.log(yes / no), state, what, no, yes))
    found.sort(key=lambda row: -row[0])
    rows = [
        (names[state], what, float(no), float(yes))
        for _, state, what, no, yes in found[:_MOST_DIFFERENCES]
    ]
    return Explanation(
        "table",
        Sentence(
            "Chances of what happens next in each state, in the model of the fit cases "
            "without and in that with the outcome; where the two differ most and the "
            "state is visited often."
        ),
        (Sentence("in"), Sentence("chance of"), Sentence("without"), Sentence("with")),
        tuple(rows),
        Sentence("where the two outcomes differ"),
    )


def _compared(
    hidden: HiddenStates, names: Sequence[str]
) -> Iterator[tuple[int, str, float, float]]:
    no, yes = hidden.pair_.no.parameters, hidden.pair_.yes.parameters
    tables = [(no.transition, yes.transition, [f"going to {name}" for name in names])]
    labels = hidden.marks_.labels_.values()
    tables += zip(no.emissions, yes.emissions, labels, strict=True)
    for of_no, of_yes, whats in tables:
        for (state, value), p in np.ndenumerate(of_no):
            what = "staying" if whats[value] == f"going to {names[state]}" else whats[value]
            yield state, what, p, of_yes[state, value]
