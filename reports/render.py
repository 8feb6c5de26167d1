"""Summary, figures and templates -> one HTML file that fetches nothing, and what lies beside it."""

import base64
import hashlib
import re
import shutil
from collections.abc import Sequence
from functools import cache
from importlib.resources import files
from pathlib import Path

import jinja2
from markupsafe import Markup

from ..bench.judge.judgement import Judgement
from ..bench.language.speaking import _, language, ngettext
from ..bench.store.store import write_atomically, writing
from .brief import SUMMARY, brief, in_json
from .escape import escaped
from .formats import sorting
from .lookups import family_words
from .summary import MOST_ON_A_PAGE, TASKS, Page, pages_of_tasks, summarise
from .tables import write_tables
from .task_page import TaskPage
from .workbook import WORKBOOK, workbook

_FOLDER = files(__package__)
# No line breaks between a number and its sign.
_PER_CENT = re.compile(r"(?<=\d) %")


def write_report(judgement: Judgement, folder: Path) -> Path:
    """Write the page, and beside it the tables, the workbook and the summary for programs.

    Of many tasks the page is a front, and each has a page of its own.  The same judgement gives the
    same bytes.

    Parameters
    ----------
    judgement : Judgement
        All tasks of a run.
    folder : Path
        The run's folder; created if needed.

    Returns
    -------
    Path
        Of the page.

    Raises
    ------
    StoreError
        If the folder cannot be written.
    """
    with writing(folder):
        folder.mkdir(parents=True, exist_ok=True)
        write_tables(judgement, folder / "tables")
        write_atomically(folder / WORKBOOK, workbook(judgement))
        write_atomically(folder / SUMMARY, in_json(brief(judgement)))
        page = folder / "report.html"
        front = summarise(judgement, apart=len(judgement.tasks) > MOST_ON_A_PAGE)
        shutil.rmtree(folder / TASKS, ignore_errors=True)  # of the report before
        if front.apart:
            (folder / TASKS).mkdir()
            for path, own in pages_of_tasks(front, judgement):
                write_atomically(folder / path, render(own))
        write_atomically(page, render(front))
    return page


def render(page: Page) -> str:
    """Fill the templates."""
    return filled("page.html.j2", page)


def render_decisions(tasks: Sequence[TaskPage]) -> str:
    """Fill a page with nothing but the decisions on some tasks."""
    return filled("decisions.html.j2", tasks)


def filled(template: str, page: object) -> str:
    """Fill a template with a page, the style and the script that all pages share."""
    script = _static("report.js")
    digest = base64.b64encode(hashlib.sha256(script.encode()).digest()).decode()
    text = _environment().get_template(template).render(
        page=page,
        language=language(),
        style=Markup(_static("charts.css") + _static("report.css")),
        script=Markup(script),
        script_digest=digest,
    )  # fmt: skip
    return escaped(_PER_CENT.sub("\u00a0%", text))


@cache  # templates are compiled once a process; what they say is looked up as they are filled
def _environment() -> jinja2.Environment:
    environment = jinja2.Environment(
        loader=jinja2.FunctionLoader(
            lambda name: (_FOLDER / "templates" / name).read_text(encoding="utf-8")
        ),
        autoescape=True,
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        extensions=["jinja2.ext.i18n"],
    )
    environment.install_gettext_callables(_, ngettext, newstyle=True)
    environment.policies["ext.i18n.trimmed"] = True
    environment.filters["family_words"] = family_words
    environment.filters["sorting"] = sorting
    return environment


def _static(name: str) -> str:
    return (_FOLDER / "static" / name).read_text(encoding="utf-8")
