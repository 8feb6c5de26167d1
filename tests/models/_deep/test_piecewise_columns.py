import numpy as np
import pandas as pd
from intentbench.models._deep.piecewise_columns import PiecewiseColumns


def frame(n=200, seed=0):
    rng = np.random.default_rng(seed)
    number = np.where(rng.random(n) < 0.1, np.nan, rng.normal(size=n))
    return pd.DataFrame(
        {
            "number": number,
            "flag": rng.integers(0, 2, n).astype(float),
            "word": pd.Series(rng.integers(0, 3, n)).map("v{}".format),
        }
    )


def test_pieces_fill_one_after_the_other():
    columns = PiecewiseColumns(n_pieces=4).fit(frame())
    x = columns.transform(frame())
    pieces = x[:, columns.scaled_.transform(frame()).shape[1] :]
    assert pieces.shape[1] == len(columns.edges_["number"]) - 1 == 4, "a flag has no bends"
    assert pieces.min() == 0 and pieces.max() == 1
    # Where a piece has begun, all before it are full.
    assert (pieces[:, :-1][pieces[:, 1:] > 0] == 1).all()
    order = np.argsort(x[:, 0], kind="stable")
    assert (np.diff(pieces[order].sum(axis=1)) >= 0).all()


def test_each_component_has_its_column():
    features = frame()
    columns = PiecewiseColumns(n_pieces=4).fit(features)
    before = columns.transform(features)
    assert len(columns.owner_) == before.shape[1]
    for number, name in enumerate(features):
        changed = columns.transform(features.assign(**{name: features[name].to_numpy()[::-1]}))
        moved = (changed != before).any(axis=0)
        assert set(columns.owner_[moved]) == {number}


def test_edges_come_from_the_fit_cases_and_no_columns_give_one_of_zeros():
    columns = PiecewiseColumns().fit(frame())
    wild = columns.transform(frame().assign(number=1e9))
    assert np.isfinite(wild).all()
    assert (wild[:, np.flatnonzero(columns.owner_ == 0)[2:]] == 1).all()
    nothing = pd.DataFrame(index=range(3))
    assert PiecewiseColumns().fit(nothing).transform(nothing).tolist() == [[0.0]] * 3
