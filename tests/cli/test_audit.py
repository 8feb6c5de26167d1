"""`intentbench audit`, from a file of claims to the verdicts, and every bad file to its message."""

from pathlib import Path

import pytest
from intentbench.bench.audit.reading import read_claims
from intentbench.bench.errors import DataError
from intentbench.cli.main import main

EXAMPLE = Path(__file__).parents[2] / "docs" / "examples" / "claims.toml"
FIGURES = "precision = 87.2\nrecall = 78.9\nf1 = 82.8\n"
ONE = f"[[claim]]\nname = 'a'\n{FIGURES}"
HEAD = "name,accuracy,precision,recall,f1,n\n"

BAD_TOML = {
    "empty": "",
    "no TOML": "name = ",
    "no claim": "# nothing yet\n",
    "claim in single brackets": f"[claim]\n{FIGURES}",
    "claim that is a number": "claim = 3",
    "claims in a list of texts": "claim = ['a']",
    "another table": "[[claims]]\nname = 'a'\n",
    "mistyped key": ONE + "accurracy = 80.0\n",
    "unknown key": ONE + "kappa = 0.4\n",
    "no figure": "[[claim]]\nname = 'a'\nn = 100\n",
    "text as a figure": ONE + "accuracy = 'high'\n",
    "figure that is true": ONE + "accuracy = true\n",
    "figure in a list": ONE + "accuracy = [80.1, 80.2]\n",
    "not a number": ONE + "accuracy = nan\n",
    "infinite": ONE + "accuracy = inf\n",
    "negative": ONE + "accuracy = -3.1\n",
    "with an exponent": ONE + "accuracy = 8e-1\n",
    "above 100": ONE + "accuracy = 187.2\n",
    "a bare 1": ONE + "accuracy = 1\n",
    "a bare 0": ONE + "accuracy = 0\n",
    "decimal comma": ONE + "accuracy = '87,2'\n",
    "recall by both names": ONE + "sensitivity = 78.9\n",
    "name that is a number": f"[[claim]]\nname = 7\n{FIGURES}",
    "no cases": ONE + "n = 0\n",
    "too many cases": ONE + "n = 2000000000\n",
    "half a case": ONE + "n = 100.5\n",
    "cases as a truth": ONE + "n = true\n",
    "negative count": ONE + "n = -5\n",
    "positives without n": ONE + "positives = 5\n",
    "more positives than cases": ONE + "n = 10\npositives = 11\n",
    "no folds": ONE + "folds = 0\n",
    "fold sizes without folds": ONE + "fold_sizes = [5, 5]\n",
    "fold sizes for other folds": ONE + "folds = 3\nfold_sizes = [5, 5]\n",
    "fold sizes that do not add up": ONE + "folds = 2\nn = 11\nfold_sizes = [5, 5]\n",
    "fold sizes as a number": ONE + "folds = 2\nfold_sizes = 5\n",
    "fold positives without sizes": ONE + "folds = 2\nfold_positives = [1, 1]\n",
    "fold with too many positives": ONE
    + "folds = 2\nfold_sizes = [5, 5]\nfold_positives = [1, 6]\n",
    "fold of text": ONE + "folds = 2\nfold_sizes = ['5', 'five']\n",
    "average that is none": ONE + "average = 'marco'\n",
    "average that is a number": ONE + "average = 2\n",
    "undefined as something else": ONE + "undefined = 'nan'\n",
    "digits without end": ONE + "accuracy = 0." + "8" * 5000 + "\n",
    "second claim": ONE + "[[claim]]\nname = 'b'\nprecision = 'none'\n",
}
BAD_CSV = {
    "empty": "",
    "header only": HEAD,
    "mistyped column": "name,acuracy\na,80.1\n",
    "column twice": "name,f1,f1\na,80.1,80.2\n",
    "semicolons": "name;f1;recall\na;80.1;80.2\n",
    "a cell too few": HEAD + "a,80.1,,\n",
    "a cell too many": HEAD + "a,80.1,,,,,9\n",
    "quotes that never close": HEAD + '"a,80.1,,,,\n',
    "text as a figure": HEAD + "a,n/a,,,,\n",
    "count with a point": HEAD + "a,80.1,,,,12.330\n",
    "NUL bytes": HEAD + "a,80\0.1,,,,\n",
}


def written(tmp_path, name, content):
    path = tmp_path / name
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    return path


@pytest.mark.parametrize("kind", ["toml", "csv"])
def test_bad_files_say_what_is_wrong_and_where(kind, tmp_path, monkeypatch, golden, capsys):
    monkeypatch.chdir(tmp_path)
    for name, content in {"toml": BAD_TOML, "csv": BAD_CSV}[kind].items():
        path = written(tmp_path, f"claims.{kind}", content)
        assert main(["audit", path.name]) == 2, name
        said = capsys.readouterr()
        assert said.out == "" and said.err.startswith("error: claims."), name
        golden("claims.txt", f"{kind}: {name}", said.err.removeprefix("error: ").strip())


