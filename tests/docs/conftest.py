"""Pages of the documentation as tests walk through them, block by block.

A block is found by its fence; a new one needs no line anywhere.  Its language says what becomes of
it (see ``Walk``), and a name behind the language (```` ```python my_model.py ````) makes it a file
of the page's folder, for the blocks after it.
"""

import inspect
import re
import shlex
import shutil
import subprocess
import sys
import textwrap
import tomllib
from contextlib import redirect_stdout
from dataclasses import dataclass
from io import StringIO
from pathlib import Path
from types import ModuleType

import numpy as np
import pandas as pd
import pytest
from intentbench.bench.audit.reading import read_claims
from intentbench.bench.conformance import policy_checks
from intentbench.bench.conformance.metric_checks import check_metric
from intentbench.bench.conformance.model_checks import CHECKS, run_check
from intentbench.bench.model import Model
from intentbench.bench.plugins.loading import load
from intentbench.bench.plugins.outline import kind_of_file
from intentbench.bench.plugins.registry import ROOT, Registry
from intentbench.bench.suite.reading import load_suite
from intentbench.bench.suite.shipped import suite_titles
from intentbench.cli.main import _parser, main

PAGES = [ROOT / "README.md", ROOT / "CONTRIBUTING.md", *sorted((ROOT / "docs").glob("*.md"))]
FENCE = re.compile(r"^(?P<in> *)```(?P<about>.*)\n(?P<text>(?:.*\n)*?)(?P=in)```$", re.MULTILINE)
HOUSE = ("api", "bench", "cli", "datasets", "models", "reports")
OUTPUT = {"stdout": subprocess.PIPE, "stderr": subprocess.STDOUT}
# What a reader of the README has installed, or does once.
OTHER_PROGRAMS = {"cd", "git", "pip", "uv"}


@dataclass(frozen=True)
class Block:
    """A fenced block: where it stands, its language, the name of its file, and its text."""

    page: Path
    line: int
    language: str
    name: str
    text: str

    @property
    def where(self):
        return f"{self.page.name}, line {self.line}"


def blocks_of(page):
    text = page.read_text(encoding="utf-8")
    found = []
    for fence in FENCE.finditer(text):
        language, _, name = fence["about"].partition(" ")
        line = text.count("\n", 0, fence.start()) + 1
        found.append(Block(page, line, language, name, textwrap.dedent(fence["text"])))
    return found


def of_the_house(block):
    """Whether a block is a file that its author is to put into a room of the house."""
    return block.name.partition("/")[0] in HOUSE


