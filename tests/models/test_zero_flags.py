import numpy as np
import pandas as pd
from intentbench.models._zero_flags import ZeroFlaggedOneHot


def table(n=200):
    rng = np.random.default_rng(0)
    return pd.DataFrame(
        {
            "spent": np.where(rng.random(n) < 0.6, 0.0, rng.exponential(20, n)),
            "member": rng.random(n) < 0.5,
            "flag": rng.integers(0, 2, n),
            "height": rng.normal(170, 9, n),
            "shop": pd.Series(rng.choice(["A", "B"], n), dtype="category"),
        }
    )


def test_only_numbers_that_are_often_zero_get_a_flag():
    encoder = ZeroFlaggedOneHot().fit(table())
    assert encoder.flagged_ == ["spent"]
    encoded = encoder.transform(table())
    assert encoded.shape == (200, len(encoder.names_))
    flag = encoded[:, encoder.names_.index("spent = 0")]
    np.testing.assert_array_equal(flag, table()["spent"] == 0)


def test_missing_is_not_zero():
    frame = table()
    encoder = ZeroFlaggedOneHot().fit(frame)
    frame["spent"] = np.nan
    assert encoder.transform(frame)[:, encoder.names_.index("spent = 0")].sum() == 0
