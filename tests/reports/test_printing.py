"""Printing: a page of words becomes a PDF, and a program that does not print says so in time."""

import os
import subprocess
import time

import psutil
import pytest
from intentbench.bench.errors import RequestError
from intentbench.reports import printing
from intentbench.reports.printing import browser, print_page


@pytest.fixture
def page(tmp_path):
    path = tmp_path / "run #1" / "report.html"
    path.parent.mkdir()
    path.write_text("<!doctype html><p>The answer</p>", encoding="utf-8")
    path.with_name("report.pdf").write_bytes(b"%PDF of the report before")
    return path


@pytest.fixture
def temporary(tmp_path, monkeypatch):
    folder = tmp_path / "temporary"
    folder.mkdir()
    monkeypatch.setattr("tempfile.tempdir", str(folder))
    return folder


def until(happens):
    end = time.monotonic() + 300
    while not happens():
        assert time.monotonic() < end
        time.sleep(0.01)


def program(tmp_path, script):
    path = tmp_path / "chromium"
    path.write_text(f"#!/bin/sh\n{script}\n", encoding="utf-8")
    path.chmod(0o755)
    return str(path)


def test_installed_chromium_prints(page, temporary):
    try:
        found = browser()
    except RequestError:
        pytest.skip("no Chromium found; set $CHROMIUM")
    pdf = print_page(page, found)
    assert pdf == page.with_name("report.pdf")
    assert pdf.read_bytes().startswith(b"%PDF-") and b"%%EOF" in pdf.read_bytes()[-1024:]
    assert not list(temporary.iterdir())


def test_program_gets_a_profile_of_its_own_and_no_network(page, tmp_path, temporary):
    writes = 'for w in "$@"; do case $w in --print*) printf %%PDF-1 > "${w#*=}";; esac; done'
    script = f'echo "$@" > {tmp_path}/words; {writes}'
    assert print_page(page, program(tmp_path, script)).read_bytes() == b"%PDF-1"
    words = (tmp_path / "words").read_text()
    assert f"--user-data-dir={temporary}/" in words and "MAP * ~NOTFOUND" in words
    assert words.strip().endswith(page.as_uri()) and "%23" in page.as_uri()


@pytest.mark.parametrize(
    ("script", "why"),
    [
        ("exit 0", "it ended with 0"),
        ("echo; echo no display >&2; exit 3", "it ended with 3, saying: no display"),
        ('for w in "$@"; do case $w in --print*) echo x > "${w#*=}";; esac; done', "ended with 0"),
        ("kill -9 $$", "it ended with -9"),
    ],
)
def test_program_that_prints_nothing_is_told_of(page, tmp_path, temporary, script, why):
    with pytest.raises(RequestError, match=why):
        print_page(page, program(tmp_path, script))
    assert not page.with_name("report.pdf").exists() and page.exists()
    assert not list(temporary.iterdir())


def test_program_that_hangs_is_ended_with_all_that_it_started(page, tmp_path, monkeypatch):
    monkeypatch.setattr(printing, "_SECONDS", 0.5)
    told = tmp_path / "child"

    class Started(subprocess.Popen):
        def communicate(self, *args, **keywords):
            until(lambda: told.exists() and told.read_text().endswith("\n"))
            return super().communicate(*args, **keywords)

    monkeypatch.setattr(subprocess, "Popen", Started)
    hangs = program(tmp_path, f"sleep 3600 & echo $! > {told}; wait")
    with pytest.raises(RequestError, match="did not end within 0.5 s"):
        print_page(page, hangs)
    child = int(told.read_text())
    until(lambda: is_gone(child))


def is_gone(pid):
    try:
        return psutil.Process(pid).status() == "zombie"
    except psutil.NoSuchProcess:
        return True


def test_file_that_is_no_program_is_told_of(page, tmp_path):
    with pytest.raises(RequestError, match="No such file"):
        print_page(page, str(tmp_path / "nothing"))


def test_program_is_found_on_the_path_or_named(tmp_path, monkeypatch):
    named = program(tmp_path, "exit 0")
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.delenv("CHROMIUM", raising=False)
    assert browser() == named
    monkeypatch.setenv("CHROMIUM", named)
    assert browser() == named
    monkeypatch.setenv("CHROMIUM", os.devnull)
    with pytest.raises(RequestError, match=r"\$CHROMIUM names /dev/null, which is no program"):
        browser()


def test_none_to_be_found_is_said_with_what_to_do(tmp_path, monkeypatch):
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.delenv("CHROMIUM", raising=False)
    monkeypatch.setattr(printing, "_ON_A_MAC", ())
    with pytest.raises(RequestError, match="none was found.  Install chromium"):
        browser()
