import pytest
from intentbench.bench.errors import RequestError
from intentbench.bench.suite.curve import Curve
from intentbench.bench.suite.reading import load_suite

HEAD = 'tasks = ["cdnow", "taobao"]\nmodels = ["xgboost", "mlp"]\n'
LEARNING = '[[curve]]\nkind = "learning"\ntask = "cdnow"\n'
EARLY = '[[curve]]\nkind = "early"\ntask = "taobao"\n'


def load(tmp_path, text):
    path = tmp_path / "mine.toml"
    path.write_text(HEAD + text, encoding="utf-8")
    return load_suite(str(path))


def test_every_word_of_a_curve_counts(tmp_path):
    text = f'{LEARNING}shares = [0.25, 0.5]\nmodels = ["mlp"]\n{EARLY}after = [1, 3, "end"]\n'
    text += "weights = [1, 0.9, 0.8]\n"
    assert load(tmp_path, text).curves == (
        Curve("learning", "cdnow", shares=(0.25, 0.5), models=("mlp",)),
        Curve("early", "taobao", after=(1, 3, "end"), weights=(1, 0.9, 0.8)),
    )
    assert load(tmp_path, "").curves == ()


def test_a_narrowed_suite_draws_its_curves_of_the_models_left(tmp_path):
    suite = load(tmp_path, f'{LEARNING}shares = [0.5]\nmodels = ["mlp"]\n')
    assert suite.narrowed([], ["xgboost", "mlp"]).curves == suite.curves
    assert suite.narrowed([], []).curves == suite.curves
    assert suite.narrowed([], ["xgboost"]).curves[0].models == ()


WRONG = {
    "no kind": ('[[curve]]\ntask = "cdnow"', "curve 1 has the kind None; it must be 'learning' or"),
    "another kind": ('[[curve]]\nkind = "late"\ntask = "cdnow"', "the kind 'late'"),
    "no task": ('[[curve]]\nkind = "early"', "about the task None; it must be one of the suite's"),
    "another task": ('[[curve]]\nkind = "early"\ntask = "x"', "the suite's: cdnow, taobao"),
    "an unknown key": (f"{LEARNING}share = [0.5]", "'curve.share'.  Did you mean 'shares'?"),
    "one table": ("[curve]\nkind = 'early'", "curve must be tables, as in [[curve]]"),
    "no shares": (LEARNING, "shares is None; it must be shares of the fit cases above 0 and"),
    "the whole": (f"{LEARNING}shares = [0.5, 1.0]", "below 1, rising, as in shares = [0.125,"),
    "a falling share": (f"{LEARNING}shares = [0.5, 0.25]", "rising"),
    "a share twice": (f"{LEARNING}shares = [0.5, 0.5]", "rising"),
    "nothing": (f"{LEARNING}shares = [0.0, 0.5]", "above 0"),
    "no number": (f"{LEARNING}shares = [nan]", "above 0"),
    "a bare share": (f"{LEARNING}shares = 0.5", "shares is 0.5"),
    "shares in words": (f'{LEARNING}shares = ["half"]', "shares is ['half']"),
    "events": (f"{LEARNING}after = [1, 2]", "after has no meaning for a curve of the kind 'learn"),
    "shares of events": (f"{EARLY}shares = [0.5]", "shares has no meaning for a curve of the kind"),
    "no events": (EARLY, "after is None; it must be at least two numbers of events"),
    "one number": (f"{EARLY}after = [3]", "at least two numbers of events"),
    "the end alone": (f'{EARLY}after = ["end"]', "at least two numbers of events"),
    "the end first": (f'{EARLY}after = ["end", 3]', "the last of which may be 'end'"),
    "no event": (f"{EARLY}after = [0, 3]", "from 1 on"),
    "half an event": (f"{EARLY}after = [1, 2.5]", "numbers of events"),
    "true events": (f"{EARLY}after = [true, 3]", "numbers of events"),
    "falling events": (f"{EARLY}after = [3, 1]", "rising"),
    "weights of too few": (f"{EARLY}after = [1, 2]\nweights = [1.0]", "one for each of its 2 poin"),
    "a weight of nothing": (f"{EARLY}after = [1, 2]\nweights = [1.0, 0.0]", "numbers above 0"),
    "weights of shares": (f"{LEARNING}shares = [0.5]\nweights = [1.0]", "of an early curve"),
    "no models": (f"{EARLY}after = [1, 2]\nmodels = []", "models must be a list of texts"),
    "a bare model": (f'{EARLY}after = [1, 2]\nmodels = "mlp"', "models must be a list of texts"),
    "the same again": (
        f"{EARLY}after = [1, 2]\n{EARLY}after = [3, 5]",
        "curve must be asked once of each kind and task",
    ),
}


@pytest.mark.parametrize(("text", "words"), WRONG.values(), ids=WRONG)
def test_what_has_no_meaning_is_named(tmp_path, text, words):
    with pytest.raises(RequestError) as refused:
        load(tmp_path, text)
    assert words in str(refused.value) and "mine.toml" in str(refused.value)
