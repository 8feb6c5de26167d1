"""Numbers of texts and vectors: learnt on fit cases alone, the same for one case as for many."""

import numpy as np
import pandas as pd
import pytest
from intentbench.bench.content_columns import TextArray, VectorArray
from intentbench.bench.embedding import TEXT_PARTS, VECTOR_PARTS, Embedding, terms_of
from intentbench.bench.errors import DataError

GOOD = ["very good", "fits well", "came quickly"]
BAD = ["much too late", "broke soon", "poor cloth"]
OTHER = "the shirt box colour size parcel sleeve button shop week mail blue red soft".split()


def table(n=240, width=40, seed=0):
    rng = np.random.default_rng(seed)
    mood = rng.random(n) < 0.5
    words = [
        " ".join([*rng.choice(GOOD if is_good else BAD, 2), *rng.choice(OTHER, 4)])
        for is_good in mood
    ]
    vectors = rng.normal(size=(n, width))
    vectors[:, :10] += 3 * mood[:, None]
    vectors[3] = np.nan
    words[5], words[6] = None, ""
    return mood, pd.DataFrame(
        {"x": rng.normal(size=n), "t": TextArray(words), "v": VectorArray(vectors)}
    )


@pytest.fixture(scope="module")
def learnt():
    mood, cases = table()
    return mood, cases, Embedding().fit(cases.iloc[:160])


def test_numbers_stand_in_their_places(learnt):
    _, cases, embedding = learnt
    made = embedding.transform(cases)
    parts = [f"t: part {number}" for number in range(1, TEXT_PARTS + 1)]
    directions = [f"v: part {number}" for number in range(1, VECTOR_PARTS + 1)]
    assert list(made) == ["x", "t: letters", *parts, *directions, "v: missing"]
    assert all(dtype.kind in "fb" for dtype in made.dtypes)
    assert np.isfinite(made.to_numpy(dtype=float)).all()
    assert (made.loc[[5, 6], [*parts, "t: letters"]] == 0).all().all()
    assert (made.loc[3, directions] == 0).all()
    assert made["v: missing"].to_numpy().nonzero()[0].tolist() == [3]


@pytest.mark.parametrize("column", ["t", "v"])
def test_some_part_tells_what_texts_and_vectors_are_about(learnt, column):
    mood, cases, embedding = learnt
    made = embedding.transform(cases.iloc[160:]).filter(like=f"{column}: part").to_numpy()
    related = [abs(np.corrcoef(part, mood[160:])[0, 1]) for part in made.T]
    assert max(related) > 0.6


def test_one_case_has_the_bits_that_it_has_among_many(learnt):
    _, cases, embedding = learnt
    made = embedding.transform(cases).to_numpy(dtype=float)
    for row in (0, 3, 5, 6, 200):
        assert np.array_equal(embedding.transform(cases.iloc[[row]]).to_numpy(float), made[[row]])
    assert embedding.transform(cases.iloc[:0]).shape == (0, made.shape[1])


def test_nothing_is_learnt_of_other_cases(learnt):
    _, cases, embedding = learnt
    changed = cases.copy()
    changed.loc[160:, "t"] = TextArray(["quite different words"] * 80)
    changed.loc[160:, "v"] = VectorArray(np.full((80, 40), 9.0))
    again = Embedding().fit(changed.iloc[:160])
    assert embedding.transform(cases[:160]).equals(again.transform(cases[:160]))


def test_signs_without_blanks_between_them_are_read_one_by_one():
    assert list(terms_of("质量很好")) == ["质", "量", "质 量", "很", "量 很", "好", "很 好"]
    assert list(terms_of("Straße, ok")) == ["strasse", "ok", "strasse ok"]
    assert list(terms_of("好用 iPhone15")) == ["好", "用", "好 用", "iphone15", "用 iphone15"]
    assert list(terms_of(" ... _ ")) == []
    assert list(terms_of("हिन्दी में")) == ["हिन्दी", "में", "हिन्दी में"]


@pytest.mark.parametrize(
    "words", [["one"] * 9, [None] * 9, [f"word{number}" for number in range(9)], ["", "a", "a"] * 3]
)
def test_texts_that_say_little_give_few_numbers(words):
    cases = pd.DataFrame({"t": TextArray(words)})
    made = Embedding().fit(cases).transform(cases)
    assert list(made)[0] == "t: letters"
    assert np.isfinite(made.to_numpy(float)).all()
    assert made.shape[1] <= 2


@pytest.mark.parametrize("vectors", [np.ones((5, 3)), np.full((5, 50), np.nan), np.eye(5, 50)])
def test_vectors_that_say_little_stay_finite(vectors):
    cases = pd.DataFrame({"v": VectorArray(vectors)})
    assert np.isfinite(Embedding().fit(cases).transform(cases).to_numpy(float)).all()


def test_a_column_with_the_name_of_a_part_is_refused():
    _, cases = table(20)
    with pytest.raises(DataError, match="'t: part 1'"):
        Embedding().fit(cases.assign(**{"t: part 1": 0.0}))
