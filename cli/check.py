"""``intentbench check PLUGIN``: the conformance suite behind the fence, finding by finding."""

import argparse
import sys
from collections.abc import Callable, Sequence
from pathlib import Path

from ..bench.conformance import metric_checks, policy_checks
from ..bench.conformance.model_checks import ADVICE, CHECKS, describe
from ..bench.errors import EXIT_CELLS_FAILED, EXIT_DONE, ModelError
from ..bench.plugins.loading import load
from ..bench.plugins.outline import kind_of_file
from ..bench.plugins.registry import Plugin, Registry
from ..bench.run.fence import Fence
from ..bench.run.messages import DONE
from ..bench.run.sender import plugin_request
from ..bench.suite.suite import Limits
from ..bench.variants.named import find_model
from .output import say
from .shared import run_by_hand

_LIMITS = Limits(seconds=120.0, gigabytes=4.0)


def check_command(given: argparse.Namespace) -> int:
    """Run the conformance suite on a model or a policy, or the checks of a metric."""
    plugin = Path(given.plugin) if given.plugin.endswith(".py") else given.plugin
    if isinstance(plugin, Path) and kind_of_file(plugin) == "metric":
        return report_on_metric(Registry("metric", [plugin]).find(plugin.stem))
    if isinstance(plugin, Path) and kind_of_file(plugin) == "policy":
        found = Registry("policy", [] if _is_of_house(plugin) else [plugin]).find(plugin.stem)
        return _report(found, "policy check", policy_checks.CHECKS, ())
    if plugin in Registry("policy").names() and plugin not in Registry("model").names():
        found = Registry("policy").find(plugin)
        return _report(found, "policy check", policy_checks.CHECKS, ())
    return report_on(plugin)


def _is_of_house(path: Path) -> bool:
    policies = Registry("policy")
    return path.stem in policies.names() and policies.find(path.stem).path == path.resolve()


def report_on(plugin: "str | Path") -> int:
    """Check a model, given by name or by file, and print what was found.

    Returns
    -------
    int
        0 if it passes, 1 if anything is wrong.
    """
    return _report(_find(plugin), "check", CHECKS, ADVICE)


def _report(
    found: Plugin,
    work: str,
    checks: Sequence[Callable[..., object]],
    advice: Sequence[Callable[..., object]],
) -> int:
    requests = [
        # The checks of one plugin share their fits, and no other plugin is there to be harmed.
        {
            "work": work, "plugin": plugin_request(found), "check": check.__name__,
            "alone": False,
        }
        for check in (*checks, *advice)
    ]  # fmt: skip
    n_passed, said = 0, set()
    fence = Fence(1, _LIMITS)
    for check, answer in zip((*checks, *advice), fence.answers(requests), strict=False):
        if answer.status == DONE:
            n_passed += check in checks
            remark = f"  (does not apply: {answer.message})" if answer.message else ""
            say(f"ok     {describe(check)}{remark}")
            continue
        finding = f"{answer.status}: {answer.message}"
        again = finding in said
        if check in advice:
            if not again:
                say(f"note   {describe(check)}\n       It does not: {answer.message}")
            continue
        say(f"WRONG  {describe(check)}\n       {'the same again' if again else finding}")
        if answer.trace and not again:
            say(f"{answer.trace}", file=sys.stderr)
        said.add(finding)
        if answer.status == "timed out":
            say("       The checks after this one were not run: each might take as long.")
            break
    say(f"\n{found.name}: {n_passed} of {len(checks)} checks passed ({found.path})")
    return EXIT_DONE if n_passed == len(checks) else EXIT_CELLS_FAILED


def report_on_metric(plugin: Plugin) -> int:
    """Check a metric and print what was found; gives the exit code."""
    metric, n_passed = load(plugin), 0
    for check in metric_checks.CHECKS:
        try:
            check(metric)
        except ModelError as error:
            say(f"WRONG  {describe(check)}\n       {error}")
        else:
            n_passed += 1
            say(f"ok     {describe(check)}")
    n_checks = len(metric_checks.CHECKS)
    say(f"\n{plugin.name}: {n_passed} of {n_checks} checks passed ({plugin.path})")
    return EXIT_DONE if n_passed == n_checks else EXIT_CELLS_FAILED


def _find(plugin: "str | Path") -> Plugin:
    if isinstance(plugin, str):
        return find_model(Registry("model"), plugin)[0]
    inside = [name for name in Registry("model").names() if plugin.stem == name]
    if inside and Registry("model").find(inside[0]).path == plugin.resolve():
        return Registry("model").find(inside[0])
    return Registry("model", [plugin]).find(plugin.stem)


if __name__ == "__main__":
    run_by_hand(__file__)
