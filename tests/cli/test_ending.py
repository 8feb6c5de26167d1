import contextlib
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import psutil
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from intentbench.cli.main import main

SCRIPT = Path(sys.executable).with_name("intentbench")


@pytest.fixture(autouse=True)
def own_folder(monkeypatch, tmp_path):
    monkeypatch.chdir(tmp_path)


def test_interrupt_says_how_to_go_on(monkeypatch, capsys):
    def interrupted(given):
        raise KeyboardInterrupt

    monkeypatch.setattr("intentbench.cli.run.run_command", interrupted)
    monkeypatch.setattr("intentbench.cli.list.list_command", interrupted)
    assert main(["run"]) == 130
    assert "the same command goes on from here" in capsys.readouterr().err
    assert main(["list"]) == 130
    assert "nothing was written" in capsys.readouterr().err


@pytest.mark.parametrize(("number", "code"), [(signal.SIGINT, 130), (signal.SIGTERM, 143)])
def test_signal_that_a_library_made_its_own_error_of_still_ends_the_command(
    monkeypatch, capsys, number, code
):
    def reading(given):
        try:
            os.kill(os.getpid(), number)
            signal.pause()
        except KeyboardInterrupt:
            raise RuntimeError("query interrupted") from None

    monkeypatch.setattr("intentbench.cli.show.show_command", reading)
    before = signal.getsignal(signal.SIGTERM), signal.getsignal(signal.SIGINT)
    assert main(["show", "cdnow"]) == code
    err = capsys.readouterr().err
    assert err.strip().startswith("interrupted") and "RuntimeError" not in err
    assert (signal.getsignal(signal.SIGTERM), signal.getsignal(signal.SIGINT)) == before


class Wordless(Exception):
    def __str__(self):
        raise ValueError


UNFORESEEN = {
    "short": (ZeroDivisionError("division by zero"), "foresee: ZeroDivisionError: division by"),
    "long": (IndexError("x" * 10_000), "IndexError: xxx"),
    "wordless": (Wordless(), "foresee: Wordless"),
}


@pytest.mark.parametrize(("error", "said"), UNFORESEEN.values(), ids=UNFORESEEN)
def test_what_nobody_foresaw_fits_on_a_screen_and_is_not_the_users_fault(
    monkeypatch, capsys, error, said
):
    def fails(given):
        raise error

    monkeypatch.setattr("intentbench.cli.list.list_command", fails)
    assert main(["list"]) == 70
    err = capsys.readouterr().err
    assert err.startswith("error: ") and said in err and "report it as an issue" in err
    assert "Traceback" not in err and len(err) < 1200
    assert main(["list", "--debug"]) == 70
    assert "Traceback" in capsys.readouterr().err


def test_too_little_memory_is_said(monkeypatch, capsys):
    def fails(given):
        raise MemoryError

    monkeypatch.setattr("intentbench.cli.list.list_command", fails)
    assert main(["list"]) == 2
    assert "not enough memory" in capsys.readouterr().err


RAISES = """
from intentbench.bench import Card, Dataset


class Raises(Dataset):
    card = Card("Raises", "?", "made up", "none", "1 = yes")
    files = {{}}

    def read(self, paths):
        raise {error}("of the plugin")
"""


@pytest.mark.parametrize(
    "error", ["IndexError", "AttributeError", "ZeroDivisionError", "MemoryError", "RecursionError"]
)
def test_whatever_a_data_set_raises_is_told(tmp_path, capsys, error):
    (tmp_path / "raises.py").write_text(RAISES.format(error=error), encoding="utf-8")
    assert main(["show", "raises", "--plugin", "raises.py"]) == 2
    err = capsys.readouterr().err
    assert f"raises.py: reading the data failed: {error}: of the plugin" in err


