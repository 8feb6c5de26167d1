"""A terminal for tests: commands run in a pseudo-terminal, and a screen that obeys what they write.

The screen knows what rich writes and nothing else, so that whatever is new fails.
"""

import codecs
import fcntl
import os
import pty
import re
import signal
import struct
import subprocess
import termios
import unicodedata

import pytest

_SIZE = ("COLUMNS", "LINES")  # what a terminal itself says
_BEFORE_ERASED = re.compile(r"(?=\r\x1b\[(?:2K|1A))")
_WRITTEN = re.compile(r"\x1b\[(\?25[lh]|[0-9;]*[A-Za-z])|([\r\n])|([^\x1b\r\n])")


class Screen:
    """The lines that a reader sees, the ones scrolled out of sight first."""

    def __init__(self, places, height):
        self.places, self.height = places, height
        self.lines, self.row, self.column = [[]], 0, 0
        self.shows_cursor, self.n_overflows = True, 0

    def write(self, text):
        position = 0
        for found in _WRITTEN.finditer(text):
            assert found.start() == position, repr(text[position : position + 20])
            position = found.end()
            code, control, letter = found.groups()
            if code:
                self._obey(code)
            elif control == "\r":
                self.column = 0
            elif control == "\n":
                self._down()
            else:
                self._put(letter)
        assert position == len(text), repr(text[position:])
        return self

    def _obey(self, code):
        if code.startswith("?25"):
            self.shows_cursor = code.endswith("h")
        elif code.endswith("A"):
            top = max(0, len(self.lines) - self.height)
            self.row = max(top, self.row - int(code[:-1] or 1))
        elif code == "2K":
            self.lines[self.row] = []
        else:
            assert code.endswith("m"), code

    def _down(self):
        self.row += 1
        if self.row == len(self.lines):
            self.lines.append([])

    def _put(self, letter):
        taken = 2 if unicodedata.east_asian_width(letter) in "WF" else 1
        if self.column + taken > self.places:
            self.n_overflows += 1
            self.column = 0
            self._down()
        line = self.lines[self.row]
        line += " " * (self.column + taken - len(line))
        line[self.column : self.column + taken] = [letter, *[""] * (taken - 1)]
        self.column += taken

    @property
    def text(self):
        return [f"{''.join(line)}".rstrip() for line in self.lines]


class Run:
    """A command in a terminal of so many places and lines."""

    def __init__(self, words, places=80, height=24, **environment):
        self.written, self.size = "", (places, height)
        self.decode = codecs.getincrementaldecoder("utf-8")().decode
        self.ours, theirs = pty.openpty()
        self.resize(places, height)
        known = {name: value for name, value in os.environ.items() if name not in _SIZE}
        self.process = subprocess.Popen(
            [str(word) for word in words], stdin=theirs, stdout=theirs, stderr=theirs,
            env={**known, "TERM": "xterm-256color", **environment}, start_new_session=True,
        )  # fmt: skip
        os.close(theirs)

    def resize(self, places, height):
        fcntl.ioctl(self.ours, termios.TIOCSWINSZ, struct.pack("HHHH", height, places, 0, 0))

    def read_until(self, words):
        """Read on until it has written some words, or for as long as it runs."""
        return self.read_while(lambda: words is None or words not in self.written)

    def read_while(self, holds):
        """Read on while something holds, or for as long as it runs."""
        while holds():
            try:
                read = os.read(self.ours, 65536)
            except OSError:  # the other side is closed
                break
            self.written += self.decode(read)
        return self

    def interrupt(self):
        self.process.send_signal(signal.SIGINT)

    def end(self):
        """Read the rest; gives the exit code."""
        self.read_until(None)
        os.close(self.ours)
        return self.process.wait()

    @property
    def screen(self):
        return Screen(*self.size).write(self.written)


@pytest.fixture(scope="session")
def in_terminal():
    """Start a command in a terminal: its words, the terminal's places and height, environment."""
    return Run


@pytest.fixture(scope="session")
def screens():
    """Give the screens of a run, as the lines of each, just before what moves is drawn anew.

    The last of them is seen too: it is taken away and nothing drawn in its place.
    """

    def of(run):
        screen, seen = Screen(*run.size), []
        for part in _BEFORE_ERASED.split(run.written):
            screen.write(part)
            seen.append(screen.text)
        return seen

    return of
