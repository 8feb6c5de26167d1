"""A sheet of a workbook (.xlsx) as CSV, row for line: values only, no formulas, no formats."""

import csv
import datetime as dt
import io
import re
import zipfile
import zlib
from collections.abc import Iterator
from typing import BinaryIO

from ...bench.errors import DataError
from ...bench.language.sentence import Sentence
from .._files.memory import free_bytes
from .._files.parts import no_memory

_MOST_BYTES = 1 << 30
_METHODS = (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED)
# What the cells of a sheet take as objects, measured at their highest, against its XML.
_TIMES_ITS_SIZE = 6
_BYTES_OF_A_CELL = 40
_BLOCK = 1 << 20
_REFERENCE = re.compile(rb"""\br\s*=\s*["']([A-Z]{0,3})([0-9]{1,7})["']""")  # r="AB12", r="12"
_MOST_NAMED = 8


def workbook_as_csv(content: bytes, label: str, sheet: str) -> tuple[bytes, list[str]]:
    """Write the cells of a sheet as CSV.

    Parameters
    ----------
    content : bytes
        The workbook.
    label : str
    sheet : str
        The first one, if empty.

    Returns
    -------
    content : bytes
        Row 7 of the sheet is line 7; moments are written as ISO 8601.
    notes : list of str

    Raises
    ------
    DataError
        If it is damaged, or has no such sheet, or swells beyond measure when unpacked.
    """
    # Importing it takes time that other formats need not spend.
    from python_calamine import CalamineError, CalamineWorkbook

    _check_size(content, label)
    try:
        with CalamineWorkbook.from_filelike(io.BytesIO(content)) as workbook:
            names = workbook.sheet_names
            if sheet and sheet not in names or not names:
                raise DataError(
                    f"{label} has no sheet {sheet!r}.  It has: "
                    f"{', '.join(map(repr, names[:_MOST_NAMED])) or 'none'}."
                )
            chosen = sheet or names[0]
            rows = workbook.get_sheet_by_name(chosen).to_python(skip_empty_area=False)
    except DataError:
        raise
    except (CalamineError, OSError, ValueError, zipfile.BadZipFile) as error:
        raise _damaged(label, error) from error
    except BaseException as error:  # a panic of the reader's is no Exception
        if type(error).__name__ != "PanicException":
            raise
        raise _damaged(label, error) from None
    notes = []
    if not sheet and len(names) > 1:
        others = ", ".join(map(repr, names[1 : _MOST_NAMED + 1]))
        notes = [
            Sentence(
                "{file}: its first sheet, {chosen!r}, is read; others are {others} (--sheet).",
                file=label,
                chosen=chosen,
                others=others,
            )
        ]
    text = io.StringIO(newline="")
    writer = csv.writer(text, lineterminator="\n")
    for row in rows:
        cells = [_cell(value) for value in row]
        if any(cells):
            writer.writerow(cells)
        else:
            text.write("\n")
    return text.getvalue().encode(), notes


def _check_size(content: bytes, label: str) -> None:
    """Refuse what would swell beyond measure, by unpacking it: a stated size need not be true."""
    free, swollen, last_row, last_column = free_bytes(), 0, 0, 0
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            members = archive.infolist()
            if any(member.flag_bits & 1 for member in members):
                raise DataError(f"{label} is encrypted.  Save it without a password.")
            if any(member.compress_type not in _METHODS for member in members):
                raise DataError(f"{label} is packed as no workbook is.  Save it again as .xlsx.")
            for member in members:
                with archive.open(member) as file:
                    for block in _blocks(file):
                        swollen += len(block)
                        if swollen > _MOST_BYTES:
                            raise DataError(
                                f"{label} holds more than {_MOST_BYTES >> 20:,} MiB once unpacked, "
                                "which no sheet should.  Save the table as CSV."
                            )
                        row, column = _farthest(block)
                        last_row, last_column = max(last_row, row), max(last_column, column)
    except (
        zipfile.BadZipFile, zlib.error, EOFError, OSError, ValueError, NotImplementedError,
        IndexError,
    ) as error:  # fmt: skip
        raise _damaged(label, error) from error
    # The reader makes a cell of every place up to the last row and column, empty or not.
    cells = last_row * last_column
    if swollen * _TIMES_ITS_SIZE + cells * _BYTES_OF_A_CELL > free:
        raise no_memory(label, free, f", with {cells:,} cells" if cells else "")


def _blocks(file: BinaryIO) -> Iterator[bytes]:
    """Read a file in blocks that end between tags, so that no reference is cut in two."""
    rest = b""
    while block := file.read(_BLOCK):
        whole, between, rest = (rest + block).rpartition(b">")
        if not between and len(rest) > _BLOCK:  # no tag is as long
            whole, rest = rest, b""
        yield whole + between
    yield rest


def _farthest(block: bytes) -> tuple[int, int]:
    """Give the last row and the last column that a piece of a sheet refers to, counted from 1."""
    row = column = 0
    for letters, digits in set(_REFERENCE.findall(block)):
        row = max(row, int(digits))
        number = 0
        for letter in letters:
            number = 26 * number + letter - 64
        column = max(column, number)
    return row, column


def _damaged(label: str, error: BaseException) -> DataError:
    return DataError(
        f"{label} is a damaged workbook, or none at all ({str(error)[:120]}).  Save it again as "
        ".xlsx, or the sheet as CSV."
    )


def _cell(value: object) -> str:
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, float) and value.is_integer() and abs(value) < 1e15:
        return str(int(value))
    if isinstance(value, dt.datetime):
        return value.isoformat(" ", "seconds")
    if isinstance(value, (dt.date, dt.time)):
        return value.isoformat()
    if isinstance(value, dt.timedelta):
        return str(value.total_seconds())
    # A line of the text is a row of the sheet.
    return " ".join(str(value).splitlines()).strip()
