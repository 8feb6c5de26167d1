import pytest
from intentbench.bench.errors import RequestError
from intentbench.bench.plugins.registry import Registry
from intentbench.bench.splits.resampling import Resampling
from intentbench.bench.suite.decisions import Decisions
from intentbench.bench.suite.reading import load_suite
from intentbench.bench.suite.shipped import suite_titles
from intentbench.bench.suite.suite import Limits, MemberSet, Variant
from intentbench.bench.variants.named import find_model

WHOLE = """
title = "Meine Läufe"
tasks = ["cdnow", "complete_journey"]
models = ["xgboost"]
seeds = [0, 7]

[resampling]
folds = 3
inner = 2
valid_share = 0.25
repeats = 1
seed = 5

[limits]
seconds = 60
gigabytes = 1.5

[ensembles]
mine = ["tree", "linear"]
brisk = { families = ["tree"], most_ms_per_1000 = 2.5 }

[decisions]
false_positive = 1
false_negative = 5
budget = 0.1
"""


def write(tmp_path, text):
    path = tmp_path / "mine.toml"
    path.write_text(text, encoding="utf-8")
    return str(path)


@pytest.mark.parametrize("name", suite_titles())
def test_suites_of_the_house_name_what_there_is(name):
    suite = load_suite(name)
    assert suite.name == name and suite.title == suite_titles()[name] != ""
    data = set(Registry("dataset").names())
    assert set(suite.tasks) <= data | set(suite.variants)
    assert {variant.data for variant in suite.variants.values()} <= data
    for model in suite.models:
        find_model(Registry("model"), model)  # refuses what there is not
    assert suite.limits.gigabytes * 2 < 6


def test_every_word_of_a_suite_file_counts(tmp_path):
    suite = load_suite(write(tmp_path, WHOLE))
    assert (suite.name, suite.title) == ("mine", "Meine Läufe")
    assert suite.tasks == ("cdnow", "complete_journey")
    assert (suite.models, suite.seeds) == (("xgboost",), (0, 7))
    assert suite.resampling == Resampling(folds=3, inner=2, valid_share=0.25, repeats=1, seed=5)
    assert suite.limits == Limits(seconds=60, gigabytes=1.5)
    assert suite.ensembles == {
        "mine": MemberSet(("tree", "linear")),
        "brisk": MemberSet(("tree",), 2.5),
    }
    assert suite.decisions == Decisions(false_positive=1, false_negative=5, budget=0.1)


def test_what_is_not_said_has_a_default(tmp_path):
    suite = load_suite(write(tmp_path, 'tasks = ["cdnow"]'))
    assert (suite.models, suite.seeds, suite.resampling) == ((), (0,), Resampling())
    everyone = suite.ensembles["all"].families
    assert "baseline" not in everyone and "deep" in everyone
    assert suite.ensembles["quick"] == MemberSet(everyone, 10.0)
    assert suite.decisions == Decisions()
    assert load_suite(write(tmp_path, 'tasks = ["cdnow"]\nmodels = "all"')).models == ()


def test_tasks_can_be_data_sets_with_other_parameters(tmp_path):
    text = 'tasks = ["early", "cdnow"]\n[task.early]\ndata = "cdnow"\nafter = 3\n'
    suite = load_suite(write(tmp_path, text))
    assert suite.tasks == ("early", "cdnow")
    assert suite.variants == {"early": Variant("cdnow", {"after": 3})}
    assert suite.narrowed(["early"], []).variants == suite.variants


def test_columns_to_tell_figures_apart_by_are_named(tmp_path):
    text = 'tasks = ["cdnow"]\n[slices]\ncolumns = ["region", "age"]\n'
    assert load_suite(write(tmp_path, text)).slices == ("region", "age")
    assert load_suite(write(tmp_path, 'tasks = ["cdnow"]')).slices == ()


def test_narrowed_keeps_what_is_not_named(tmp_path):
    suite = load_suite(write(tmp_path, WHOLE))
    assert suite.narrowed([], []) == suite
    assert suite.narrowed(["cdnow"], ["mlp"]).tasks == ("cdnow",)
    assert suite.narrowed(["cdnow"], ["mlp"]).models == ("mlp",)


