"""The headings of the workbook's sheets: in English the names that columns have in CSV files."""

from ..bench.language.speaking import _, marked
from .lookups import family_words, standing_words

# What each sheet holds.
SHEETS = {
    "models": marked("models"),
    "ensembles": marked("ensembles"),
    "figures": marked("figures"),
    "drivers": marked("drivers"),
    "slices": marked("slices"),
    "segments": marked("segments"),
    "curves": marked("curves"),
    "splits": marked("splits"),
    "nothing": marked("nothing"),
}
_WORDS = frozenset((
    marked("permuted"), marked("removed"), marked("shuffled"), marked("swapped"),
    marked("partial dependence"), marked("accumulated local effects"),
    marked("rises"), marked("falls"), marked("peaks"), marked("dips"), marked("differs"),
    marked("unclear"),
))  # fmt: skip
_NAMES = frozenset((
    marked("accuracy"), marked("acted"), marked("balanced_accuracy"), marked("base_rate_accuracy"),
    marked("brier"), marked("calibration"), marked("change"), marked("column"), marked("curve"),
    marked("derived_view"), marked("direction"), marked("driver"), marked("ece"), marked("entry"),
    marked("f1"), marked("failures"), marked("family"), marked("fingerprint"),
    marked("fit_seconds"), marked("fitted_without_weights"), marked("fold"), marked("from"),
    marked("gain"),
    marked("gain_over_highest"), marked("high"), marked("highest"), marked("left_out"),
    marked("lift_at_10"), marked("log_loss"), marked("log_loss_rise"), marked("low"), marked("mcc"),
    marked("members"), marked("membership_auc"), marked("membership_found"),
    marked("method"), marked("metric"), marked("missing"), marked("n_cases"),
    marked("n_fit"), marked("n_folds"), marked("n_test"), marked("n_valid"), marked("n_yes"),
    marked("names"), marked("nothing"), marked("p50_seconds"), marked("p95_seconds"),
    marked("p99_seconds"), marked("p_from"), marked("p_to"), marked("peak_bytes"), marked("point"),
    marked("pr_auc"), marked("precision"), marked("predict_microseconds"), marked("reason"),
    marked("recall"), marked("rival"), marked("roc_auc"), marked("roc_auc_lost"),
    marked("selected"), marked("share"), marked("size"), marked("split"), marked("standing"),
    marked("step"), marked("stored_bytes"), marked("task"), marked("threshold"), marked("title"),
    marked("to"), marked("value"), marked("weighted"),
))  # fmt: skip
# What is put behind a figure's name.
_ENDINGS = {
    "@chosen": marked("{figure}@chosen"),
    "_low": marked("{figure}_low"),
    "_high": marked("{figure}_high"),
    "_established": marked("{figure}_established"),
    "_difference": marked("{figure}_difference"),
    "_p_value": marked("{figure}_p_value"),
}


def heading_of(name: str) -> str:
    """Head a column of a record by its name; one of a metric that was plugged in stays as it is."""
    if name in _NAMES:
        return _(name)
    for ending, said in _ENDINGS.items():
        if name.endswith(ending):
            return _(said).format(figure=heading_of(name.removesuffix(ending)))
    return name


def word_of(name: str, value: str) -> str:
    """Say what stands in a column in words, where these are ours and from a few."""
    if name == "standing":
        return standing_words(value)
    if name == "family":
        return family_words(value)
    if name == "metric":
        return heading_of(value)
    return _(value) if name in ("change", "method", "direction") and value in _WORDS else value
