"""Take the pictures of the decision page that the documentation shows, from the latest run.

    python docs/pictures/take.py results/runs/latest/report.html

Chromium does it, offline.  ``docs/first-hour.md`` says which run the pictures are of.
"""

import subprocess
import sys
import tempfile
from pathlib import Path

HERE = Path(__file__).parent
# Name, width and height in CSS pixels.
PICTURES = [("decision.png", 1100, 1500), ("decision-phone.png", 390, 1700)]


def take(report: Path) -> None:
    """Write the pictures beside this file."""
    for name, width, height in PICTURES:
        with tempfile.TemporaryDirectory() as profile:
            subprocess.run(
                ["chromium", "--headless", "--no-sandbox", "--disable-gpu", "--hide-scrollbars",
                 f"--user-data-dir={profile}", f"--window-size={width},{height}",
                 f"--screenshot={HERE / name}", report.resolve().as_uri()],
                check=True, capture_output=True, timeout=120,
            )  # fmt: skip


if __name__ == "__main__":
    take(Path(sys.argv[1]))