WRONG = {
    "a key": ('tasks = ["a"]\nmodells = ["b"]', "unknown key 'modells'.  Did you mean 'models'?"),
    "one model": ('tasks = ["a"]\nmodel = ["b"]', "model must be tables, as in [model.xgboost]; a"),
    "a table": ('tasks = ["a"]\n[resamplin]\nfolds = 3', "Did you mean 'resampling'?"),
    "a key of a table": (
        'tasks = ["a"]\n[resampling]\nfold = 3',
        "unknown key 'resampling.fold'.  Did you mean 'folds'?  Known keys: folds, inner,",
    ),
    "a key of the limits": ('tasks = ["a"]\n[limits]\nsecond = 3', "Did you mean 'seconds'?"),
    "no tasks": ('title = "x"', "name at least one task"),
    "no task": ("tasks = []", "name at least one task"),
    "a bare task": ('tasks = "cdnow"', "tasks must be a list of texts"),
    "a task twice": ('tasks = ["a", "a"]', "each once"),
    "no models": ('tasks = ["a"]\nmodels = []', "models is empty; leave it out for all"),
    "numbers for models": ('tasks = ["a"]\nmodels = [1]', "models must be a list of texts"),
    "one seed": ('tasks = ["a"]\nseeds = 3', "seeds must be a list of whole numbers"),
    "no seed": ('tasks = ["a"]\nseeds = []', "seeds must be a list of whole numbers"),
    "a true seed": ('tasks = ["a"]\nseeds = [true]', "seeds must be"),
    "a negative seed": ('tasks = ["a"]\nseeds = [-1]', "from 0 on"),
    "a title of numbers": ('tasks = ["a"]\ntitle = 3', "title must be a text"),
    "a value for a table": ('tasks = ["a"]\nlimits = 3', "limits must be a table"),
    "half a fold": ('tasks = ["a"]\n[resampling]\nfolds = 2.5', "folds must be a whole number"),
    "folds in words": ('tasks = ["a"]\n[resampling]\nfolds = "3"', "folds must be a whole number"),
    "a negative fold": ('tasks = ["a"]\n[resampling]\nfolds = -3', "folds must be a whole number"),
    "no time": ('tasks = ["a"]\n[limits]\nseconds = 0', "limits.seconds must be a number above 0"),
    "no number": ('tasks = ["a"]\n[limits]\nseconds = nan', "limits.seconds must be a number"),
    "true folds": ('tasks = ["a"]\n[resampling]\nfolds = true', "folds must be a whole number"),
    "a family": (
        'tasks = ["a"]\n[ensembles]\nmine = ["trees"]',
        "ensembles.mine names the family 'trees'.  Did you mean 'tree'?",
    ),
    "a bare family": ('tasks = ["a"]\n[ensembles]\nmine = "tree"', "ensembles.mine must be a list"),
    "a key of a member set": (
        'tasks = ["a"]\n[ensembles]\nmine = { family = ["tree"] }',
        "unknown key 'ensembles.mine.family'.  Did you mean 'families'?",
    ),
    "a limit of nothing": (
        'tasks = ["a"]\n[ensembles]\nmine = { most_ms_per_1000 = 0 }',
        "ensembles.mine.most_ms_per_1000 must be a number above 0",
    ),
    "a key of the decisions": (
        'tasks = ["a"]\n[decisions]\nfalse_positives = 1',
        "Did you mean 'false_positive'?",
    ),
    "one cost": (
        'tasks = ["a"]\n[decisions]\nfalse_positive = 1',
        "decisions.false_positive says nothing without decisions.false_negative; give both",
    ),
    "a value without its cost": (
        'tasks = ["a"]\n[decisions]\nvalue = 1',
        "decisions.value says nothing without decisions.cost; give both, as in value = 1 and",
    ),
    "a budget of more than all": (
        'tasks = ["a"]\n[decisions]\nbudget = 5',
        "decisions.budget must be a share, above 0 and at most 1",
    ),
    "an infinite cost": (
        'tasks = ["a"]\n[decisions]\nvalue = inf\ncost = 1',
        "decisions.value must be a number above 0",
    ),
    "ensembles of nothing": ('tasks = ["a"]\nensembles = 3', "ensembles must be a table"),
    "not TOML": ("tasks = [", "cannot be read"),
    "a task of no data": (
        'tasks = ["a"]\n[task.a]\nafter = 3',
        "task.a must be a table that names",
    ),
    "tasks of nothing": ('tasks = ["a"]\ntask = 3', "task must be tables"),
    "a task that is a value": ('tasks = ["a"]\n[task]\na = 3', "task.a must be a table, as in"),
    "a task named as a path": (
        'tasks = ["a"]\n[task."../a"]\ndata = "b"',
        "the name in [task.../a] must be letters, digits and _",
    ),
    "slices of nothing": (
        'tasks = ["a"]\nslices = ["b"]',
        "slices must be a table, as in [slices]",
    ),
    "a key of the slices": (
        'tasks = ["a"]\n[slices]\ncolumn = ["b"]',
        "unknown key 'slices.column'.  Did you mean 'columns'?",
    ),
    "a bare column": (
        'tasks = ["a"]\n[slices]\ncolumns = "b"',
        "slices.columns must be a list of texts",
    ),
    "data by number": ('tasks = ["a"]\n[task.a]\ndata = 3', "task.a.data must be a text"),
}


@pytest.mark.parametrize(("text", "words"), WRONG.values(), ids=WRONG)
def test_what_has_no_meaning_is_named(tmp_path, text, words):
    path = write(tmp_path, text)
    with pytest.raises(RequestError) as refused:
        load_suite(path)
    assert words in str(refused.value) and path in str(refused.value)


def test_unknown_suite_names_the_nearest():
    with pytest.raises(RequestError, match="unknown suite 'defualt'.  Did you mean 'default'?"):
        load_suite("defualt")


def test_missing_file_is_named(tmp_path):
    with pytest.raises(RequestError, match="nothing.toml"):
        load_suite(str(tmp_path / "nothing.toml"))


def test_folder_and_foreign_bytes_are_no_suite(tmp_path):
    (tmp_path / "folder.toml").mkdir()
    (tmp_path / "bytes.toml").write_bytes(b"\xff\xfe\x00")
    for name in ("folder.toml", "bytes.toml"):
        with pytest.raises(RequestError, match="cannot be read"):
            load_suite(str(tmp_path / name))
