"""The forms in which dates are written, as patterns with the names of their parts."""

from dataclasses import dataclass

# Minutes east of Greenwich of zones whose name means one; CST, IST and BST mean several.
ZONES = {
    "Z": 0, "UTC": 0, "GMT": 0, "WET": 0, "WEST": 60, "CET": 60, "CEST": 120, "MEZ": 60,
    "MESZ": 120, "EET": 120, "EEST": 180, "MSK": 180, "EST": -300, "EDT": -240, "CDT": -300,
    "MST": -420, "MDT": -360, "PST": -480, "PDT": -420, "JST": 540, "KST": 540, "HKT": 480,
    "SGT": 480, "AEST": 600, "AEDT": 660, "NZST": 720, "NZDT": 780,
}  # fmt: skip
_SECONDS = r"(?:[:.](?P<S>\d{2})(?:[.,](?P<f>\d{1,9}))?)?"
_HALF = r"(?: ?(?P<half>(?i:[ap]\.?m\.?)))?"
_ZONE = rf"(?: ?(?P<zone>{'|'.join(ZONES)}|(?:UTC|GMT)?[+-]\d{{2}}(?::?\d{{2}})?))?"
_OFFSET_NAME = r"(?: ?(?:\([A-Za-z ]+\)|\[[A-Za-z_]+/[A-Za-z_]+\]))?"
_CLOCK = rf"(?P<H>\d{{1,2}})[:.h](?P<M>\d{{2}}){_SECONDS}{_HALF}(?: ?(?:Uhr|uur|hrs?|h))?"
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
        must tell; ``q`` for a quarter, ``week`` and ``wday`` for those of ISO 8601; ``H``, ``M``,
        ``S``, ``f``, ``half``, ``zone`` for the clock.
    """

    name: str
    pattern: str

    @property
    def groups(self) -> tuple[str, ...]:
        """The parts that it has."""
        names = ("y", "m", "d", "month", "q", "week", "wday", "a", "b", "c", "H", "M", "S", "f")
        names += ("half", "zone")
        return tuple(name for name in names if f"(?P<{name}>" in self.pattern)


def _with_clock(name: str, date: str, *, cjk: bool = False, between: str = "") -> Form:
    """Add a clock that may follow; ``between`` is what may part it from the date, beside blanks."""
    clock = rf"(?:(?:[ T{between}]|, ?| at | um )+{_CLOCK})?{_ZONE}"
    if cjk:
        clock = rf"(?: ?{_CJK_CLOCK}{_ZONE})?"
    return Form(name, rf"^\[?{date}{clock}{'' if cjk else _OFFSET_NAME}\]?$")


_YEAR_FIRST = [
    _with_clock(
        f"2024{sign}12{sign}31", rf"(?P<y>\d{{4}}){rx}(?P<m>\d{{1,2}}){rx}(?P<d>\d{{1,2}}){end}"
    )
    for sign, rx, end in (("-", "-", ""), ("/", "/", ""), (".", r"\. ?", r"\.?"))
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
        r"(?P<y>\d{4}|\d{2})(?: ?г\.?)?",
        between=":",
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
    Form("2024.12", r"^(?P<y>(?:19|20)\d{2})\.(?P<m>0[1-9]|1[0-2])$"),
    Form("12.2024", r"^(?P<m>0[1-9]|1[0-2])\.(?P<y>(?:19|20)\d{2})$"),
]
_PARTS_OF_YEARS = [
    Form("2024-Q4", r"^(?P<y>(?:19|20)\d{2})[-/ .]?[Qq](?P<q>[1-4])$"),
    Form("Q4 2024", r"^[Qq](?P<q>[1-4])[-/ .']+(?P<y>(?:19|20)\d{2}|\d{2})$"),
    Form("4Q24", r"^(?P<q>[1-4])[Qq][-/ .']?(?P<y>(?:19|20)\d{2}|\d{2})$"),
    Form("2024-W52-7", r"^(?P<y>(?:19|20)\d{2})-?W(?P<week>[0-5]\d)(?:-?(?P<wday>[1-7]))?$"),
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

FORMS = (
    *_YEAR_FIRST,
    *_ANY_ORDER,
    *_SHORT_YEAR,
    *_NAMED,
    *_CJK,
    *_COMPACT,
    *_MONTHS,
    *_PARTS_OF_YEARS,
)

# English, then German, Dutch, French, Spanish, Italian, Portuguese, Scandinavian languages,
# Indonesian, Turkish, Polish, Czech, Russian, Ukrainian, Romanian, Hungarian and Greek, where they
# differ: names as they stand beside a day, and short forms.
_NAMES_OF_MONTHS = (
    "jan january januar januari jänner janvier janv enero ene gennaio gen janeiro ocak oca "
    "stycznia styczeń sty ledna leden led января январь янв січня січень ianuarie ian január "
    "ιανουαρίου ιαν",
    "feb february februar februari feber février févr fevrier fevr febrero febbraio fevereiro "
    "fev şubat şub lutego luty lut února únor февраля февраль фев февр лютого лютий februarie "
    "február φεβρουαρίου φεβ",
    "mar march märz mär mrz maerz maart mrt mars marzo março marco marts maret mart marca "
    "marzec března březen марта март мар березня березень martie március μαρτίου μαρ",
    "apr april avril avr abril abr aprile nisan nis kwietnia kwiecień kwi dubna duben апреля "
    "апрель апр квітня квітень aprilie április απριλίου απρ",
    "may mai mei mayo maggio mag maio maj mayıs maja května květen мая май травня травень "
    "május μαΐου μαΐ",
    "jun june juni juin junio giugno giu junho haziran haz czerwca czerwiec cze června červen "
    "июня июнь июн червня червень iunie június ιουνίου ιουν",
    "jul july juli juillet juil julio luglio lug julho temmuz tem lipca lipiec lip července "
    "červenec июля июль июл липня липень iulie július ιουλίου ιουλ",
    "aug august augustus augusti août aout agosto ago agustus ağustos ağu sierpnia sierpień "
    "sie srpna srpen августа август авг серпня серпень augusztus αυγούστου αυγ",
    "sep sept september septembre septiembre settembre set setembro eylül eyl września "
    "wrzesień wrz září сентября сентябрь сен сент вересня вересень septembrie szeptember "
    "σεπτεμβρίου σεπ",
    "oct october oktober okt octobre octubre ottobre ott outubro out ekim eki października "
    "październik paź října říjen октября октябрь окт жовтня жовтень octombrie október "
    "οκτωβρίου οκτ",
    "nov november novembre noviembre novembro kasım kas listopada listopad lis listopadu "
    "ноября ноябрь ноя нояб листопада листопад noiembrie νοεμβρίου νοε",
    "dec december dezember dez décembre déc decembre diciembre dic dicembre dezembro desember "
    "des aralık ara grudnia grudzień gru prosince prosinec декабря декабрь дек грудня грудень "
    "decembrie δεκεμβρίου δεκ",
)
MONTH_OF = {
    name: number for number, names in enumerate(_NAMES_OF_MONTHS, 1) for name in names.split()
}
AFTERNOON, MORNING = {"pm", "下午", "午後", "오후"}, {"am", "上午", "午前", "오전"}
