"""A table of your own: one row a case, one column the outcome."""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path

import numpy as np
import pandas as pd
import pyarrow.compute as pc

from ..bench.cases import Cases
from ..bench.content_columns import TEXT, VECTOR
from ..bench.dataset import Dataset
from ..bench.errors import DataError
from ..bench.language.sentence import AFTER_A_COLON, Sentence, joined
from ..bench.task import Task
from ._table import features
from ._table.arrow_table import RawTable, read_table
from ._table.card import LISTS, ROLES, card_of, check_request, nearest, profile_of, use_of
from ._table.column import (
    AmbiguousDates,
    Column,
    InfiniteNumber,
    NoNumbers,
    Note,
    UnfitContent,
)
from ._table.columns import Asked, look, understand
from ._table.content import by_embeddings
from ._table.counted import Counted, of_rows, of_trials, of_weights
from ._table.given_split import looks_like_a_split
from ._table.out_of_core import DEFAULT_ROWS, LargeTable
from ._table.read_again import ColumnReading, TableReading
from ._table.roles import Roles
from ._table.sample import sampled
from ._table.static_embeddings import static_embeddings
from ._table.streamed import check_out_of_core, further_rows, with_further
from ._table.suspicions import suspicions
from ._table.today_rule import TodayRule, today_rule_of, todays_decisions

# Values of a column looked at to see whether it holds a split.
_MOST_SIDES = 100
_SAME_DATE = "constant: the same date in every row"


