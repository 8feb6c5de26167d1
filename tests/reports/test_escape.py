import unicodedata

import pytest
from intentbench.reports.escape import escaped

SHOWN = {
    "\x1b[2J\x07": r"\x1b[2J\x07",
    "abc\rdef": r"abc\rdef",
    "\x9b31m": r"\x9b31m",
    "photo\u202egpj.exe": r"photo\u202egpj.exe",
    "\u2066\u200f\u061c": r"\u2066\u200f\u061c",
    "pay\u200bpal\ufeff": r"pay\u200bpal\ufeff",
    "\udcff\ud83d": r"\udcff\ud83d",
    "\U000e0041": r"\U000e0041",
}
KEPT = (
    "Überlauf, 東京 and مرحبا", "a\tb\nc", "1\u202f000 \u00d7 2", "می\u200cخواهم", "👩\u200d🔬",
    r"\x1b",
)  # fmt: skip


@pytest.mark.parametrize(("text", "shown"), SHOWN.items())
def test_what_would_be_obeyed_is_shown(text, shown):
    assert escaped(f"a{text}b") == f"a{shown}b"


@pytest.mark.parametrize("text", KEPT)
def test_what_is_only_shown_is_kept(text):
    assert escaped(text) == text


def test_nothing_that_is_obeyed_is_left():
    joiners = {"\u200c", "\u200d"}
    for number in range(0x110000):
        sign = chr(number)
        if unicodedata.category(sign) in ("Cc", "Cs") and sign not in "\t\n":
            assert escaped(sign) != sign
        elif unicodedata.bidirectional(sign) in (
            "LRE",
            "RLE",
            "LRO",
            "RLO",
            "PDF",
            "LRI",
            "RLI",
            "FSI",
            "PDI",
        ):
            assert escaped(sign) != sign
        elif unicodedata.category(sign)[0] in "LNPSM" or sign in joiners:
            assert escaped(sign) == sign
