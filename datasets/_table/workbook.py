"""A sheet of a workbook (.xlsx) as CSV, row for line: values only, no formulas, no formats."""

import csv
import datetime as dt
import io
import zipfile

from ...bench.errors import DataError

_MOST_BYTES = 1 << 30
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
        notes = [f"{label}: its first sheet, {chosen!r}, is read; others are {others} (--sheet)."]
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
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            swollen = sum(member.file_size for member in archive.infolist())
            encrypted = any(member.flag_bits & 1 for member in archive.infolist())
    except (zipfile.BadZipFile, OSError, ValueError, NotImplementedError, IndexError) as error:
        raise _damaged(label, error) from error
    if encrypted:
        raise DataError(f"{label} is encrypted.  Save it without a password.")
    if swollen > _MOST_BYTES:
        raise DataError(
            f"{label} holds {swollen >> 20:,} MiB once unpacked, which no sheet should.  Save the "
            "table as CSV."
        )


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
