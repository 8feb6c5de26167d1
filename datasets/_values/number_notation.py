"""How the numbers of a column are written, and how to read them then."""

import re
from dataclasses import dataclass

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from ...bench.language.sentence import AFTER_A_COMMA, AND, Sentence, Text, joined
from ...bench.language.speaking import marked
from .texts import different, group_of, matches, spelled

SIGNS = "$€£¥₹₽₩₺₫₴₦฿₱₪₿₲₡₵₸₮₼₾₨¢"
CURRENCIES = frozenset(
    "usd eur gbp jpy cny rmb chf aud cad nzd inr brl mxn sek nok dkk pln czk huf ron bgn rub try "
    "zar krw sgd hkd twd thb idr myr php vnd aed sar ils egp ngn kes clp cop ars pen isk us$ r$ a$ "
    "kwd bhd omr jod qar mad dzd tnd lyd iqd irr pkr lkr bdt npr mmk khr lak mnt kzt uzs gel azn "
    "byn uah mdl rsd mkd bam ghs xof xaf etb tzs ugx zmw mzn aoa bob pyg uyu ves crc gtq hnl dop "
    "c$ au$ ca$ hk$ nt$ s$ nz$ mx$ rs kr fr frs rm rp zł kč ft lei лв руб грн tl 元 円 원 圆 块 "
    "人民币"
    .split()
)  # fmt: skip
# What a number is multiplied by; "m" alone may be metres or minutes.
SCALES = {
    "k": 1e3, "K": 1e3, "M": 1e6, "mn": 1e6, "Mn": 1e6, "mio": 1e6, "Mio": 1e6, "million": 1e6,
    "B": 1e9, "bn": 1e9, "Bn": 1e9, "Mrd": 1e9, "billion": 1e9, "千": 1e3, "万": 1e4, "萬": 1e4,
    "만": 1e4, "百万": 1e6, "亿": 1e8, "億": 1e8, "억": 1e8, "천": 1e3, "百萬": 1e6,
    "Tsd": 1e3, "tis": 1e3, "tys": 1e3, "тыс": 1e3, "тис": 1e3, "млн": 1e6, "млрд": 1e9,
    "lakh": 1e5, "lakhs": 1e5, "Lakh": 1e5, "crore": 1e7, "crores": 1e7, "Crore": 1e7,
}  # fmt: skip
_ALTERNATIVES = "|".join(
    re.escape(name) + ("" if name.endswith("$") or not name.isascii() else r"\.?")
    for name in sorted(CURRENCIES, key=lambda name: -len(name))
)
# In Japanese encodings a yen sign and a backslash are one byte.
_BEFORE = rf"(?i:{_ALTERNATIVES})|[{SIGNS}%\\]"
# A dressed number: sign, brackets, what stands before, the digits with their marks, what follows.
DRESSED = (
    rf"^(?P<open>\()? ?(?P<s>[+-]?) ?(?P<before>{_BEFORE})? ?(?P<t>[+-]?) ?"
    r"(?P<body>\d(?:[\d.,' ]*\d)?|[.,]\d+)(?P<power>[eE][+-]?\d+)?(?P<point>\.?)"
    r" ?(?P<after>[^\d\s.,'()+-][^\d()]{0,19}|\+)?(?P<minus>-?) ?(?P<close>\))?$"
)
# "5.-", "5,--" and "5/-" are whole amounts; "5*", "5 [a]" and "5 (p)" have a footnote.
_NO_CENTS = r"(\d)(?:[.,] ?-{1,2}|/-|[.,]=)"
_FOOTNOTE = r"([\d%]) ?(?:\*{1,3}|[†‡§]{1,2}|\[\w{1,3}\]|\([a-z]\))$"
_BODY = {
    "": r"(?:\d+)",
    ",": r"(?:[1-9]\d{0,2}(?:,\d{3})+|[1-9]\d?(?:,\d{2})*,\d{3}|\d+)",
    ".": r"(?:[1-9]\d{0,2}(?:\.\d{3})+|\d+)",
    " ": r"(?:[1-9]\d{0,2}(?: \d{3})+|\d+)",
    "'": r"(?:[1-9]\d{0,2}(?:'\d{3})+|\d+)",
}
_MARK_NAMES = {" ": marked("blanks between thousands"), "'": marked("apostrophes")}


