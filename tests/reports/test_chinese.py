"""The report in Chinese: no sentence of ours is left in English, none in English turns Chinese."""

import ast
import re
from dataclasses import fields, is_dataclass, replace
from html.parser import HTMLParser
from io import BytesIO

import jinja2
import pytest
from intentbench.bench.judge.judgement import FAILED, Judgement, TaskProgress
from intentbench.bench.language.speaking import speaking
from intentbench.bench.plugins.registry import ROOT
from intentbench.reports import lookups
from intentbench.reports.brief import brief
from intentbench.reports.render import render, render_decisions
from intentbench.reports.summary import summarise
from intentbench.reports.tables import write_tables
from intentbench.reports.workbook import workbook
from python_calamine import CalamineWorkbook

REPORTS = ROOT / "reports"
CHINESE = re.compile("[\u3000-\u30ff\u3400-\u9fff\uff00-\uffef]")
# Three words in a row, as no name of a metric or library has them.
SENTENCE = re.compile(r"[A-Za-z][A-Za-z’'-]*(?:[ ,;:]+[A-Za-z][A-Za-z’'-]*){2,}")
# What a page holds that nobody reads.
UNREAD = ("style", "script", "code")
READ = ("aria-label", "alt", "title")


class Texts(HTMLParser):
    """Collects what people read of a page, or have read to them."""

    def __init__(self, html):
        super().__init__()
        self.inside, self.found = [], []
        self.feed(html)

    def handle_starttag(self, tag, attributes):
        self.inside += [tag] if tag in UNREAD else []
        self.found += [
            text
            for name, text in attributes
            if name in READ or (name.startswith("data-") and "Sorted" in str(text))
        ]

    def handle_endtag(self, tag):
        if self.inside and tag == self.inside[-1]:
            self.inside.pop()

    def handle_data(self, data):
        if not self.inside and data.strip():
            self.found.append(data)


def strings_of(value, seen):
    """All texts that came with a judgement: cards, settings, reasons, what models say."""
    if isinstance(value, str):
        yield value
    elif id(value) in seen:
        return
    elif isinstance(value, dict):
        seen.add(id(value))
        for name, item in value.items():
            yield from strings_of(name, seen)
            yield from strings_of(item, seen)
    elif isinstance(value, (tuple, list, frozenset)):
        seen.add(id(value))
        for item in value:
            yield from strings_of(item, seen)
    elif is_dataclass(value):
        seen.add(id(value))
        for field in fields(value):
            yield from strings_of(getattr(value, field.name), seen)


def english_of(html, judgement):
    """The English sentences of a page that did not come with its judgement."""
    ours = set(lookups.STANDINGS)
    given = "\n".join(text for text in strings_of(judgement, set()) if text not in ours)
    given = given.replace("_", " ")
    return {
        said
        for text in Texts(html).found
        for said in SENTENCE.findall(text)
        if said not in given and said.lower() not in given
    }


def every_model_failed(judged):
    models = tuple(
        replace(entry, standing=FAILED, scores={}, predictions=(), behind=None, by_fold=())
        for entry in judged.models
    )
    nothing = {"policies": (), "by_share": (), "net_benefits": (), "ensembles": ()}
    return replace(judged, models=models, **nothing)


def only_the_base_rate(judged):
    models = tuple(entry for entry in judged.models if entry.family == "baseline")
    return replace(judged, models=models, ensembles=())


@pytest.fixture(params=["whole", "failed", "base rate", "none", "partial", "alarms"])
def situation(request, judgement):
    tasks = judgement.tasks
    if request.param == "failed":
        tasks = tuple(map(every_model_failed, tasks))
    elif request.param == "base rate":
        tasks = tuple(map(only_the_base_rate, tasks))
    elif request.param == "none":
        tasks = ()
    elif request.param == "alarms":
        tasks = tuple(replace(judged, alarms=("一个警报", "又一个警报")) for judged in tasks)
    elif request.param == "partial":
        progress = (
            TaskProgress("a", "任务", 4, 6, ("mlp",), (("GRU", 1, 3),)),
            TaskProgress("b", "任务", 3, 3, ("mlp",), ()),
            TaskProgress("c", "任务", 0, 3, (), (("GRU", 0, 3),)),
        )
        return replace(judgement, progress=progress)
    return Judgement(judgement.run, tasks, across=judgement.across)


