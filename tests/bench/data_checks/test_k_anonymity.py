import numpy as np
import pandas as pd
from intentbench.bench.cases import Cases
from intentbench.bench.data_checks.k_anonymity import k_anonymity
from intentbench.bench.task import Card, Task
from intentbench.cli.main import main


def task(city, age, group=None):
    features = pd.DataFrame({"city": city, "age": age})
    card = Card(title="t", question="?", source="s", licence="l", target="y")
    y = np.arange(len(city)) % 2
    return Task("t", Cases(features), y.astype(np.int8), card=card, group=group)


def test_cases_are_counted_that_share_all_values():
    city = ["Rome"] * 12 + ["Oslo"] * 9 + [None] * 2
    age = [30.0] * 12 + [30.0] * 8 + [np.nan] * 3
    found = k_anonymity(task(city, age), ["city", "age"])
    # Rome 30: 12; Oslo 30: 8; Oslo, unknown: 1; both unknown: 2.
    assert (found.k, found.n_units, found.alone, found.few) == (1, 23, 1, 11)
    assert k_anonymity(task(city, age), ["city"]).k == 2


def test_a_person_is_one_however_many_cases_are_theirs():
    city = ["Rome"] * 20 + ["Oslo", "Rome"]
    group = np.array([0] * 20 + [1, 2])
    found = k_anonymity(task(city, [1.0] * 22, group), ["city"])
    assert (found.k, found.n_units, found.alone, found.few) == (1, 3, 1, 3)


def test_the_command_says_it_and_names_a_column_that_is_not_there(tmp_path, capsys, monkeypatch):
    monkeypatch.chdir(tmp_path)
    frame = pd.DataFrame({"city": ["Rome", "Oslo"] * 60, "age": [20, 30, 40] * 40})
    frame["bought"] = np.random.default_rng(0).choice(["yes", "no"], 120)
    frame.to_csv("shop.csv", index=False)
    show = ["show", "--data", "shop.csv", "--target", "bought", "--k-anonymity"]
    assert main([*show, "city", "age"]) == 0
    assert "k = 20 in these columns; of 120 cases 0 (0.0%) are like no other" in (
        capsys.readouterr().out
    )
    assert main([*show, "city", "aged"]) == 2
    assert "no column 'aged'.  Did you mean 'age'?" in capsys.readouterr().err
