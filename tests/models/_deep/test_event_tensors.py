import numpy as np
from intentbench.bench.events import Events
from intentbench.models._deep.event_tensors import OTHER, PADDING, EventTensors

KINDS = ("view", "search", "cart", "refund")


def events_of(sequences, price=None, kinds=KINDS):
    flat = np.array([kind for sequence in sequences for kind in sequence], dtype=np.int32)
    offsets = np.cumsum([0, *map(len, sequences)]).astype(np.int64)
    marks = {
        "kind": flat,
        "gap": np.zeros(len(flat), np.float32),
        "length": np.zeros(len(flat), np.int32),
        "price": np.arange(len(flat), dtype=np.float32) if price is None else price,
    }
    return Events(offsets, marks, {"kind": kinds, "length": ("short", "long")})


def kinds_in(tensors, events):
    return tensors.transform(events)["codes"][..., list(tensors.codes_).index("kind")]


def test_the_latest_events_stand_last_and_padding_in_front():
    events = events_of([[0, 0, 1], [], [1]] * 3)
    kinds = kinds_in(EventTensors(share=1.0).fit(events), events)
    search, view = 3, 2  # as common values by name order of counts: view 6, search 6
    assert kinds[:3].tolist() == [[view, view, search], [PADDING] * 3, [PADDING, PADDING, search]]


def test_of_longer_cases_the_latest_events_are_kept_and_the_full_length_is_told():
    short, long = [[0, 1]] * 20, [[2, 2, 2, 0, 1]]
    tensors = EventTensors(share=0.9).fit(events_of(short + long))
    arrays = tensors.transform(events_of(short + long))
    assert tensors.width_ == 2
    assert arrays["codes"].shape == (21, 2, 2)
    assert np.array_equal(arrays["codes"][0], arrays["codes"][-1])
    assert arrays["length"][-1, 0] > arrays["length"][0, 0]


def test_the_width_is_that_of_the_fit_cases_within_its_bounds():
    assert EventTensors().fit(events_of([[0, 1]] * 5)).width_ == 2
    assert EventTensors(longest=7).fit(events_of([[0] * 90] * 5)).width_ == 7
    assert EventTensors().fit(Events.none(5)).width_ == 1


def test_rare_unseen_and_newly_named_kinds_share_one_code():
    tensors = EventTensors(rare_below=3).fit(events_of([[0, 0, 0, 1, 1]]))
    wider = (*KINDS, "天")
    kinds = kinds_in(tensors, events_of([[0, 1, 3, 4, 0]], kinds=wider))
    assert kinds.tolist() == [[2, OTHER, OTHER, OTHER, 2]]


def test_a_code_needs_twenty_events_but_less_where_there_are_few():
    def n_kinds(n_views, n_searches):
        sequence = [0] * n_views + [1] * n_searches
        tensors = EventTensors(longest=10**6).fit(events_of([sequence]))
        return len(tensors.codes_["kind"])

    assert n_kinds(50_000, 19) == 1 and n_kinds(50_000, 20) == 2
    assert n_kinds(3_000, 6) == 1 and n_kinds(3_000, 7) == 2
    assert n_kinds(9, 2) == 1 and n_kinds(9, 3) == 2


def test_codes_follow_names_not_the_order_of_the_vocabulary():
    tensors = EventTensors().fit(events_of([[0, 0, 0, 1, 1, 1]]))
    turned = events_of([[3, 3, 3, 2, 2, 2]], kinds=KINDS[::-1])
    assert np.array_equal(
        kinds_in(tensors, turned), kinds_in(tensors, events_of([[0, 0, 0, 1, 1, 1]]))
    )


def test_numbers_are_scaled_by_the_fit_events_and_zero_where_padded():
    events = events_of([[0, 0, 0], [1, 1]] * 10)
    tensors = EventTensors(share=1.0).fit(events)
    arrays = tensors.transform(events)
    prices = arrays["numbers"][..., tensors.numeric_.index("price")]
    known = prices[arrays["present"]]
    assert abs(known.mean()) < 1e-5 and abs(known.std() - 1) < 1e-3
    assert (arrays["numbers"][~arrays["present"]] == 0).all()
    wild = events_of([[0]], price=np.array([1e12], np.float32))
    assert np.abs(tensors.transform(wild)["numbers"]).max() <= 5


def test_no_events_at_all_give_padding_only():
    tensors = EventTensors().fit(Events.none(4))
    arrays = tensors.transform(Events.none(3))
    assert arrays["codes"].tolist() == [[[PADDING]]] * 3
    assert not arrays["present"].any()
    assert np.isfinite(arrays["length"]).all()