def body_pattern(grouping: str, decimal: str) -> str:
    """Give the pattern of digits with these marks."""
    mark = re.escape(decimal)
    return rf"^(?:{_BODY[grouping]}(?:{mark}\d+)?|{mark}\d+)$"


@dataclass(frozen=True)
class NumberNotation:
    """How the numbers of a column are written.

    Parameters
    ----------
    decimal : str
        "." or ",".
    grouping : str
        What stands between thousands: ",", ".", a blank, an apostrophe, or nothing.
    unit : str
        What stands beside every number, in small letters and without a point at its end, such as
        "$", "%", "kg"; may be empty.
    bare : bool
        Whether a number without the unit is one all the same, as "12" among amounts in "$".
    marks : tuple of str
        What is to be said of it: "$", ",", "k", "decimal comma", "brackets for minus" ...
    """

    decimal: str = "."
    grouping: str = ""
    unit: str = ""
    bare: bool = False
    marks: tuple[str, ...] = ()

    @property
    def name(self) -> Text:
        """Say how they are written, as in "written with $ and ,"; empty for plain numbers."""
        if not self.marks:
            return ""
        *others, last = map(Sentence, self.marks)
        told = joined(AND, [joined(AFTER_A_COMMA, others), last]) if others else last
        return Sentence("written with {marks}", marks=told)

    def read(self, texts: pa.Array | pa.ChunkedArray) -> np.ndarray:
        """Read cleaned texts, float64: NaN where one is missing or not so written."""
        if self == NumberNotation():
            try:  # the quick way, where programs wrote all of them
                values = pc.fill_null(pc.cast(texts, pa.float64()), np.nan)
                return np.array(values.to_numpy(), dtype=np.float64)
            except pa.ArrowInvalid:
                pass
        values, codes = different(texts)
        return np.append(read_pieces(pieces_of(values), self), np.nan)[codes]


@dataclass(frozen=True, eq=False)
class Pieces:
    """Texts taken apart into a number and its dress.

    ``there`` tells which are numbers at all, ``whole`` which have a dash for cents, and ``noted``
    which have a footnote.
    """

    there: np.ndarray
    whole: np.ndarray
    noted: np.ndarray
    body: pa.Array
    power: pa.Array
    scale: np.ndarray
    unit: np.ndarray
    minus: np.ndarray
    bracketed: np.ndarray
    trailing: np.ndarray
    scaled_by: np.ndarray


def undressed(values: pa.Array) -> pa.Array:
    """Take away what says nothing of a number: a dash in place of cents, and marks of footnotes."""
    values = pc.replace_substring_regex(values, _NO_CENTS, r"\1")
    return pc.replace_substring_regex(values, _FOOTNOTE, r"\1")


def pieces_of(values: pa.Array) -> Pieces:
    """Take different texts apart."""
    values = spelled(values)
    whole, noted = matches(values, _NO_CENTS), matches(values, _FOOTNOTE)
    found = pc.extract_regex(undressed(values), DRESSED)
    there = np.asarray(pc.is_valid(found)).copy()
    names = "open s before t body power point after minus close"
    text = {name: group_of(found, name) for name in names.split()}
    is_ = {name: np.asarray(pc.not_equal(text[name], "")) for name in text}
    before, before_code = different(text["before"])
    after, after_code = different(text["after"])
    first = [_unit(name) for name in before.to_pylist()]
    last = [_scale_and_unit(name) for name in after.to_pylist()]
    units = np.array([unit for _, unit in last] + [""], dtype=object)[after_code]
    ahead = np.array([*first, ""], dtype=object)[before_code]
    # "$5 USD" says one thing twice; "$5 kg" says two.
    there &= (ahead == "") | (units == "")
    there &= is_["open"] == is_["close"]
    sign = np.asarray(pc.equal(text["s"], "-")) | np.asarray(pc.equal(text["t"], "-"))
    n_signs = sum(is_[name].astype(int) for name in ("s", "t", "minus", "open"))
    there &= n_signs <= 1
    return Pieces(
        there=there,
        whole=whole,
        noted=noted,
        body=text["body"],
        power=text["power"],
        scale=np.array([scale for scale, _ in last] + [1.0])[after_code],
        unit=np.where(ahead != "", ahead, units),
        minus=sign | is_["minus"] | is_["open"],
        bracketed=is_["open"],
        trailing=is_["minus"],
        scaled_by=np.array([_scale_name(name) for name in after.to_pylist()] + [""], dtype=object)[
            after_code
        ],
    )


