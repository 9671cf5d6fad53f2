"""What an image runs: the words of its entry point, command and health check that may be programs."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from posixpath import join
from typing import Any

from inspector.packages.paths import Paths

DEFAULT_PATH = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"
"""What Docker sets where an image says nothing."""

_word = re.compile(r"[^\s;&|()<>`$\"'=]+")
_is_shell = re.compile(r"(?:.*/)?(?:ba|da|a|z|k)?sh").fullmatch
_is_command_flag = re.compile(r"-[a-z]*c").fullmatch


class Programs:
    """Finds programs as the image would when it runs: by a path, or in the folders of its PATH."""

    def __init__(self, paths: Paths, run: Mapping[str, Any]) -> None:
        self._paths = paths
        self._run = run
        self.folders = tuple(environment(run).get("PATH", DEFAULT_PATH).split(":"))

    def way(self, word: str) -> tuple[str, ...]:
        """The way (Paths.way) to the program that a word names; empty where it names none."""
        if "/" in word:
            return self._paths.way(join(str(self._run.get("WorkingDir") or "/"), word))
        return next(filter(None, (self._paths.way(join(folder, word)) for folder in self.folders)), ())

    def started(self) -> Iterator[tuple[str, str, tuple[str, ...]]]:
        """(ENTRYPOINT, CMD or HEALTHCHECK, word, way) for each word there that is a program of the image."""
        for source, word in command_words(self._run):
            if way := self.way(word):
                yield source, word, way


def command_words(run: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    """(ENTRYPOINT, CMD or HEALTHCHECK, word) for each word that may name a program; `run` is the config's `config`.

    Arguments count too, for entry points run what they are given (`tini -- node app.js`).
    """
    for source, argv in (("ENTRYPOINT", run.get("Entrypoint")), ("CMD", run.get("Cmd"))):
        yield from ((source, word) for word in _words(argv))
    health = run.get("Healthcheck")
    test = health.get("Test") if isinstance(health, dict) else None
    if isinstance(test, list) and test[:1] == ["CMD-SHELL"]:
        yield from (("HEALTHCHECK", word) for word in _words(["/bin/sh", "-c", *test[1:]]))
    elif isinstance(test, list) and test[:1] == ["CMD"]:
        yield from (("HEALTHCHECK", word) for word in _words(test[1:]))


def environment(run: Mapping[str, Any]) -> dict[str, str]:
    """The image's environment variables."""
    pairs = (str(pair).partition("=") for pair in run.get("Env") or ())
    return {name: value for name, _, value in pairs}


def script_words(first_line: str) -> tuple[str, ...]:
    """The programs that a script's `#!` line names: the interpreter, and behind `env` what that looks up."""
    words = first_line.split()
    if not words or words[0].rpartition("/")[2] != "env":
        return tuple(words[:1])
    named = (word for word in words[1:] if not word.startswith("-") and "=" not in word)
    return (words[0], *list(named)[:1])


def _words(argv: object) -> Iterator[str]:
    words = [argv] if isinstance(argv, str) else [str(word) for word in argv] if isinstance(argv, list) else []
    for index, word in enumerate(words):
        if index >= 2 and _is_command_flag(words[index - 1]) and _is_shell(words[index - 2]):
            yield from _word.findall(word)
        elif word:
            yield word