class Walk:
    """A reader in a folder of their own, who does what a page says.

    ``names`` are those that its Python has defined, ``ran`` the commands that were carried out and
    ``printed`` the lines of the last.
    """

    def __init__(self, folder, monkeypatch):
        self.folder, self.monkeypatch = folder, monkeypatch
        self.names, self.ran, self.printed = {"__name__": "page"}, [], []

    def through(self, page):
        blocks = blocks_of(page)
        n_fences = page.read_text(encoding="utf-8").count("```")
        assert n_fences == 2 * len(blocks), "a fence is not closed, or stands within another"
        for block in blocks:
            if block.name and not of_the_house(block):
                path = self.folder / block.name
                path.parent.mkdir(parents=True, exist_ok=True)
                path.write_text(block.text, encoding="utf-8")
        for block in blocks:
            read = getattr(self, block.language, None) if block.language in LANGUAGES else None
            assert read, f"{block.where}: name its language, one of {', '.join(LANGUAGES)}"
            if block.language != "text":
                self.printed = []
            try:
                read(block)
            except (Exception, SystemExit) as error:
                raise AssertionError(f"{block.where}: {type(error).__name__}: {error}") from error
        return self

    def text(self, block):
        """A picture, or what the command of the block before it prints."""
        missing = set(map(str.strip, block.text.splitlines())) - set(self.printed)
        assert not self.printed or not missing, f"not printed: {missing}"

    def python(self, block):
        """Runs: a plugin as one, a file of the house in its room, the rest in the page's names."""
        if of_the_house(block):
            assert not (ROOT / block.name).exists(), "there is a file of that name"
            for asked in (["check"], ["format", "--check"]):
                ruff = [sys.executable, "-m", "ruff", *asked, "--stdin-filename", block.name, "-"]
                told = subprocess.run(ruff, input=block.text, text=True, cwd=ROOT, **OUTPUT)
                assert told.returncode == 0, told.stdout
            module = ModuleType("intentbench." + block.name.removesuffix(".py").replace("/", "."))
            module.__package__ = module.__name__.rpartition(".")[0]
            self.monkeypatch.setitem(sys.modules, module.__name__, module)
            names = module.__dict__
        elif block.name:
            return self.plugin(self.folder / block.name)
        else:
            names = self.names
        # With the page's own line numbers in a traceback.
        exec(compile("\n" * block.line + block.text, str(block.page), "exec"), names)
        for made in list(names.values()):
            if isinstance(made, type) and made.__module__ == names["__name__"]:
                if issubclass(made, Model):
                    self.conforms(made)
        self.names |= {name: value for name, value in names.items() if name[:1] != "_"}

    def plugin(self, file):
        kind = kind_of_file(file)
        self.monkeypatch.delitem(sys.modules, f"intentbench_plugin_{file.stem}", raising=False)
        made = load(Registry(kind, [file]).find(file.stem))
        if kind == "dataset":
            self.names[file.stem] = made().load()
        elif kind == "metric":
            check_metric(made)
            self.names[file.stem] = made
        elif kind == "policy":
            for check in policy_checks.CHECKS:
                check(made)
        else:
            self.conforms(made)

    def conforms(self, model):
        for check in CHECKS:
            run_check(model, check.__name__)

    def console(self, block):
        """Commands: all must be understood, and those that are done at once are carried out."""
        for line in block.text.replace("\\\n", " ").splitlines():
            for command in line.split(" && "):
                self.command(shlex.split(command, comments=True))

    def command(self, words):
        if not words or words[0] in OTHER_PROGRAMS:
            return
        if words[0] == "make":
            self.make(words[1:])
            return
        assert words[0] in ("intentbench", ".venv/bin/intentbench"), words
        given = _parser().parse_args(words[1:])
        if self.is_quick(given):
            with redirect_stdout(StringIO()) as out:
                code = main(words[1:])
            self.ran.append(words[1:])
            self.printed = [line.strip() for line in out.getvalue().splitlines()]
            assert code in (0, 1, 3), f"{shlex.join(words)} ends with {code}"

    def make(self, words):
        targets = re.findall(r"^([a-z-]+):", (ROOT / "Makefile").read_text(), re.MULTILINE)
        for word in words:
            variable, _, value = word.partition("=")
            assert word in targets or (variable, value) in KNOWN_TO_MAKE, word
            assert variable != "SUITE" or value in suite_titles(), word

    def is_quick(self, given):
        files = [given.__dict__.get(name) for name in ("data", "events", "file")]
        if not all(Path(file).exists() for file in files if file):
            return False
        if given.command == "show":
            return bool(given.data or given.events or given.task in Registry("dataset").names())
        if given.command == "check":
            return Path(given.plugin).exists()
        if given.command == "train":
            return Path("results/runs/latest").exists() and bool(given.model)
        if given.command == "predict":
            return Path(given.model).exists()
        if given.command in ("watch", "recalibrate"):
            files = (given.model, given.new, given.labels)
            return all(Path(file).exists() for file in files if file)
        return given.command in ("list", "audit", "new")

    def toml(self, block):
        """A suite, claims, or the entry points of a package."""
        content = tomllib.loads(block.text)
        if "project" in content:
            kinds = ("models", "datasets", "metrics", "policies")
            groups = {f"intentbench.{kind}" for kind in kinds}
            assert set(content["project"]["entry-points"]) <= groups
        elif "claim" in content:
            path = self.folder / "claims-of-the-page.toml"
            path.write_text(block.text, encoding="utf-8")
            assert read_claims(path)
        else:
            named = "tasks" in content or "folder" in content
            whole = block.text if named else f'tasks = ["cdnow"]\n{block.text}'
            path = self.folder / "suite_of_the_page.toml"
            path.write_text(whole, encoding="utf-8")
            self.suite(load_suite(str(path)))

    def suite(self, suite):
        models, datasets = Registry("model"), Registry("dataset")
        for name in (*suite.models, *(name for curve in suite.curves for name in curve.models)):
            models.find(name)
        for name in suite.tasks:
            variant = suite.variants.get(name)
            made = load(datasets.find(variant.data if variant else name))
            if variant:
                assert set(variant.parameters) <= set(inspect.signature(made).parameters)

    def csv(self, block):
        """A table: all lines have as many fields; if it holds claims, these are read."""
        widths = {line.count(",") for line in block.text.splitlines()}
        assert len(widths) == 1
        if block.text.startswith("name,"):
            path = self.folder / "claims-of-the-page.csv"
            path.write_text(block.text, encoding="utf-8")
            assert read_claims(path)

    def sh(self, block):
        """For a shell: it is one that can be read."""
        subprocess.run(["sh", "-n"], input=block.text, text=True, check=True)

    def yaml(self, block):
        """Steps of a workflow: what they run is understood."""
        for command in re.findall(r"^[ -]*run: (.*)$", block.text, re.MULTILINE):
            self.command(shlex.split(command))


