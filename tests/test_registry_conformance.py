"""Every model of the house keeps the contract."""

from functools import cache

import pytest
from intentbench.bench.cell.global_state import GlobalState
from intentbench.bench.conformance.model_checks import ADVICE, CHECKS, describe, run_check
from intentbench.bench.plugins.loading import load
from intentbench.bench.plugins.outline import outline
from intentbench.bench.plugins.registry import Registry

MODELS = Registry("model")
# The slow ones first: these tests are the last of all, and no process shall wait for the other one.
NAMES = sorted(MODELS.names(), key=lambda name: outline(MODELS.find(name)).family != "deep")


@cache
def model_class(name):
    return load(MODELS.find(name))


@pytest.mark.parametrize(
    ("name", "check"),
    [(name, check.__name__) for name in NAMES for check in (*CHECKS, *ADVICE)],
)
def test_model_keeps_the_contract(name, check, lightly):
    run_check(lightly(name, model_class(name)), check)


@pytest.mark.parametrize("name", NAMES)
def test_model_draws_no_random_numbers_but_its_own(name, lightly):
    before = GlobalState()
    run_check(lightly(name, model_class(name)), "check_learns_the_easy_task")
    # It would cost its worker process in a run.
    assert [text for text in before.changes() if "random numbers" in text] == []


def test_every_check_says_what_it_asks():
    assert all(describe(check).endswith(".") for check in CHECKS)
    assert len({check.__name__ for check in CHECKS}) == len(CHECKS) > 15
