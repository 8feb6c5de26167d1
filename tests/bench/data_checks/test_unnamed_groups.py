"""Cases that belong together are found by the column that says so, and by nothing else."""

import re
from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
from intentbench.bench.cases import Cases
from intentbench.bench.data_checks.unnamed_groups import unnamed_groups
from intentbench.bench.task import Card, ColumnProfile, Task

CARD = Card("Quotes", "Won?", "drawn by the tests", "none", "A sale.")


def a_task(features, y, **roles):
    return Task("quotes", Cases(pd.DataFrame(features)), y.astype(np.int8), CARD, **roles)


def quotes(rng, n_customers=300):
    """Five quotes a customer, whose outcome is the customer's; nothing else is to be learnt."""
    who = rng.permutation(np.repeat(np.arange(n_customers), 5))
    features = {
        "latitude": (50 + rng.normal(size=n_customers).round(5))[who],
        "customer_no": 10_000 + rng.permutation(n_customers)[who],
        "age": rng.integers(18, 80, n_customers)[who],
        "quote": rng.lognormal(3, 1, len(who)).round(2),
    }
    return features, (rng.random(n_customers) < 0.3)[who], who


def scores(finding):
    return [float(figure) for figure in re.findall(r"0\.\d\d|1\.00", finding.found)]


def test_a_customer_number_is_named_and_what_it_does_to_a_model():
    features, y, _ = quotes(np.random.default_rng(0))
    (found,) = unnamed_groups(a_task(features, y), [])
    assert found.check == "unnamed groups" and found.grave
    assert found.found.startswith("'customer_no' has 300 values of 5.0 cases each; two cases of")
    assert "end alike in 100% of all pairs" in found.found
    apart, together = scores(found)
    assert apart > 0.9 and 0.35 < together < 0.65
    assert "name it: --group customer_no." in found.advice


def test_a_text_is_named_too_and_quoted_as_a_shell_needs_it():
    features, y, who = quotes(np.random.default_rng(1))
    mail = pd.Series([f"u{number}@example.com" for number in who], dtype="category")
    (found,) = unnamed_groups(a_task({"e mail": mail, "quote": features["quote"]}, y), [])
    assert "--group 'e mail'" in found.advice
    assert not found.grave  # nothing but its name tells whom it is about, and that is not learnt


def test_named_groups_are_not_looked_for_and_known_people_are_none_of_its_business():
    features, y, who = quotes(np.random.default_rng(2))
    task = a_task(features, y)
    assert unnamed_groups(replace(task, group=who), []) == []
    days = np.datetime64("2024-01-01", "s") + np.arange(len(y)) * np.timedelta64(1, "D")
    (found,) = unnamed_groups(replace(task, time=days), [])
    assert not found.grave


def test_twins_share_a_number_to_its_last_digit():
    rng = np.random.default_rng(0)
    who = rng.permutation(np.r_[np.repeat(np.arange(500), 3), np.arange(500, 800)])
    twins = {
        "lifetime value": rng.lognormal(8, 1, 800)[who],
        "claims": rng.poisson(2, len(who)),
        "months": rng.integers(1, 90, len(who)),
    }
    (found,) = unnamed_groups(a_task(twins, (rng.random(800) < 0.3)[who]), [])
    assert found.check == "near twins" and found.grave
    assert found.found.startswith("1,500 cases share their 'lifetime value' to the last digit")
    apart, together = scores(found)
    assert apart > together + 0.04


@pytest.mark.parametrize("seed", range(4))
def test_ages_and_prices_that_matter_are_no_names(seed):
    rng = np.random.default_rng(seed)
    n = 2000
    age, price = rng.integers(18, 80, n), rng.lognormal(3, 0.3, n).round(1)
    score = np.sin(age / 8) + np.log(price) - 4
    y = rng.random(n) < 1 / (1 + np.exp(-score))
    task = a_task({"age": age, "price": price, "noise": rng.normal(size=n)}, y)
    assert not any(finding.grave for finding in unnamed_groups(task, []))


def test_the_column_of_the_file_is_named_not_what_was_made_of_it():
    features, y, _ = quotes(np.random.default_rng(3))
    born = {"born: days": features["latitude"], "quote": features["quote"]}
    profile = (ColumnProfile("born", "date", 0, 300, (), "feature"),)
    (found,) = unnamed_groups(replace(a_task(born, y), profile=profile), [])
    assert "--group born." in found.advice


def test_copies_are_left_to_the_check_of_copies():
    rng = np.random.default_rng(0)
    x = rng.normal(size=(400, 3))
    rows = np.repeat(np.arange(400), 4)
    task = a_task(dict(zip("abc", x[rows].T, strict=True)), (rng.random(400) < 0.4)[rows])
    assert unnamed_groups(task, []) == []
