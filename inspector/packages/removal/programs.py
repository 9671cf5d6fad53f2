"""What an image runs: the words of its entry point, command and health check that may be programs."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from posixpath import join

from inspector.image.run import RunConfiguration
from inspector.packages.paths import Paths

DEFAULT_PATH = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"
"""What Docker sets where an image says nothing."""

_word = re.compile(r"[^\s;&|()<>`$\"'=]+")
is_shell = re.compile(r"(?:.*/)?(?:ba|da|a|z|k)?sh").fullmatch
is_command_flag = re.compile(r"-[a-z]*c").fullmatch


class Programs:
    """Finds programs as the image would when it runs: by a path, or in the folders of its PATH."""

    def __init__(self, paths: Paths, run: RunConfiguration) -> None:
        self._paths = paths
        self._run = run
        self.folders = tuple(run.variable("PATH", DEFAULT_PATH).split(":"))

    def way(self, word: str) -> tuple[str, ...]:
        """The way (Paths.way) to the program that a word names; empty where it names none."""
        if "/" in word:
            return self._paths.way(join(self._run.working_folder or "/", word))
        return next(filter(None, (self._paths.way(join(folder, word)) for folder in self.folders)), ())

    def started(self) -> Iterator[tuple[str, str, tuple[str, ...]]]:
        """(ENTRYPOINT, CMD or HEALTHCHECK, word, way) for each word there that is a program of the image."""
        for source, word in command_words(self._run):
            if way := self.way(word):
                yield source, word, way


def command_words(run: RunConfiguration) -> Iterator[tuple[str, str]]:
    """(ENTRYPOINT, CMD or HEALTHCHECK, word) for each word that may name a program.

    Arguments count too, for entry points run what they are given (`tini -- node app.js`).
    """
    form, *test = run.health or ("",)
    health = {"CMD": test, "CMD-SHELL": ["/bin/sh", "-c", *test]}.get(form, [])
    for source, argv in (("ENTRYPOINT", run.entrypoint), ("CMD", run.command), ("HEALTHCHECK", health)):
        yield from ((source, word) for word in _words(argv))


def script_words(first_line: str) -> tuple[str, ...]:
    """The programs that a script's `#!` line names: the interpreter, and behind `env` what that looks up."""
    words = first_line.split()
    if not words or words[0].rpartition("/")[2] != "env":
        return tuple(words[:1])
    named = (word for word in words[1:] if not word.startswith("-") and "=" not in word)
    return (words[0], *list(named)[:1])


def _words(argv: Sequence[str]) -> Iterator[str]:
    for index, word in enumerate(argv):
        if index >= 2 and is_command_flag(argv[index - 1]) and is_shell(argv[index - 2]):
            yield from _word.findall(word)
        elif word:
            yield word