def test_what_has_no_end_is_refused(tmp_path):
    # In Python's own words, which change from version to version.
    for text in ("n = " + "1" * 5000, "fold_sizes = " + "[" * 3000):
        with pytest.raises(DataError, match="is no TOML file"):
            read_claims(written(tmp_path, "claims.toml", f"[[claim]]\n{text}\n"))


def test_files_that_cannot_be_read(tmp_path):
    for name, content, found in (
        ("utf16.csv", HEAD.encode("utf-16"), "not UTF-8"),
        ("latin.toml", f"[[claim]]\nname = 'Vergér'\n{FIGURES}".encode("latin-1"), "not UTF-8"),
        ("claims.xlsx", b"PK", "from a .toml or a .csv file"),
    ):
        with pytest.raises(DataError, match=found):
            read_claims(written(tmp_path, name, content))
    with pytest.raises(DataError, match="cannot be read: No such file"):
        read_claims(tmp_path / "nowhere.toml")
    (tmp_path / "folder.csv").mkdir()
    with pytest.raises(DataError, match="cannot be read: Is a directory"):
        read_claims(tmp_path / "folder.csv")


def test_marks_line_ends_and_empty_lines_are_no_trouble(tmp_path):
    table = b"\xef\xbb\xbfname,f1,recall\r\n\r\na, 80.1 % ,\r\nb,,0.50\r\n"
    one, other = read_claims(written(tmp_path, "claims.csv", table))
    assert (one.name, list(one.figures)) == ("a", ["f1"]) and one.figures["f1"].percent
    assert list(other.figures) == ["recall"] and other.figures["recall"].decimals == 2
    (same,) = read_claims(written(tmp_path, "claims.toml", b"\xef\xbb\xbf" + ONE.encode()))
    assert same.figures["precision"].text == "87.2"


def test_digits_are_read_as_written(tmp_path):
    text = "[[claim]]\naccuracy = 0.870\nf1 = 87\nrecall = '0.5 %'\nbase_rate = 1.0\n"
    (claim,) = read_claims(written(tmp_path, "claims.toml", text))
    assert claim.name == "claim 1"
    ends = {name: (float(it.low), float(it.high)) for name, it in claim.figures.items()}
    assert ends["accuracy"] == (0.8695, 0.871), "rounded to the nearest, or cut off"
    assert ends["f1"] == (0.865, 0.88)
    assert ends["recall"] == (0.0045, 0.006)
    assert ends["base_rate"] == (0.95, 1.0), "1.0 is a share: no per cent sign"


def test_csv_and_toml_say_the_same(tmp_path):
    toml = "[[claim]]\nname = 'a'\nf1 = .5\nfolds = 2\nfold_sizes = [5, 6]\n".replace(" .5", " 0.5")
    table = "name,f1,folds,fold_sizes\na,0.5,2,5 6\n"
    assert read_claims(written(tmp_path, "a.toml", toml)) == read_claims(
        written(tmp_path, "a.csv", table)
    )
    assert read_claims(tmp_path / "a.csv")[0].n == 11


def test_the_example_of_the_documentation(capsys, golden):
    assert main(["audit", str(EXAMPLE)]) == 1
    golden("audit_of_the_example.txt", "audit", capsys.readouterr().out.strip())
    page = (EXAMPLE.parents[1] / "audit.md").read_text(encoding="utf-8")
    assert "F1 is 82.79 to 82.95 %" in page and "docs/examples/claims.toml" in page


def test_what_can_be_true_ends_with_0(tmp_path, capsys):
    assert main(["audit", str(written(tmp_path, "claims.toml", ONE))]) == 0
    said = capsys.readouterr().out
    assert "a  can be true" in said and said.endswith("cannot be true: 0\n")


def test_what_is_only_possible_as_an_average_is_no_slip(tmp_path, capsys):
    figures = "precision = 80.9\nrecall = 77.6\nf1 = 79.0\n"
    open_claim = f"[[claim]]\nname = 'a'\n{figures}"
    for said, code, words in (
        ("", 0, "possible as macro averages"),
        ("average = 'macro'\nfolds = 1\n", 0, "can be true"),
        ("undefined = 0\n", 0, "only averaged"),
        ("folds = 5\n", 0, "mean over 5 folds"),
        ("average = 'binary'\nfolds = 1\n", 1, "CANNOT BE TRUE"),
        ("average = 'micro'\n", 1, "cannot be"),
        (
            "accuracy = 70.0\naverage = 'weighted'\n",
            1,
            "cannot be true together as weighted averages",
        ),
    ):
        path = written(tmp_path, "claims.toml", open_claim + said)
        assert main(["audit", str(path)]) == code, said
        assert words in " ".join(capsys.readouterr().out.split()), said
