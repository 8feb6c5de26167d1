import numpy as np
from intentbench.bench.events import Events
from intentbench.models._events.joint_symbols import joint_symbols, numbered
from intentbench.models._events.marks import EventMarks

KINDS = ("view", "search", "cart")


def events_of(sequences, gaps, kinds=KINDS, **marks):
    offsets = np.concatenate([[0], np.cumsum([len(s) for s in sequences])]).astype(np.int64)
    kind = np.concatenate(sequences).astype(np.int32)
    marks = {name: np.asarray(mark, np.float32) for name, mark in marks.items()}
    marks |= {"kind": kind, "gap": np.asarray(gaps, np.float32)}
    return Events(offsets, marks, {"kind": kinds})


def test_gaps_are_binned_and_a_first_event_has_none():
    events = events_of([[0, 1, 0], [1, 0, 1, 1]], gaps=[0, 10, 0, 0, 30, 40, 7200])
    marks = EventMarks(n_bins=2).fit(events)
    assert marks.labels_["gap"] == ("no gap", "gap 0 s to 30 s", "gap > 30 s")
    _, gap = marks.transform(events)
    np.testing.assert_array_equal(gap, [3, 1, 0, 3, 1, 2, 2])
    # The first event that is left of a longer case still knows how long ago the one before was.
    np.testing.assert_array_equal(marks.transform(events.last(2))[1], [1, 0, 2, 2])


def test_rare_and_unknown_kinds_share_a_code():
    rng = np.random.default_rng(0)
    kinds = tuple(f"k{i}" for i in range(50))
    sequence = np.concatenate([np.repeat(np.arange(20), 5), np.arange(20, 49)])
    marks = EventMarks().fit(events_of([rng.permutation(sequence)], rng.random(129), kinds))
    assert marks.sizes_[0] == 21 and marks.labels_["kind"][-1] == "(other)"
    codes, _ = marks.transform(events_of([[49, 30, 0]], [1, 2, 3], kinds))
    assert codes[0] == codes[1] == 20 and codes[2] < 20
    assert EventMarks(most_values=5).fit(events_of([sequence], sequence, kinds)).sizes_[0] == 5


def test_constant_marks_are_left_out_and_huge_ones_binned():
    price = [1e30, -1e30, 0, 1, 2, 3]
    events = events_of([[0, 1, 2], [0, 1, 2]], np.zeros(6), constant=np.full(6, 7), price=price)
    marks = EventMarks(n_bins=3).fit(events)
    assert list(marks.labels_) == ["price", "kind"] and len(set(marks.labels_["price"])) == 3
    np.testing.assert_array_equal(marks.transform(events)[0], [2, 0, 0, 1, 1, 2])


def test_joint_symbols_stand_for_combinations():
    rng = np.random.default_rng(0)
    sizes = [1000] * 9  # their product overflows 64 bits
    codes = rng.integers(0, 1000, (9, 500))
    codes = np.hstack([codes, codes[:, ::-1]])
    symbols, marks = joint_symbols(codes, sizes)
    assert marks.shape == (9, 500)
    np.testing.assert_array_equal(marks[:, symbols], codes)
    np.testing.assert_array_equal(symbols[:500], symbols[:499:-1])


def test_numbering_is_the_same_for_few_and_for_many_possible_codes():
    codes = np.array([7, 3, 3, 900, 7])
    for n_codes in (901, 10**12):
        found, number = numbered(codes, n_codes)
        np.testing.assert_array_equal(found, [3, 7, 900])
        np.testing.assert_array_equal(number, [1, 0, 0, 2, 1])
