"""``intentbench check PLUGIN``: the conformance suite behind the fence, finding by finding."""

import argparse
import sys
import tempfile
from pathlib import Path

from ..bench.conformance.model_checks import CHECKS, describe
from ..bench.errors import EXIT_CELLS_FAILED, EXIT_DONE
from ..bench.plugins.registry import Plugin, Registry
from ..bench.run.execute import plugin_request
from ..bench.run.fence import Fence
from ..bench.suite.suite import Limits
from .shared import run_by_hand

_LIMITS = Limits(seconds=120.0, gigabytes=4.0)


def check_command(given: argparse.Namespace) -> int:
    """Run the conformance suite on a model plugin."""
    is_file = given.model.endswith(".py")
    return report_on(Path(given.model) if is_file else given.model)


def report_on(plugin: "str | Path") -> int:
    """Check a model, given by name or by file, and print what was found.

    Returns
    -------
    int
        0 if it passes, 1 if anything is wrong.
    """
    found = _find(plugin)
    requests = [
        {"work": "check", "plugin": plugin_request(found), "check": check.__name__}
        for check in CHECKS
    ]
    n_passed, said = 0, set()
    with tempfile.TemporaryDirectory(prefix="intentbench-check-") as logs:
        fence = Fence(1, _LIMITS, Path(logs))
        for check, answer in zip(CHECKS, fence.answers(requests), strict=True):
            if answer.status == "done":
                n_passed += 1
                remark = f"  (does not apply: {answer.message})" if answer.message else ""
                print(f"ok     {describe(check)}{remark}")
                continue
            finding = f"{answer.status}: {answer.message}"
            again = finding in said
            print(f"WRONG  {describe(check)}\n       {'the same again' if again else finding}")
            if answer.trace and not again:
                print(f"{answer.trace}", file=sys.stderr)
            said.add(finding)
            if answer.status == "timed out":
                print("       The checks after this one were not run: each might take as long.")
                break
    print(f"\n{found.name}: {n_passed} of {len(CHECKS)} checks passed ({found.path})")
    return EXIT_DONE if n_passed == len(CHECKS) else EXIT_CELLS_FAILED


def _find(plugin: "str | Path") -> Plugin:
    if isinstance(plugin, str):
        return Registry("model").find(plugin)
    inside = [name for name in Registry("model").names() if plugin.stem == name]
    if inside and Registry("model").find(inside[0]).path == plugin.resolve():
        return Registry("model").find(inside[0])
    return Registry("model", [plugin]).find(plugin.stem)


if __name__ == "__main__":
    run_by_hand(__file__)
