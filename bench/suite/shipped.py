"""Suite files: which tasks, models and splits a run holds."""

import tomllib
from pathlib import Path

FOLDER = Path(__file__).parent


def suite_titles() -> dict[str, str]:
    """Give the title of each suite that comes with the house, by name."""
    return {
        path.stem: str(tomllib.loads(path.read_text(encoding="utf-8")).get("title", ""))
        for path in sorted(FOLDER.glob("*.toml"))
    }