LANGUAGES = ("python", "console", "sh", "toml", "csv", "yaml", "text")
KNOWN_TO_MAKE = {("NAME", "my_model"), *(("SUITE", name) for name in suite_titles())}


def pytest_generate_tests(metafunc):
    if "page" in metafunc.fixturenames:
        names = [str(page.relative_to(ROOT)) for page in PAGES]
        metafunc.parametrize("page", PAGES, ids=names)


def visits_and_log(folder):
    """Write ``visits.csv`` and ``log.parquet``, which the pages tell of."""
    rng = np.random.default_rng(0)
    n_visits, n_events = 300, 4000
    minute = rng.integers(0, 120 * 1440, n_visits)
    visits = pd.DataFrame(
        {
            "order_number": rng.permutation(n_visits),
            "customer_id": rng.integers(0, 200, n_visits),
            "start": pd.Timestamp("2024-03-01") + pd.to_timedelta(minute, "min"),
            "pages": rng.poisson(4, n_visits),
            "bought": rng.random(n_visits) < 0.2,
        }
    )
    visits.to_csv(folder / "visits.csv", index=False)
    # Most events follow within minutes, some begin a new visit.
    gap = np.where(rng.random(n_events) < 0.15, 40_000, 3) * rng.exponential(1.0, n_events)
    user = np.sort(rng.integers(0, 100, n_events))
    log = pd.DataFrame(
        {
            "user_id": user,
            "timestamp": pd.Timestamp("2024-03-01")
            + pd.to_timedelta(pd.Series(gap).groupby(user).cumsum(), "min").dt.floor("s"),
            "event_type": rng.choice(["view", "cart", "purchase"], n_events, p=[0.8, 0.15, 0.05]),
            "price": rng.lognormal(3, 1, n_events),
            "category_id": rng.integers(0, 9, n_events),
        }
    )
    log.to_parquet(folder / "log.parquet")


@pytest.fixture(scope="module")
def walk(tmp_path_factory):
    """Walk through a page, each in a new folder with a table of visits and an event log."""
    with pytest.MonkeyPatch.context() as monkeypatch:

        def through(page):
            folder = tmp_path_factory.mktemp("reader")
            visits_and_log(folder)
            for example in (ROOT / "docs" / "examples").iterdir():
                shutil.copy(example, folder)
            monkeypatch.chdir(folder)
            monkeypatch.setenv("INTENTBENCH_DATA", str(folder))
            # Outside a checkout `intentbench new` writes into the present folder.
            monkeypatch.setattr("intentbench.cli.new.ROOT", folder)
            return Walk(folder, monkeypatch).through(page)

        yield through
