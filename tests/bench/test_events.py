import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from intentbench.bench.errors import DataError
from intentbench.bench.events import Events

KINDS = ("view", "sök", "加购")
quick = settings(deadline=None, max_examples=60)


def events_of(sequences):
    """Build events from one list of kinds a case; the gap of event i of all is i."""
    kinds = [kind for sequence in sequences for kind in sequence]
    return Events(
        offsets=np.concatenate([[0], np.cumsum([len(s) for s in sequences])]).astype(np.int64),
        marks={
            "kind": np.array(kinds, dtype=np.int32),
            "gap": np.arange(len(kinds), dtype=np.float32),
        },
        vocabulary={"kind": KINDS},
    )


def sequences_of(events, mark="kind"):
    """Read events back, case by case, as slowly as can be."""
    return [
        [
            events.marks[mark][row].item()
            for row in range(events.offsets[i], events.offsets[i + 1])
        ]
        for i in range(len(events))
    ]  # fmt: skip


ragged = st.lists(st.lists(st.integers(0, len(KINDS) - 1), max_size=6), max_size=8)


@quick
@given(ragged, st.data())
def test_take_gives_the_named_cases_in_that_order(sequences, data):
    numbers = st.integers(0, max(0, len(sequences) - 1))
    rows = data.draw(st.lists(numbers, max_size=10 if sequences else 0))
    events = events_of(sequences)
    taken = events.take(np.array(rows, dtype=np.int64))
    assert sequences_of(taken) == [sequences[row] for row in rows]
    gaps = sequences_of(events, "gap")
    assert sequences_of(taken, "gap") == [gaps[row] for row in rows]


def test_take_reads_a_mask_as_a_mask():
    events = events_of([[0], [1, 1], [2]])
    for mask in ([True, True, True], [False, True, False]):
        kept = [s for s, keep in zip([[0], [1, 1], [2]], mask, strict=True) if keep]
        assert sequences_of(events.take(np.array(mask))) == kept


@quick
@given(ragged, st.data())
def test_kept_events_are_as_if_the_others_had_never_been(sequences, data):
    events = events_of(sequences)
    mask = np.array(
        data.draw(st.lists(st.booleans(), min_size=events.n_events, max_size=events.n_events)),
        dtype=bool,
    )
    kept = events.kept(mask)
    for i, (kinds, gaps) in enumerate(
        zip(sequences_of(kept), sequences_of(kept, "gap"), strict=True)
    ):
        rows = np.arange(events.offsets[i], events.offsets[i + 1])
        moments = np.cumsum(events.gap[rows])[mask[rows]]
        assert kinds == events.kind[rows][mask[rows]].tolist()
        assert gaps == pytest.approx([0.0, *np.diff(moments)][: len(moments)], abs=1e-3)


@quick
@given(ragged, ragged)
def test_joined_groups_of_cases_stand_behind_each_other(first, second):
    both = Events.joined([events_of(first), events_of(second)])
    assert sequences_of(both) == first + second


@quick
@given(ragged, st.integers(0, 8))
def test_last_keeps_the_latest_events(sequences, n):
    kept = sequences_of(events_of(sequences).last(n))
    assert kept == [sequence[max(0, len(sequence) - n) :] for sequence in sequences]


@quick
@given(ragged, st.integers(0, 8))
def test_first_keeps_the_earliest_events(sequences, n):
    kept = sequences_of(events_of(sequences).first(n))
    assert kept == [sequence[:n] for sequence in sequences]


@quick
@given(ragged, st.integers(0, 8), st.integers(-3, 3), st.integers(0, 2))
def test_padded_ends_with_the_latest_event(sequences, length, fill, shift):
    matrix = events_of(sequences).padded("kind", length, fill, shift=shift)
    rows = []
    for sequence in sequences:
        latest = [kind + shift for kind in sequence[max(0, len(sequence) - length) :]]
        rows.append([fill] * (length - len(latest)) + latest)
    assert matrix.tolist() == rows
    assert matrix.shape == (len(sequences), length)
    assert matrix.dtype == np.int32


def test_padded_keeps_the_type_of_a_numeric_mark():
    assert events_of([[0, 1]]).padded("gap", 3, -1).tolist() == [[-1, 0, 1]]
    assert events_of([[0, 1]]).padded("gap", 3).dtype == np.float32


@quick
@given(ragged)
def test_lengths_and_owners_count_what_is_there(sequences):
    events = events_of(sequences)
    assert len(events) == len(sequences)
    assert events.lengths.tolist() == [len(sequence) for sequence in sequences]
    assert events.owner.tolist() == [i for i, s in enumerate(sequences) for _ in s]
    assert events.n_events == sum(map(len, sequences))


def test_no_events_still_have_a_vocabulary():
    none = Events.none(3)
    assert (len(none), none.n_events, none.n_kinds) == (3, 0, 1)
    assert none.padded("kind", 2).tolist() == [[0, 0]] * 3
    assert len(none.take(np.array([2, 0]))) == 2


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"marks": {"kind": np.zeros(3, np.int32)}}, "need a mark 'gap'; found ['kind']"),
        ({"vocabulary": {}}, "need a vocabulary for the mark 'kind'"),
        ({"offsets": np.array([1, 2, 3])}, "start at 0 and never fall"),
        ({"offsets": np.array([0, 3, 2, 3])}, "start at 0 and never fall"),
        ({"offsets": np.array([], dtype=np.int64)}, "start at 0 and never fall"),
        ({"offsets": np.array([0, 2])}, "'kind' has 3 values; the offsets end at 2"),
        ({"kind": np.array([0, 3, 1], np.int32)}, "codes from 0 to 3; its vocabulary has 3 names"),
        ({"kind": np.array([0, -1, 1], np.int32)}, "codes from -1 to 1"),
        ({"gap": np.array([0, 1, np.nan], np.float32)}, "'gap' is nan in event 2"),
        ({"gap": np.array([0, np.inf, 1], np.float32)}, "'gap' is inf in event 1"),
    ],
)
def test_events_that_do_not_hold_together_are_refused(change, words):
    good = events_of([[0, 1], [2]])
    marks = dict(good.marks) | {name: change[name] for name in ("kind", "gap") if name in change}
    with pytest.raises(DataError) as refused:
        Events(
            change.get("offsets", good.offsets),
            change.get("marks", marks),
            change.get("vocabulary", good.vocabulary),
        )
    assert words in str(refused.value)
