"""The report as a printed PDF: what an installed Chromium prints of the page, without a network."""

import os
import shutil
import signal
import subprocess
import tempfile
from contextlib import suppress
from pathlib import Path

from ..bench.errors import RequestError
from ..bench.language.speaking import _, marked
from ..bench.store.store import write_atomically, writing
from ..bench.store.temporary import TEMPORARY

PDF = "report.pdf"
_NAMES = (
    "chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "chrome",
    "microsoft-edge",
)  # fmt: skip
_ON_A_MAC = (
    "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome",
    "/Applications/Chromium.app/Contents/MacOS/Chromium",
)
_OPTIONS = (
    "--headless=new", "--disable-gpu", "--no-first-run", "--no-default-browser-check",
    "--disable-extensions", "--disable-sync", "--disable-background-networking",
    "--disable-component-update", "--disable-domain-reliability",
    "--host-resolver-rules=MAP * ~NOTFOUND", "--no-pdf-header-footer",
)  # fmt: skip
_SECONDS = 120.0


def browser() -> str:
    """Find the program that prints: the one that $CHROMIUM names, or one that is installed.

    Raises
    ------
    RequestError
        If there is none.
    """
    named = os.environ.get("CHROMIUM")
    for name in [named] if named else [*_NAMES, *_ON_A_MAC]:
        if found := shutil.which(name):
            return found
    said = _NAMED_WRONG if named else _NONE
    raise RequestError(_(said).format(named=named))


_NAMED_WRONG = marked(
    "--pdf prints with Chromium or Chrome, and $CHROMIUM names {named}, which is no program.  "
    "Install chromium, or name yours, as in CHROMIUM=/path/to/chrome; or leave --pdf out and print "
    "the report from any browser."
)
_NONE = marked(
    "--pdf prints with Chromium or Chrome, and none was found.  Install chromium, or name yours, "
    "as in CHROMIUM=/path/to/chrome; or leave --pdf out and print the report from any browser."
)


def print_page(page: Path, program: str) -> Path:
    """Print a page beside itself, as its style says for paper.

    Parameters
    ----------
    page : Path
        An HTML file.
    program : str
        See ``browser``.

    Returns
    -------
    Path
        Of the PDF; there is none, not even an older one, where printing fails.

    Raises
    ------
    RequestError
        If the program does not end in time, or prints nothing.
    StoreError
        If the folder cannot be written.
    """
    pdf = page.with_name(PDF)
    with writing(page.parent):
        pdf.unlink(missing_ok=True)
    with tempfile.TemporaryDirectory(
        prefix=f"{TEMPORARY}{os.getpid()}-", ignore_cleanup_errors=True
    ) as folder:
        printed = Path(folder) / PDF
        command = [
            program, *_OPTIONS, *(["--no-sandbox"] if os.geteuid() == 0 else []),
            f"--user-data-dir={folder}/profile", f"--print-to-pdf={printed}",
            page.resolve().as_uri(),
        ]  # fmt: skip
        why = _carried_out(command)
        if not printed.is_file() or not printed.read_bytes().startswith(b"%PDF"):
            raise RequestError(
                _(
                    "{page} is written, but {program} did not print it: {why}.  Print it from a "
                    "browser, or name another program with CHROMIUM."
                ).format(page=page, program=program, why=why)
            )
        with writing(page.parent):
            write_atomically(pdf, printed.read_bytes())
    return pdf


def _carried_out(command: list[str]) -> str:
    """Run a program to its end, or end it and all that it started; say how it ended."""
    try:
        with subprocess.Popen(
            command, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE,
            start_new_session=True,
        ) as started:  # fmt: skip
            try:
                said = started.communicate(timeout=_SECONDS)[1]
            finally:
                # Its helpers, too, and also on Ctrl-C.
                with suppress(ProcessLookupError, PermissionError):
                    os.killpg(started.pid, signal.SIGKILL)
    except subprocess.TimeoutExpired:
        return _("it did not end within {seconds} s").format(seconds=f"{_SECONDS:g}")
    except OSError as error:
        return error.strerror or str(error)
    lines = said.decode("utf-8", "replace").strip().splitlines()
    if not lines:
        return _("it ended with {code}").format(code=started.returncode)
    return _("it ended with {code}, saying: {line}").format(code=started.returncode, line=lines[-1])
