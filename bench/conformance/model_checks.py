"""The conformance suite: what every model must do, said in its author's terms.

`intentbench check` runs the checks on one plugin; a test runs them on the whole registry.
"""

from collections.abc import Callable

from ..model import Model
from . import contract_checks, hard_cases, saving_checks, space_checks, weight_checks
from .subject import Subject

Check = Callable[[Subject], str | None]

CHECKS: tuple[Check, ...] = (
    contract_checks.check_declares_itself,
    contract_checks.check_init_only_stores,
    contract_checks.check_fit_keeps_keywords,
    contract_checks.check_inputs_unchanged,
    contract_checks.check_same_seed_same_numbers,
    contract_checks.check_refit_forgets,
    contract_checks.check_each_case_alone,
    contract_checks.check_survives_pickling,
    contract_checks.check_watches_as_declared,
    contract_checks.check_learns_the_easy_task,
    contract_checks.check_flipped_outcomes,
    contract_checks.check_columns_in_any_order,
    contract_checks.check_learns_nothing_from_chance,
    contract_checks.check_remembers_no_case,
    weight_checks.check_weights_count_as_cases,
    hard_cases.check_untidy_cases,
    hard_cases.check_kind_never_seen,
    hard_cases.check_thousands_of_values,
    hard_cases.check_extreme_events,
    hard_cases.check_valid_with_one_outcome,
    hard_cases.check_thirty_cases,
    hard_cases.check_nothing_to_read,
    contract_checks.check_explains_itself,
    space_checks.check_space_can_be_searched,
)

# What is told, and costs nobody the run.
ADVICE: tuple[Check, ...] = (saving_checks.check_can_be_saved,)

_SUBJECTS: dict[type[Model], Subject] = {}


def run_check(model_class: type[Model], name: str) -> str:
    """Run one check, or one that gives advice, by name.

    Returns
    -------
    str
        Empty, or why the check does not apply.

    Raises
    ------
    ModelError
        What is wrong.  Errors of the model's own code pass through.
    """
    subject = _SUBJECTS.setdefault(model_class, Subject(model_class))
    check = next(check for check in (*CHECKS, *ADVICE) if check.__name__ == name)
    return check(subject) or ""


def describe(check: Check) -> str:
    """Give the first line of a check's docstring."""
    return check.__doc__.partition("\n")[0]
