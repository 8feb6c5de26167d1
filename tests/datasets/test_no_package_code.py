import os
import subprocess
import sys

import pytest


def in_a_process_of_its_own(code, **environment):
    done = subprocess.run(
        [sys.executable, "-P", "-c", code],
        env=os.environ | environment,
        capture_output=True,
        text=True,
        check=True,
        timeout=600,
    )
    return done.stdout.strip()


@pytest.mark.parametrize(
    ("module", "kind"),
    [("cdnow", "Cdnow"), ("complete_journey_coupons", "CompleteJourneyCoupons")],
)
def test_loading_runs_no_code_of_the_data_package_and_is_the_same_in_every_process(module, kind):
    code = f"""
import sys
from intentbench.datasets.{module} import {kind}
print({kind}().load().fingerprint(), {kind}().offline)
print([name for name in sys.modules if name.startswith(("lifetimes", "completejourney"))])
"""
    one = in_a_process_of_its_own(code, PYTHONHASHSEED="1")
    two = in_a_process_of_its_own(code, PYTHONHASHSEED="2")
    assert one == two
    assert one.splitlines()[0].endswith(" True")
    assert one.splitlines()[1] == "[]"
