"""What is asked of acting or waiting, and what is wrong with it, at every door."""

import pytest
from intentbench.bench.errors import RequestError
from intentbench.bench.policy import Economics
from intentbench.bench.suite.act_or_wait import ActOrWait, asked_act_or_wait
from intentbench.bench.suite.asked_decisions import Spelling
from intentbench.bench.suite.reading import load_suite

SPELLING = Spelling(lambda word: f"--{word}", lambda word, value: f"--{word} {value}", " ")
GOOD = {"value": 40, "cost": 1, "giveaway": 5, "uplift": [0.3, 0.25, 0.2]}


def test_all_that_is_said_is_kept():
    asked = asked_act_or_wait(GOOD, None, SPELLING)
    assert asked == ActOrWait(Economics(40.0, 1.0, 5.0, (0.3, 0.25, 0.2)))
    changed = asked_act_or_wait({"uplift": 0.1, "scores": "hmm"}, asked, SPELLING)
    assert changed == ActOrWait(Economics(40.0, 1.0, 5.0, (0.1,)), "hmm")
    assert asked_act_or_wait({}, None, SPELLING) is None


@pytest.mark.parametrize("uplift", [1.2, -0.1, [0.2, 1.01], [], "high", True, float("nan"), None])
def test_uplift_outside_0_to_1_is_refused(uplift):
    with pytest.raises(RequestError, match="--uplift must be the probability that acting saves"):
        asked_act_or_wait({**GOOD, "uplift": uplift}, None, SPELLING)


@pytest.mark.parametrize("word", ["value", "cost", "giveaway"])
@pytest.mark.parametrize("amount", [-1, float("inf"), float("nan"), "much", True])
def test_negative_amounts_are_refused(word, amount):
    with pytest.raises(RequestError, match=f"--{word} must be an amount"):
        asked_act_or_wait({**GOOD, word: amount}, None, SPELLING)


def test_what_is_missing_is_named_with_an_example():
    with pytest.raises(RequestError) as raised:
        asked_act_or_wait({"uplift": 0.2}, None, SPELLING)
    assert str(raised.value) == (
        "--uplift says nothing without --value, --cost, --giveaway; to act or wait takes all of "
        "these, as in --value 40 --cost 1 --uplift 0.2 --giveaway 5."
    )


def test_suite_files_are_read_by_the_same_rules(tmp_path):
    suite = load_suite("act_or_wait")
    assert suite.act_or_wait.economics.uplift[0] == 0.1
    bad = tmp_path / "bad.toml"
    bad.write_text('tasks = ["taobao"]\n[act_or_wait]\nuplift = 2\nvalue = 1\ncost = 0\n'
                   'giveaway = 0\n')  # fmt: skip
    with pytest.raises(RequestError, match=r"bad.toml: act_or_wait.uplift must be"):
        load_suite(str(bad))
    bad.write_text('tasks = ["taobao"]\n[act_or_wait]\nuplifts = 2\n')
    with pytest.raises(RequestError, match=r"unknown key 'act_or_wait.uplifts'"):
        load_suite(str(bad))
