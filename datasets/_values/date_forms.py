"""The forms in which dates are written, as patterns with the names of their parts."""

from dataclasses import dataclass

_SECONDS = r"(?:[:.](?P<S>\d{2})(?:[.,](?P<f>\d{1,9}))?)?"
_HALF = r"(?: ?(?P<half>(?i:[ap]\.?m\.?)))?"
_ZONE = r"(?: ?(?P<zone>Z|UTC|GMT|[+-]\d{2}(?::?\d{2})?))?"
_OFFSET_NAME = r"(?: ?\([A-Za-z ]+\))?"
_CLOCK = rf"(?P<H>\d{{1,2}}):(?P<M>\d{{2}}){_SECONDS}{_HALF}"
_CJK_CLOCK = (
    r"(?P<half>上午|下午|午前|午後|오전|오후)? ?(?P<H>\d{1,2})(?::|时|時|点|點|시) ?(?P<M>\d{1,2})"
    r"(?:(?::|分|분) ?(?:(?P<S>\d{1,2})(?:秒|초)?)?)?(?:[.,](?P<f>\d{1,9}))?"
)
_WEEKDAY = r"(?:\pL+\.?,? )?"
_MONTH = r"(?P<month>\pL\pL\pL+)\.?"
_ORDINAL = r"(?:st|nd|rd|th|\.)?"


@dataclass(frozen=True)
class Form:
    """One way to write a date.

    Parameters
    ----------
    name : str
        The last evening of 2024 written in it, for readers; of forms whose order is in doubt, with
        the parts in the order of the pattern.
    pattern : str
        RE2, from the first letter to the last.  Its groups: ``y``, ``m``, ``d`` for numbers,
        ``month`` for a name; ``a``, ``b``, ``c`` where numbers follow in an order that the column
        must tell; ``H``, ``M``, ``S``, ``f``, ``half``, ``zone`` for the clock.
    """

    name: str
    pattern: str

    @property
    def groups(self) -> tuple[str, ...]:
        """The parts that it has."""
        names = ("y", "m", "d", "month", "a", "b", "c", "H", "M", "S", "f", "half", "zone")
        return tuple(name for name in names if f"(?P<{name}>" in self.pattern)


def _with_clock(name: str, date: str, *, cjk: bool = False) -> Form:
    clock = rf"(?: ?{_CJK_CLOCK}{_ZONE})?" if cjk else rf"(?:(?:[ T]|, ?| at )+{_CLOCK})?{_ZONE}"
    return Form(name, f"^{date}{clock}{'' if cjk else _OFFSET_NAME}$")


_YEAR_FIRST = [
    _with_clock(f"2024{sign}12{sign}31", rf"(?P<y>\d{{4}}){rx}(?P<m>\d{{1,2}}){rx}(?P<d>\d{{1,2}})")
    for sign, rx in (("-", "-"), ("/", "/"), (".", r"\."))
]
_ANY_ORDER = [
    _with_clock(f"31{sign}12{sign}2024", rf"(?P<a>\d{{1,2}}){rx}(?P<b>\d{{1,2}}){rx}(?P<c>\d{{4}})")
    for sign, rx in (("-", "-"), ("/", "/"), (".", r"\. ?"))
]
# Short numbers with points between them are versions; two digits each may be a date.
_SHORT_YEAR = [
    _with_clock(f"31{sign}12{sign}24", rf"(?P<a>{n}){rx}(?P<b>{n}){rx}(?P<c>\d{{2}})")
    for sign, rx, n in (("-", "-", r"\d{1,2}"), ("/", "/", r"\d{1,2}"), (".", r"\.", r"\d{2}"))
]
_NAMED = [
    _with_clock(
        "31-Dec-2024",
        rf"{_WEEKDAY}(?P<d>\d{{1,2}}){_ORDINAL}(?:[-/ .]| de )*{_MONTH}(?:[-/ .,]| de )*"
        r"(?P<y>\d{4}|\d{2})",
    ),
    _with_clock(
        "December 31, 2024",
        rf"{_WEEKDAY}{_MONTH}[- ](?P<d>\d{{1,2}}){_ORDINAL}(?:,? |-)(?P<y>\d{{4}})",
    ),
    _with_clock("2024-Dec-31", rf"(?P<y>\d{{4}})[-/ .]{_MONTH}[-/ .](?P<d>\d{{1,2}})"),
    Form(
        "Tue Dec 31 23:59:59 2024",
        rf"^\pL+\.?,? {_MONTH} +(?P<d>\d{{1,2}}) {_CLOCK}{_ZONE} (?P<y>\d{{4}})$",
    ),
]
_MONTHS = [
    Form("Dec-2024", rf"^{_MONTH}(?:[-/ .,']| de )*(?P<y>\d{{4}}|\d{{2}})$"),
    Form("2024-Dec", rf"^(?P<y>\d{{4}})[-/ .]{_MONTH}$"),
    Form("2024-12", r"^(?P<y>\d{4})[-/](?P<m>\d{1,2})$"),
    Form("12/2024", r"^(?P<m>\d{1,2})[-/](?P<y>\d{4})$"),
]
_CJK = [
    _with_clock(
        "2024年12月31日",
        r"(?P<y>\d{4}) ?[年년] ?(?P<m>\d{1,2}) ?[月월](?: ?(?P<d>\d{1,2}) ?[日号일])?",
        cjk=True,
    )
]
# Digits alone are numbers; see ``counted_time``.
_COMPACT = [
    Form(
        "20241231T235959",
        r"^(?P<y>\d{4})(?P<m>\d{2})(?P<d>\d{2})[T ](?P<H>\d{2}):?(?P<M>\d{2})"
        rf"(?::?(?P<S>\d{{2}})(?:[.,](?P<f>\d{{1,9}}))?)?{_ZONE}$",
    )
]

FORMS = (*_YEAR_FIRST, *_ANY_ORDER, *_SHORT_YEAR, *_NAMED, *_CJK, *_COMPACT, *_MONTHS)

_NAMES_OF_MONTHS = (
    "jan january januar januari jänner janvier janv enero ene gennaio gen janeiro",
    "feb february februar februari feber février févr fevrier fevr febrero febbraio fevereiro fev",
    "mar march märz mär mrz maerz maart mrt mars marzo março marco",
    "apr april avril avr abril abr aprile",
    "may mai mei mayo maggio mag maio",
    "jun june juni juin junio giugno giu junho",
    "jul july juli juillet juil julio luglio lug julho",
    "aug august augustus augusti août aout agosto ago",
    "sep sept september septembre septiembre settembre set setembro",
    "oct october oktober okt octobre octubre ottobre ott outubro out",
    "nov november novembre noviembre novembro",
    "dec december dezember dez décembre déc decembre diciembre dic dicembre dezembro",
)
MONTH_OF = {
    name: number for number, names in enumerate(_NAMES_OF_MONTHS, 1) for name in names.split()
}
AFTERNOON, MORNING = {"pm", "下午", "午後", "오후"}, {"am", "上午", "午前", "오전"}
