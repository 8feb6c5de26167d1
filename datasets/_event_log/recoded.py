"""Texts in other encodings, and workbooks: written anew as the database can read them."""

import codecs
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

from ...bench.errors import DataError
from ...bench.language.sentence import Sentence
from .._files.encoding import ENCODING_NAMES, announced_encoding
from .._files.parts import Part, read_part, unpacked
from .._files.plausible import plausible_encoding
from .._table.workbook import workbook_as_csv

_BLOCK = 1 << 22


def recoded(
    part: Part, folder: Path, number: int, asked: str, sheet: str
) -> tuple[Part, list[str]]:
    """Give the file as it is if the database can read it, or a copy; and what was assumed.

    Parameters
    ----------
    part : Part
    folder : Path
        For the copy.
    number : int
        Of the part, which names the copy.
    asked : str
        The encoding that the user named; empty to find out.
    sheet : str
        Of a workbook; the first if empty.

    Raises
    ------
    DataError
        If a workbook is damaged, or the file is not in the encoding that its first bytes announce,
        or the user named.
    """
    if part.format in ("parquet", "feather"):
        return part, []
    copy = folder / f"{number}.txt"
    if part.format == "xlsx":
        text, notes = workbook_as_csv(read_part(part)[0], part.label, sheet)
        copy.write_bytes(text)
        return replace(part, path=copy, format="csv", packing=""), notes
    encoding, notes = _encoding_of(part, asked)
    if encoding == "utf-8":
        return part, notes
    # What was guessed may be wrong in places; what was said must be right throughout.
    how = "replace" if not asked and encoding in ENCODING_NAMES else "strict"
    decoder = codecs.getincrementaldecoder(encoding)(how)
    with copy.open("wb") as out:
        try:
            for block, is_last in _blocks(part):
                out.write(decoder.decode(block, is_last).encode())
        except UnicodeDecodeError as error:
            raise DataError(
                f"{part.label} is not in {encoding.upper()} throughout ({error.reason}), as "
                f"{'was asked' if asked else 'its first bytes announce'}.  Save it again as UTF-8"
                f"{', or name another encoding' if asked else ''}."
            ) from error
    return replace(part, path=copy, packing=""), notes


def _encoding_of(part: Part, asked: str) -> tuple[str, list[str]]:
    if asked:
        name = codecs.lookup(asked).name
        return "utf-8" if name in ("utf-8", "ascii") else name, []
    with unpacked(part) as file:
        announced = announced_encoding(file.read(4096))
    if announced and announced != "utf-8-sig":
        return announced, [f"{part.label} is in {announced.upper()}; read as such."]
    decoder = codecs.getincrementaldecoder("utf-8")()
    line = 1
    for block, is_last in _blocks(part):
        try:
            decoder.decode(block, is_last)
        except UnicodeDecodeError as error:
            line += block.count(b"\n", 0, max(error.start, 0))
            name = plausible_encoding(_whole_lines(block))
            return name, [
                Sentence(
                    "{file} is not UTF-8 (first in line {line}); read as {encoding}.  Look whether "
                    "its letters are right; if not, name the encoding (--encoding).",
                    file=part.label,
                    line=line,
                    encoding=Sentence(ENCODING_NAMES[name]),
                )
            ]
        line += block.count(b"\n")
    return "utf-8", []


def _whole_lines(block: bytes) -> bytes:
    first, last = block.find(b"\n") + 1, block.rfind(b"\n") + 1
    return block[first:last] or block


def _blocks(part: Part) -> Iterator[tuple[bytes, bool]]:
    with unpacked(part) as file:
        block = file.read(_BLOCK)
        while block:
            following = file.read(_BLOCK)
            yield block, not following
            block = following