def test_no_english_sentence_is_left_in_the_chinese_report(situation):
    with speaking("zh"):
        page = summarise(situation)
        html = render(page)
        alone = render_decisions(page.tasks)
        told = brief(situation)
    assert '<html lang="zh">' in html
    assert english_of(html, situation) == set()
    assert english_of(alone, situation) == set()
    assert not english_of("\n".join(strings_of(told, set())), situation)


def test_the_english_report_holds_no_chinese(judgement):
    html = render(summarise(judgement))
    assert {found for text in Texts(html).found for found in CHINESE.findall(text)} == set()


def test_sheets_are_headed_in_chinese_and_csv_files_in_english(judgement, tmp_path):
    with speaking("zh"):
        sheets = CalamineWorkbook.from_filelike(BytesIO(workbook(judgement)))
        write_tables(judgement, tmp_path)
    assert "complete_journey 模型" in sheets.sheet_names and "指标值" in sheets.sheet_names
    for name in sheets.sheet_names:
        headings, first = sheets.get_sheet_by_name(name).to_python()[:2]
        assert [heading for heading in headings if "_" in heading] == []
    headings, first = sheets.get_sheet_by_name("complete_journey 模型").to_python()[:2]
    assert (
        first[headings.index("排位")] == "有望最佳" and first[headings.index("类别")] == "深度学习"
    )
    for path in tmp_path.glob("*.csv"):
        assert not CHINESE.search(path.read_text(encoding="utf-8")), path.name
    printed = (tmp_path / "complete_journey-models.md").read_text(encoding="utf-8")
    assert printed.startswith("| 参评项 | 类别 | 排位 |")


def test_a_sentence_that_was_forgotten_is_found(judgement):
    html = render(summarise(judgement))
    assert "How to read this page" in english_of(html, judgement)


# Texts in the code of the report that look like sentences: classes, commands, codes, paths.
NO_SENTENCES = re.compile(
    r"^(curve|edge|intentbench predict|true, false$|timed out$|out of memory$|<|font-family=|/)"
)
MESSAGES = ("_", "ngettext", "marked", "Sentence")
# What watches a file is told in English only; anchors have codes, and errors for their author.
IN_ENGLISH = (
    "anchors.py",
    "watch_page.py", "watch_parts.py", "watch_labels.py", "watch_remedies.py",
    "watch_unlabelled.py", "replay_page.py", "watch.html.j2",
)  # fmt: skip


def literals_outside_messages(tree):
    """Texts that no message holds; docstrings are none of them."""
    docstrings = {
        id(node.body[0].value)
        for node in ast.walk(tree)
        if isinstance(node, (ast.Module, ast.ClassDef, ast.FunctionDef))
        and node.body
        and isinstance(node.body[0], ast.Expr)
    }

    def walk(node):
        if isinstance(node, ast.Call) and getattr(node.func, "id", "") in MESSAGES:
            return
        if isinstance(node, ast.Constant) and isinstance(node.value, str):
            if id(node) not in docstrings:
                yield node.value
        for child in ast.iter_child_nodes(node):
            yield from walk(child)

    return list(walk(tree))


@pytest.mark.parametrize(
    "path",
    sorted(path for path in REPORTS.rglob("*.py") if path.name not in IN_ENGLISH),
    ids=lambda path: str(path.relative_to(REPORTS)),
)
def test_sentences_in_the_code_of_the_report_are_messages(path):
    literals = literals_outside_messages(ast.parse(path.read_text(encoding="utf-8")))
    words = re.compile(r"[A-Za-z]{2,}[,.:;]? [A-Za-z]{2,}")
    assert [t for t in literals if words.search(t) and not NO_SENTENCES.search(t)] == []


def test_a_literal_outside_a_message_is_found():
    tree = ast.parse(
        'def f():\n    "Doc."\n    return g(_("one two"), "three four", marked("a b"))'
    )
    assert literals_outside_messages(tree) == ["three four"]


@pytest.mark.parametrize(
    "path",
    sorted(path for path in (REPORTS / "templates").glob("*.j2") if path.name not in IN_ENGLISH),
    ids=lambda path: path.name,
)
def test_words_in_templates_are_messages(path):
    source = path.read_text(encoding="utf-8")
    source = re.sub(r"{%-? trans.*?endtrans %}", "", source, flags=re.DOTALL)
    tokens = jinja2.Environment().lex(source)
    text = "".join(value for _line, kind, value in tokens if kind == "data")
    assert [t for t in Texts(text).found if re.search("[A-Za-z]{2,}", t.replace("intentbench", ""))
            ] == []  # fmt: skip
