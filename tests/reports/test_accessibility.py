"""The pages as axe-core judges them: WCAG 2.2 AA, on a phone and on a desk, light and dark."""

import warnings

import pytest

from .test_browser import CHROMIUM, browser  # noqa: F401

with warnings.catch_warnings():
    # Playwright's own event loop handling warns on some Python versions.
    warnings.filterwarnings("ignore", category=DeprecationWarning)
    axe = pytest.importorskip("axe_playwright_python.sync_playwright")

pytestmark = pytest.mark.skipif(CHROMIUM is None, reason="no Chromium found; set $CHROMIUM")
RULES = {
    "runOnly": {"type": "tag", "values": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]}
}
