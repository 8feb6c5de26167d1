"""Every fenced block of the documentation works: Python runs, commands and files are understood."""

import pytest


def test_every_block_of_a_page_works(page, walk):
    walk(page)


@pytest.mark.parametrize(
    ("block", "words"),
    [
        ("\nintentbench list", "line 3: name its language"),
        ("perl\nprint", "line 3: name its language"),
        ("python\n\nx = nowhere", "line 3: NameError"),
        ("python lost.py\nimport nowhere", "line 3: ModelError"),
        ("python bench/task.py\nx = 1", "there is a file of that name"),
        ("console\nintentbench run --moddel xgboost", "line 3: SystemExit"),
        ("console\nintentbench list && intentbench show --data visits.csv", "ends with 2"),
        ("console\nmake bench SUITE=nowhere", "line 3: AssertionError: SUITE=nowhere"),
        ("console\nmake nothing", "line 3: AssertionError: nothing"),
        ("console\nfrobnicate", "line 3: AssertionError"),
        ("console\nintentbench list\n```\n```text\nwhat no list prints", "line 6: AssertionError"),
        ("sh\n(ls", "line 3: CalledProcessError"),
        ('toml\ntasks = ["cdnow"]\n[resampling]\nfoldz = 3', "line 3: RequestError"),
        ('toml\ntasks = ["nowhere"]', "line 3: RequestError"),
        ('toml\n[[claim]]\nname = "a"\nacuracy = 0.5', "line 3: DataError"),
        ("csv\na,b\n1", "line 3: AssertionError"),
        ("yaml\n- run: intentbench compare latest", "line 3: SystemExit"),
        ("text\n```\n```python\n```", "a fence is not closed"),
    ],
)
def test_a_block_that_does_not_work_is_named(walk, tmp_path, block, words):
    page = tmp_path / "page.md"
    page.write_text(f"# A page\n\n```{block}\n```\n", encoding="utf-8")
    with pytest.raises(AssertionError) as raised:
        walk(page)
    assert words in str(raised.value)