LONG = "a" * 300
ENDLESS = {
    "nested suite": (["run", "deep.toml"], "deep.toml cannot be read: it is nested too deeply"),
    "digits of a suite": (["run", "digits.toml"], "digits.toml cannot be read"),
    "nested claims": (["audit", "deep.toml"], "deep.toml is no TOML file"),
    "a plugin": (["list", "--plugin", f"{LONG}.py"], "there is no Python file of that name"),
    "a suite": (["run", f"{LONG}.toml"], "File name too long"),
    "events": (
        ["show", "--events", "log.csv", "--who", "u", "--when", "t", "--target", "x",
         "--after-events", "1" + "0" * 20],
        "after_events is more than 1,000,000",
    ),
    "a day": (["show", "--data", "days.parquet", "--target", "x"], "outside of the years 1 to 99"),
}  # fmt: skip


@pytest.mark.parametrize(("words", "said"), ENDLESS.values(), ids=ENDLESS)
def test_what_is_longer_or_deeper_than_anybody_means_is_refused(tmp_path, capsys, words, said):
    (tmp_path / "deep.toml").write_text("x = " + "[" * 3000 + "]" * 3000, encoding="utf-8")
    (tmp_path / "digits.toml").write_text("seeds = " + "9" * 5000, encoding="utf-8")
    (tmp_path / "log.csv").write_text("u,t,x\na,2024-01-01,1\n", encoding="utf-8")
    days = pa.array([2**31 - 1, 19_000, 0], type=pa.int32()).cast(pa.date32())
    pq.write_table(pa.table({"x": ["yes", "no", "no"], "day": days}), tmp_path / "days.parquet")
    assert main(words) == 2
    err = capsys.readouterr().err
    assert said in err and "Traceback" not in err


def test_name_that_no_file_can_have_is_refused(monkeypatch, capsys):
    def reads(given):
        Path(LONG).stat()

    monkeypatch.setattr("intentbench.cli.list.list_command", reads)
    assert main(["list"]) == 2
    assert "a name of 300 letters is longer than" in capsys.readouterr().err


@pytest.mark.parametrize("source", ["x = " + "-" * 100_000 + "1", "x = " + "(" * 100_000])
def test_plugin_that_exhausts_the_parser_is_listed(tmp_path, capsys, source):
    (tmp_path / "endless.py").write_text(source, encoding="utf-8")
    assert main(["list", "--plugin", "endless.py"]) == 0
    assert "endless" in capsys.readouterr().out


def test_exit_codes_are_told(capsys):
    with pytest.raises(SystemExit):
        main(["--help"])
    said = " ".join(capsys.readouterr().out.split())
    for words in ("0 done", "70 a fault of intentbench", "130 stopped", "143 terminated"):
        assert words in said


@pytest.mark.parametrize(("number", "code"), [(signal.SIGINT, 130), (signal.SIGTERM, 143)])
def test_command_that_reads_a_log_is_stopped_cleanly(tmp_path, number, code):
    lines = (f"u{i % 5000},2024-01-{1 + i % 28:02} 10:00:00,view" for i in range(400_000))
    (tmp_path / "log.csv").write_text("u,t,x\n" + "\n".join(lines), encoding="utf-8")
    words = ["--events", "log.csv", "--who", "u", "--when", "t", "--what", "x", "--target", "view"]
    for _ in range(20):
        reading = subprocess.Popen(
            [SCRIPT, "show", *words, "--after-events", "2"],
            stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
        )  # fmt: skip
        while reading.poll() is None and not is_open(reading.pid, tmp_path / "log.csv"):
            time.sleep(0.01)
        reading.send_signal(number)
        out, err = reading.communicate(timeout=300)
        if not out:
            break  # otherwise it had read the log before the signal reached it
    assert (reading.returncode, out) == (code, "")
    assert err.strip().startswith("interrupted") and len(err.splitlines()) < 5


def is_open(process, path):
    with contextlib.suppress(psutil.Error):
        return str(path) in {file.path for file in psutil.Process(process).open_files()}
    return False