class TableFile(Dataset):
    """A table of your own (``--data FILE --target COLUMN``), one row a case.

    What the columns are is inferred.  Left out, and named on the card, are those that no model can
    learn from: constant ones, names and running numbers, free texts.  Nobody can infer which
    columns were written after the outcome: drop those.

    Parameters
    ----------
    path : str
        CSV, TSV, JSON, Parquet, Feather or Excel (.xlsx), each also packed with gzip or zstd;
        or a folder of such files with the same columns.
    target : str
        The column to predict, of two values or of numbers with a bound.
    positive, negative : str
        The values that mean yes and no, or bounds such as ">0"; needed where the values are not
        1/0, true/false or yes/no.  With both named, rows with other values are left out.
    group : str
        The column that says whom a case is about.
    time : str
        The column with the moment of the prediction.
    split : str
        The column of a split that came with the data: train and test (and valid), or the number of
        the fold that tests a case.
    in_order : bool
        Whether the rows stand in the order of time: tests come after training.
    weight : str
        The column that says for how many cases a row stands: impressions, people.
    trials : str
        The column that says the same where ``target`` counts how many of them were positive: clicks
        of impressions.  A row becomes its positive and its negative cases, which are of one group.
    today_rule : str
        How it is decided today whom to act upon: a column that says yes or no, ``COLUMN=VALUE`` or
        ``COLUMN>=NUMBER``.  The column is no feature unless it is among ``keep``.
    drop : sequence of str
        Columns to leave out.
    keep : sequence of str
        Columns to use although they look like names or texts.
    category, number : sequence of str
        Columns that are one, whatever they look like: codes of whole numbers are categories.
    text : sequence of str
        Columns of texts to be read for what they say; others of free texts are left out.
    embeddings : str
        A folder of static embeddings in the layout of model2vec, by which texts are read; without
        it what they say is learnt from the fit cases.
    vector : sequence of str
        Columns of lists of numbers, as a model of images or texts gives them; lists of fractions
        are found without being named.
    date_order : str
        "dmy", "mdy" or "ymd": the order of dates such as 3/4/2024, where a column does not tell.
    encoding : str
        Of a text; found out by default.
    sheet : str
        Of a workbook; the first by default.
    title, question : str
        What the report is to call the data, and the question that the target answers.
    horizon_days : float, default=0
        How long after its time a case's outcome is known.
    rows : int, default=0
        Of a sample of the cases, at most, groups whole; 0 for all.
    out_of_core : bool
        Whether the table is larger than memory: ``rows`` of it (200,000 by default) are held there
        and judged, and models that can learn from the others on disk, too.
    sha256 : str
        What the file must hold, as the card gives it; empty for anything.
    """

    def __init__(
        self,
        path: str = "",
        target: str = "",
        positive: str = "",
        negative: str = "",
        group: str = "",
        time: str = "",
        split: str = "",
        in_order: bool = False,
        weight: str = "",
        trials: str = "",
        today_rule: str = "",
        drop: Sequence[str] = (),
        keep: Sequence[str] = (),
        category: Sequence[str] = (),
        number: Sequence[str] = (),
        text: Sequence[str] = (),
        vector: Sequence[str] = (),
        embeddings: str = "",
        aside: Sequence[str] = (),
        date_order: str = "",
        encoding: str = "",
        sheet: str = "",
        title: str = "",
        question: str = "",
        horizon_days: float = 0.0,
        rows: int = 0,
        out_of_core: bool = False,
        sha256: str = "",
    ):
        self.path = path
        self.target = target
        self.positive = positive
        self.negative = negative
        self.group = group
        self.time = time
        self.split = split
        self.in_order = in_order
        self.weight = weight
        self.trials = trials
        self.today_rule = today_rule
        self.drop = drop
        self.keep = keep
        self.category = category
        self.number = number
        self.text = text
        self.vector = vector
        self.embeddings = embeddings
        self.aside = aside
        self.date_order = date_order
        self.encoding = encoding
        self.sheet = sheet
        self.title = title
        self.question = question
        self.horizon_days = horizon_days
        self.rows = rows
        self.out_of_core = out_of_core
        self.sha256 = sha256

    def read(self, paths: Mapping[str, Path]) -> Task:
        """Read the file; ``paths`` is empty."""
        check_request(self)
        if not self.out_of_core:
            return self._task_of(read_table(self.path, self.encoding, self.sheet), self.rows)
        check_out_of_core(self)
        large = LargeTable(
            self.path, self.encoding, self.rows or DEFAULT_ROWS, self.group, self._cache
        )
        sample = large.sample()
        task = self._task_of(sample, 0)
        if len(sample.numbers) == sample.n_all:
            return task
        return with_further(task, large, further_rows(self, sample, task))

    def _task_of(self, raw: RawTable, most: int) -> Task:
        """Make the task of a table, or of a sample of at most so many cases; 0 for all."""
        embedded = static_embeddings(self.embeddings) if self.embeddings else None
        if self.sha256 and raw.sha256 != self.sha256:
            raise DataError(
                f"{raw.label} is not the file that was meant.\n  expected SHA-256 {self.sha256}\n"
                f"  found {raw.sha256}\nBring back the former file, or correct sha256."
            )
        self._check_columns(raw)
        roles = Roles(raw, self.date_order)
        counted = self._counted(raw, roles)
        group = roles.group(self.group) if self.group else None
        if self.trials and group is None:
            group = np.arange(raw.table.num_rows)
        if most:
            counted = sampled(counted, group, most)
        rows, yes, notes = counted.rows, counted.positive, list(counted.notes)
        time, moment = None, None
        if self.time:
            with self._said(raw, self.time):
                moment, said = roles.time(self.time)
            time = moment.values
            notes += said
        elif self.in_order:
            # A position is no date; it orders the cases as seconds would.
            time = np.arange(raw.table.num_rows).astype("datetime64[s]")
            notes.append(Note(Sentence("The order of the rows is taken for the order of time")))
        split = roles.given_split(self.split) if self.split else None
        rule, today = self._todays_rule(raw), None
        if rule is not None:
            today, said = todays_decisions(raw, roles, rule)
            if rule.column not in self.keep:
                notes.append(
                    Note(
                        Sentence(
                            "{column!r} holds today's rule and is no feature", column=rule.column
                        )
                    )
                )
            notes += said
        columns, frame, used, readings = [], {}, [], []
        for name in raw.table.column_names:
            if use := self._use_of(name, rule):
                columns.append(profile_of(look(name, raw.table.column(name)), use))
                continue
            column = self._understood(raw, name)
            if column.kind == TEXT and embedded is not None:
                column = by_embeddings(column, embedded)
            # A position is no moment that dates could be compared with.
            made, why = self._features(column, None if self.in_order else time, rows)
            _check_new(made, frame, raw.label)
            frame |= made
            if made or name == self.time:  # other dates are measured from it
                read = moment if name == self.time else column
                readings.append(ColumnReading.of(read, list(made), rows))
            use = Sentence("left out: {why}", why=why) if why else use_of(made)
            columns.append(profile_of(column, f"time; {use}" if name == self.time else use))
            if name != self.time:
                notes += [*column.notes, *self._may_be_a_split(raw, column)]
                used.append(column)
        if not frame:
            told = "; ".join(f"{column.name}: {column.use}" for column in columns[:8])
            raise DataError(
                f"{raw.label} leaves no column to learn from ({told or 'there is no other'}).  "
                "Bring more columns, or keep one of these."
            )
        notes += suspicions(used, self.number)
        self.card = card_of(self, raw, yes, columns, notes)
        return self.task(
            Cases(pd.DataFrame(frame)),
            counted.outcome,
            weight=counted.weight,
            group=None if group is None else group[rows],
            time=None if time is None else time[rows],
            given_split=None if split is None else split[rows],
            today=None if today is None else today[rows],
            profile=tuple(columns),
            aside={
                name: self._put_aside(raw, name, rows)
                for name in dict.fromkeys(self.aside)
                if name in raw.table.column_names and name not in frame
            },
            reading=TableReading(
                tuple(readings),
                self.time,
                tuple(sorted({*raw.table.column_names} - {read.name for read in readings})),
                () if embedded is None else (embedded.folder, embedded.sha256),
            ).to_json(),
        )

    def _put_aside(self, raw: RawTable, name: str, rows: np.ndarray) -> pd.Series:
        """Read a column that is no feature: as numbers where it holds some, otherwise as texts."""
        try:
            values = understand(name, raw.table.column(name), Asked(keep=True)).values
        except (DataError, InfiniteNumber, AmbiguousDates):
            values = None
        if values is None:
            values = raw.table.column(name).cast("string").to_pandas().to_numpy()
        elif isinstance(values, np.ndarray) and values.dtype.kind == "M":
            months = pd.Series(values.astype("datetime64[M]")).dt.strftime("%Y-%m")
            values = months.to_numpy()
        return pd.Series(values[rows]).reset_index(drop=True)

    def _counted(self, raw: RawTable, roles: Roles) -> Counted:
        """Make cases of the rows."""
        if self.trials:
            positives, cases = (
                roles.amounts(self.target, "target"),
                roles.amounts(self.trials, "trials"),
            )
            return of_trials(raw, self.target, positives, self.trials, cases)
        outcome, yes, notes = roles.target(self.target, self.positive, self.negative)
        if self.weight:
            return of_weights(
                raw, outcome, yes, notes, self.weight, roles.amounts(self.weight, "weight")
            )
        return of_rows(outcome, yes, notes)

    def _todays_rule(self, raw: RawTable) -> TodayRule | None:
        if not self.today_rule:
            return None
        names = raw.table.column_names
        rule = today_rule_of(self.today_rule, names)
        if rule.column not in names:
            raise DataError(
                f"today's rule: {raw.label} has no column {rule.column!r}."
                f"{nearest(rule.column, names)}"
            )
        for role in ROLES:
            if getattr(self, role) == rule.column:
                raise DataError(
                    f"column {rule.column!r} is the {role} and cannot hold today's rule, too.  "
                    "Name another column."
                )
        return rule

    def _use_of(self, name: str, rule: TodayRule | None) -> str:
        """Say what a column is used for besides being read, if anything."""
        if name in self.drop:
            return Sentence("left out: {why}", why=Sentence("as asked"))
        if rule is not None and name == rule.column and name not in self.keep:
            return Sentence("today's rule")
        roles = ("target", "group", "split", "weight", "trials")
        return next((Sentence(role) for role in roles if getattr(self, role) == name), "")

    def _may_be_a_split(self, raw: RawTable, column: Column) -> list[Note]:
        """Notice a split that came with the data and that nobody has named."""
        if (
            self.split
            or column.values is None
            or column.kind in (TEXT, VECTOR)
            or column.n_distinct > _MOST_SIDES
        ):
            return []
        values = pc.unique(pc.cast(raw.table.column(column.name), "string")).drop_null()
        if not looks_like_a_split(column.name, values.to_pylist()):
            return []
        return [
            Note(
                Sentence(
                    "{name!r} looks like a split that came with the data: keep it with --split "
                    "{name!r}, or leave it out with --drop {name!r}",
                    name=column.name,
                )
            )
        ]

    def _check_columns(self, raw: RawTable) -> None:
        there = raw.table.column_names
        asked = [(role, getattr(self, role)) for role in ROLES]
        for role in LISTS:
            asked += [(role, name) for name in getattr(self, role)]
        for role, name in asked:
            if name and name not in there:
                below = raw.line_with(name)
                where = (
                    f"  {name!r} stands in line {below}: delete what is above the line that names "
                    "the columns."
                )
                raise DataError(
                    f"{role}: {raw.label} has no column {name!r}.{nearest(name, there)}"
                    f"{where if below else ''}"
                )

    def _understood(self, raw: RawTable, name: str) -> Column:
        asked = Asked(
            keep=name in self.keep or name == self.time,
            category=name in self.category,
            number=name in self.number,
            text=name in self.text,
            vector=name in self.vector,
            order=self.date_order,
            commas_part_cells=raw.commas_part_cells,
        )
        with self._said(raw, name):
            return understand(name, raw.table.column(name), asked)

    @contextmanager
    def _said(self, raw: RawTable, name: str) -> Iterator[None]:
        """Turn what is wrong with a column into a message that says where."""
        column = raw.table.column(name)
        try:
            yield
        except InfiniteNumber as error:
            raise DataError(
                f"column {name!r} of {raw.label} holds {str(column[error.row].as_py())!r} in "
                f"{raw.place(error.row)}, a number without bounds.  Leave the cell empty where the "
                f"value is not known, or leave the column out: --drop {name!r}"
            ) from None
        except AmbiguousDates as error:
            orders = " or ".join(f"--date-order {order}" for order in error.doubt.readings)
            raise DataError(
                f"column {name!r} of {raw.label}, {raw.place(error.row)}: {error.doubt.why}.  Say "
                f"which is meant: {orders}; or leave the column out: --drop {name!r}"
            ) from None
        except UnfitContent as error:
            what = "text" if name in self.text else "vector"
            where = "" if error.row is None else f", {raw.place(error.row)},"
            raise DataError(
                f"column {name!r} of {raw.label}{where} cannot be read as "
                f"{'texts' if what == 'text' else 'vectors'}: {error.why}.  Mend it, or leave "
                f"--{what} {name!r} out."
            ) from None
        except NoNumbers:
            raise DataError(
                f"column {name!r} of {raw.label} holds no number that can be read, such as "
                f"{str(column[0].as_py())[:40]!r}.  Leave --number {name!r} out."
            ) from None

    def _features(
        self, column: Column, time: np.ndarray | None, rows: np.ndarray
    ) -> tuple[dict[str, object], str]:
        """Make the features of a column, or say why there are none."""
        if column.name == self.time:
            made = features.calendar_of(column.name, time[rows])
            return made, "" if made else _SAME_DATE
        if column.values is None:
            return {}, joined(AFTER_A_COLON, [Sentence(column.kind), column.why])
        if column.kind == "date" and time is not None:
            n_later = features.tells_the_future(column.values[rows], time[rows])
            if n_later:
                return {}, f"later than the prediction in {n_later:,} cases: it tells the future"
        made = features.features_of(column, time, rows)
        return made, "" if made else _SAME_DATE


def _check_new(made: Mapping[str, object], frame: Mapping[str, object], label: str) -> None:
    """Refuse a feature of a date that has the name of another column."""
    if twice := sorted(made.keys() & frame.keys()):
        raise DataError(
            f"{label}: {twice[0]!r} is a column, and the name of what is made of a date.  Rename "
            "the column."
        )
