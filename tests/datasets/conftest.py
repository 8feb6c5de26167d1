"""A data folder of the test's own, for files written in a publisher's layout."""

import datetime as dt
import gzip
import io
import zipfile
from xml.sax.saxutils import escape

import pytest
from intentbench.bench.download import fetch


@pytest.fixture
def provide(monkeypatch, tmp_path):
    """Put files below $INTENTBENCH_DATA, which is empty at first, as is the cache."""
    root = tmp_path / "data"
    root.mkdir()
    monkeypatch.setenv("INTENTBENCH_DATA", str(root))
    monkeypatch.setattr(fetch, "cache_folder", lambda: tmp_path / "cache")

    def put(name, text):
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        content = text.encode()
        path.write_bytes(gzip.compress(content) if path.suffix == ".gz" else content)
        return path

    return put


def workbook_of(sheets):
    """A workbook (.xlsx) made by hand: texts, numbers, booleans and days in its cells."""
    files = {
        "[Content_Types].xml": (
            '<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types">'
            '<Default Extension="xml" ContentType="application/xml"/>'
            '<Default Extension="rels" '
            'ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
            '<Override PartName="/xl/workbook.xml" ContentType="application/vnd.openxmlformats-'
            'officedocument.spreadsheetml.sheet.main+xml"/></Types>'
        ),
        "_rels/.rels": _relations([("officeDocument", "xl/workbook.xml")]),
        "xl/workbook.xml": _xml(
            "workbook",
            "<sheets>"
            + "".join(
                f'<sheet name="{name}" sheetId="{number}" r:id="rId{number}"/>'
                for number, name in enumerate(sheets, 1)
            )
            + "</sheets>",
        ),
        "xl/_rels/workbook.xml.rels": _relations(
            [("worksheet", f"worksheets/sheet{number}.xml") for number in range(1, len(sheets) + 1)]
            + [("styles", "styles.xml")]
        ),
        # Style 1 is a day.
        "xl/styles.xml": _xml(
            "styleSheet", '<cellXfs><xf numFmtId="0"/><xf numFmtId="14"/></cellXfs>'
        ),
    }
    for number, rows in enumerate(sheets.values(), 1):
        lines = "".join(
            f'<row r="{r}">{"".join(_cell(value) for value in row)}</row>'
            for r, row in enumerate(rows, 1)
        )
        files[f"xl/worksheets/sheet{number}.xml"] = _xml(
            "worksheet", f"<sheetData>{lines}</sheetData>"
        )
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in files.items():
            archive.writestr(name, f'<?xml version="1.0" encoding="UTF-8"?>{content}')
    return buffer.getvalue()


def _xml(tag, inside):
    main = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
    relations = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
    return f'<{tag} xmlns="{main}" xmlns:r="{relations}">{inside}</{tag}>'


def _relations(pairs):
    kind = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
    inside = "".join(
        f'<Relationship Id="rId{number}" Type="{kind}/{what}" Target="{target}"/>'
        for number, (what, target) in enumerate(pairs, 1)
    )
    home = "http://schemas.openxmlformats.org/package/2006/relationships"
    return f'<Relationships xmlns="{home}">{inside}</Relationships>'


def _cell(value):
    if value is None or value == "":
        return "<c/>"
    if isinstance(value, bool):
        return f'<c t="b"><v>{int(value)}</v></c>'
    if isinstance(value, dt.date):
        return f'<c s="1"><v>{(value - dt.date(1899, 12, 30)).days}</v></c>'
    if isinstance(value, (int, float)):
        return f"<c><v>{value}</v></c>"
    return f'<c t="inlineStr"><is><t>{escape(value)}</t></is></c>'


@pytest.fixture(scope="session")
def workbook():
    return workbook_of