def _unit(name: str) -> str:
    """Write a unit in one way: without case, its last point, and a plural's s."""
    unit = name.strip().rstrip(".").casefold()
    return unit[:-1] if len(unit) > 3 and unit.endswith("s") and unit.isascii() else unit


def _scale_name(name: str) -> str:
    name = name.strip().rstrip(".")
    if name in SCALES:
        return name
    head, _, rest = name.partition(" ")
    if head in SCALES and rest:
        return head
    # "$2.2k" has its unit before; "万元" and "k€" have it behind.
    for size in (2, 1):
        if name[:size] in SCALES and (
            name[size:] in f"{SIGNS}+" or _unit(name[size:]) in CURRENCIES
        ):
            return name[:size]
    return ""


def _scale_and_unit(name: str) -> tuple[float, str]:
    scale = _scale_name(name)
    if not scale:
        return 1.0, _unit(name)
    return SCALES[scale], _unit(name.strip().rstrip(".")[len(scale) :])


def accepted(pieces: Pieces, notation: NumberNotation) -> np.ndarray:
    """Tell which texts are written in a notation, the marks between digits apart."""
    right = pieces.unit == notation.unit
    if notation.unit:
        nothing = np.asarray(pc.match_substring_regex(pieces.body, r"^0+([.,]0+)?$"))
        right |= (pieces.unit == "") & (notation.bare | nothing)
    return pieces.there & right


def read_pieces(pieces: Pieces, notation: NumberNotation) -> np.ndarray:
    """Read texts that were taken apart, float64, NaN where one is not in the notation."""
    pattern = body_pattern(notation.grouping, notation.decimal)
    body = pieces.body
    ok = accepted(pieces, notation) & np.asarray(pc.match_substring_regex(body, pattern))
    if notation.grouping:
        body = pc.replace_substring(body, notation.grouping, "")
    if notation.decimal == ",":
        body = pc.replace_substring(body, ",", ".")
    whole = pc.binary_join_element_wise(body, pieces.power, pa.scalar("", body.type))
    whole = pc.if_else(pa.array(ok), whole, pa.scalar("nan", whole.type))
    values = np.array(pc.cast(whole, pa.float64()).to_numpy(zero_copy_only=False))
    return np.where(pieces.minus, -values, values) * pieces.scale


def marks_of(
    pieces: Pieces, notation: NumberNotation, read: np.ndarray, counts: np.ndarray
) -> tuple[str, ...]:
    """Say what the numbers wear, as a reader would see it in the file."""
    weight = np.where(read, counts, 0)
    unit = notation.unit
    is_code = unit in CURRENCIES and unit.isascii() and (len(unit) == 3 or unit.endswith("$"))
    marks = [unit.upper() if is_code else unit] if unit else []
    scales = sorted({name for name in pieces.scaled_by[read] if name})
    marks += scales
    if notation.grouping:
        marks.append(_MARK_NAMES.get(notation.grouping, notation.grouping))
    comma = np.asarray(pc.match_substring(pieces.body, ","))
    if notation.decimal == "," and weight[comma].any():
        marks.append(marked("decimal comma"))
    if weight[pieces.whole].any():
        marks.append(marked("a dash for no cents"))
    if weight[pieces.noted].any():
        marks.append(marked("footnotes"))
    if weight[pieces.bracketed].any():
        marks.append(marked("brackets for minus"))
    if weight[pieces.trailing].any():
        marks.append(marked("a minus at the end"))
    return tuple(marks)
