import pytest
from intentbench.bench.errors import RequestError
from intentbench.bench.plugins.outline import outline
from intentbench.bench.plugins.registry import Registry
from intentbench.bench.search.configurations import drawn, of_grid
from intentbench.bench.search.space import as_parameters, read_space

MODELS = Registry("model")
SPACES = {
    name: space for name in MODELS.names() if (space := outline(MODELS.find(name)).space) != {}
}
BOTH = {"C": ("log", 0.01, 100.0), "depth": ("int", 2, 5), "way": ("one of", "a", (1, 2))}


@pytest.mark.parametrize(
    "line, ends",
    [
        (("float", 0.5, 1.0), (0.5, 1.0)),
        (("log", 0.01, 100.0), (0.01, 100.0)),
        (("int", 2, 9), (2, 9)),
        (("log int", 1, 60), (1, 60)),
        (("one of", "a", "b", "c"), ("a", "c")),
    ],
)
def test_a_line_of_a_space_reaches_both_ends_and_nothing_beyond(line, ends):
    (dimension,) = read_space("mine", {"it": line})
    assert (dimension.at(0.0), dimension.at(1 - 1e-9)) == pytest.approx(ends)
    places = [dimension.at(i / 997) for i in range(997)]
    if line[0] != "one of":
        assert min(places) >= ends[0] and max(places) <= ends[1]
    if line[0] in ("int", "log int"):
        assert set(places) == set(range(ends[0], ends[1] + 1))
    if line[0] == "log":
        assert dimension.at(0.5) == pytest.approx(1.0)


@pytest.mark.parametrize(
    "declared, words",
    [
        (None, "must be a table of literals"),
        ({"C": 3}, "must be a tuple"),
        ({"C": ("normal", 0, 1)}, "begins with 'normal'; known are 'float'"),
        ({"C": ("log", 0, 1)}, "two numbers above 0"),
        ({"C": ("int", 0.5, 3)}, "two whole numbers"),
        ({"C": ("float", 2, 1)}, "the lower one first"),
        ({"C": ("float", 0, float("inf"))}, "two numbers"),
        ({"C": ("one of", 1)}, "two values"),
    ],
)
def test_a_space_without_a_meaning_is_told(declared, words):
    with pytest.raises(RequestError, match=words) as error:
        read_space("mine", declared)
    assert "'mine'" in str(error.value)


def test_own_parameters_come_first_and_a_longer_list_begins_with_the_shorter():
    space = read_space("mine", BOTH)
    few, many = drawn(space, 7), drawn(space, 40)
    assert few[0] == {} and many[:7] == few and len(many) == 40
    assert all(set(one) == set(BOTH) for one in many[1:])
    assert all(one not in many[:i] for i, one in enumerate(many))


def test_a_small_space_gives_what_it_holds():
    found = drawn(read_space("mine", {"depth": ("int", 2, 4)}), 20)
    assert len(found) == 4 and {one["depth"] for one in found[1:]} == {2, 3, 4}
    assert drawn((), 20) == ({},)


def test_the_points_fill_the_space_evenly():
    (dimension,) = read_space("mine", {"share": ("float", 0.0, 1.0)})
    shares = sorted(one["share"] for one in drawn((dimension,), 16)[1:])
    assert shares == pytest.approx([i / 16 for i in range(1, 16)], abs=1e-4)


def test_a_grid_is_all_combinations_after_the_models_own():
    found = of_grid("mine", {"a": (1, 2), "b": ("x", "y")}, 5)
    assert found == (
        {}, {"a": 1, "b": "x"}, {"a": 1, "b": "y"}, {"a": 2, "b": "x"}, {"a": 2, "b": "y"},
    )  # fmt: skip
    with pytest.raises(RequestError, match="4 combinations.*Search 5, or"):
        of_grid("mine", {"a": (1, 2), "b": ("x", "y")}, 4)


def test_lists_of_json_are_tuples_again():
    assert as_parameters({"units": [64, [1, 2]], "C": 1.0}) == {"units": (64, (1, 2)), "C": 1.0}


@pytest.mark.parametrize("name", SPACES)
def test_spaces_of_the_house_name_parameters_and_are_not_empty(name):
    from intentbench.bench.plugins.loading import load

    space = read_space(name, SPACES[name])
    known = load(MODELS.find(name))().get_params()
    assert space and {one.name for one in space} <= set(known)


def test_the_families_of_the_house_can_be_searched():
    assert {
        "logistic_regression", "spline_logistic_regression", "decision_tree", "random_forest",
        "extra_trees", "linear_svm", "rbf_svm", "xgboost", "lightgbm", "hist_gradient_boosting",
        "mlp", "naive_bayes", "tan",
    } <= set(SPACES)  # fmt: skip
