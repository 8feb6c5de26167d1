"""A run in Chinese from end to end: what the terminal, the card and the summary say, and files."""

import csv
import json
import re

import numpy as np
import pytest
from intentbench import compare, load
from intentbench.bench.errors import RequestError
from intentbench.bench.language.speaking import language, speaking
from intentbench.cli.main import main

HEAD = ("页面数", "渠道", "会员", "停留秒数", "购买")
MODELS = ("--model", "logistic_regression", "--model", "naive_bayes")
ENGLISH = re.compile(r"[A-Za-z]{2,}(?:[ ,]+[A-Za-z]{2,}){2,}")
# What is the same in every language: commands, and names of what is made elsewhere.
SAME = ("xdg-open", "intentbench predict", "Predictor.load")


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    """A folder with a table of visits, whose columns and values are Chinese."""
    folder = tmp_path_factory.mktemp("文件夹")
    rng = np.random.default_rng(3)
    with (folder / "访问.csv").open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(HEAD)
        for _row in range(400):
            pages, channel = int(rng.integers(1, 20)), str(rng.choice(["搜索", "广告", "邮件"]))
            bought = rng.random() < 1 / (1 + np.exp(-(pages - 12) / 3 - (channel == "邮件")))
            member, seconds = str(rng.choice(["是", "否"])), round(rng.exponential(60), 1)
            writer.writerow([pages, channel, member, seconds, "是" if bought else "否"])
    return folder


@pytest.fixture
def command(folder, capfd, monkeypatch):
    """Carry a command out in that folder: gives its code, and all that it says."""
    monkeypatch.chdir(folder)

    def carry_out(*words):
        with speaking(language()):
            code = main([*words])
        said = capfd.readouterr()
        return code, said.out + said.err

    return carry_out


def english_of(text):
    """The English sentences in a text."""
    lines = [line for line in text.splitlines() if not any(same in line for same in SAME)]
    return [found[0] for line in lines for found in ENGLISH.finditer(line)]


def run(*more):
    return ("run", "--data", "访问.csv", "--target", "购买", *MODELS, *more)


@pytest.fixture
def summary(folder):
    return lambda: json.loads((folder / "results/runs/latest/summary.json").read_text("utf-8"))


def test_run_says_no_english_sentence_and_is_said_again_without_a_fit(command, folder, summary):
    code, said = command(*run("--lang", "zh"))
    assert code == 0 and not english_of(said)
    assert "需计算" in said and "逻辑回归" in said and "使用" in said and "下一步" in said
    (task,) = summary()["tasks"]
    assert task["task"] == "访问" and task["title"] == "访问.csv"
    texts = [task["metric"], *task["advice"], task["base_rate"], *task["alarms"]]
    assert not english_of("\n".join(texts))
    assert {row["title"] for row in task["rows"]} == {"逻辑回归", "朴素贝叶斯", "基准率"}
    page = (folder / "results/runs/latest/report.html").read_text("utf-8")
    assert "购买是否为" in page and "列 " in page and 'lang="zh' in page

    code, said = command(*run("--lang", "en"))
    assert code == 0 and "Logistic regression" in said
    assert "cells to compute" not in said and "Nothing has changed" not in said
    assert summary()["tasks"][0]["advice"][0].startswith("Use ")
    page = (folder / "results/runs/latest/report.html").read_text("utf-8")
    assert "Is 购买" in page and "购买是否为" not in page

    code, said = command(*run("--lang", "en"))
    assert code == 0 and "Nothing has changed" in said


def test_models_are_trained_and_used_in_chinese(command, folder):
    command(*run("--lang", "zh"))
    code, said = command("--lang", "zh", "train", "-o", "店.intent")
    assert code == 0 and not english_of(said)
    for ending in (".card.md", ".card.html"):
        card = (folder / "店").with_suffix(ending).read_text("utf-8")
        unseen = r"<(style|script)\b.*?</\1>|<[^>]*>"
        card = re.sub(unseen, " ", card, flags=re.DOTALL)
        assert "购买" in card and not english_of(card)
    code, said = command(
        "--lang", "zh", "predict", "店.intent", "访问.csv", "-o", "打分.csv", "--drop", "购买"
    )
    assert code == 0 and not english_of(said) and "400 个案例打分" in said


def test_show_and_list_align_chinese_columns(command):
    code, said = command("show", "--lang", "zh", "--data", "访问.csv", "--target", "购买")
    assert code == 0 and not english_of(said) and "问题         购买是否为 '是'？" in said
    code, said = command("list", "--lang", "zh")
    assert code == 0 and "逻辑回归" in said
    assert not [line for line in english_of(said) if not line.startswith("pip")]


def test_python_says_it_in_the_language_asked_for(folder):
    with pytest.raises(RequestError, match="no language 'fr'"):
        compare(folder / "访问.csv", target="购买", language="fr")
    result = compare(
        folder / "访问.csv", target="购买", models=["logistic_regression"],
        results=folder / "python", language="zh", progress=False,
    )  # fmt: skip
    assert result.recommended.headline.startswith("使用") and "逻辑回归" in repr(result)
    pages = [result.save(folder / "zh.html"), result.save(folder / "en.html", language="en")]
    said = [page.read_text("utf-8") for page in pages]
    assert "购买是否为" in said[0] and "Is 购买" in said[1]
    assert language() == "en"
    again = load(results=folder / "python")
    assert again.recommended.headline.startswith("Use ")
    assert again.table().loc["base_rate", "title"] == "Base rate"
