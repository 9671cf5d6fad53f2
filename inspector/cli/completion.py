"""The shell's completion: commands and options by click, names of images, and bash's words with colons in them.

A shell asks by running `leaninspect` with VARIABLE in its environment, as click has it; nothing else imports this.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from typing import Any

import click
from click.shell_completion import (
    BashComplete,
    CompletionItem,
    add_completion_class,
    get_completion_class,
    split_arg_string,
)

from inspector.cli.completers import VARIABLE

PATIENCE = 2.0
"""Seconds that a person who presses TAB waits for engines; they answer in a tenth of that."""

ARCHIVES = ("docker-archive:", "oci-archive:", "oci-dir:", "oci:")
"""Schemes before the path of a file or folder."""

ENGINES = ("docker", "podman")

BASH = """\
%(complete_func)s() {
    local line="${COMP_LINE:0:COMP_POINT}" type value cut=""
    local word="${line##*[[:space:]]}"
    # bash takes a colon for the end of a word, and puts what it is given behind the last one
    [[ $COMP_WORDBREAKS == *:* ]] && cut="${word%%"${word##*:}"}"
    COMPREPLY=()
    while IFS=, read -r type value; do
        if [[ $type == file ]]; then
            while IFS= read -r value; do
                [[ -d $value ]] && value+=/
                COMPREPLY+=("${value#"$cut"}")
            done < <(compgen -f -- "$word")
        else
            COMPREPLY+=("${value#"$cut"}")
        fi
    done < <(COMP_WORDS="$line" %(complete_var)s=bash_complete "$1" 2>/dev/null)
    [[ ${#COMPREPLY[@]} == 1 && ${COMPREPLY[0]} == *[:/] ]] && compopt -o nospace 2>/dev/null
    return 0
}
complete -o nosort -F %(complete_func)s %(prog_name)s
"""


class Bash(BashComplete):
    """click's, which would be given `docker`, `:` and `app` for `docker:app`."""

    source_template = BASH

    def get_completion_args(self) -> tuple[list[str], str]:
        line = os.environ["COMP_WORDS"]
        words = split_arg_string(line)
        if line[-1:].isspace() or len(words) < 2:
            return words[1:], ""
        return words[1:-1], words[-1]


def script(cli: click.Command, shell: str) -> str:
    """What a shell is to run, so that it completes `leaninspect`."""
    add_completion_class(Bash)
    made = get_completion_class(shell)
    assert made is not None, "click knows the shells that are offered"
    return made(cli, {}, "leaninspect", VARIABLE).source()


def complete_bash_by_words() -> None:
    """Make click answer bash by our class."""
    add_completion_class(Bash)


def images(incomplete: str) -> list[CompletionItem[Any]]:
    """The images whose names begin so, of engines and those looked at before; and files, where a path may stand."""
    if incomplete.startswith(ARCHIVES):
        return [CompletionItem(path) for path in _paths(incomplete)]
    names = dict.fromkeys(name for name in _names(incomplete) if name.startswith(incomplete))
    return [*map(CompletionItem, names), CompletionItem(incomplete, type="file")]


def paths_in_images(incomplete: str) -> list[CompletionItem[Any]]:
    """`IMAGE:/`, as `cp` takes it."""
    return [CompletionItem(f"{item.value}:/") for item in images(incomplete) if item.type == "plain"]


def _names(incomplete: str) -> Iterator[str]:
    from inspector.sources.engine_names import engine_names

    scheme, colon, _ = incomplete.partition(":")
    if colon and scheme in ENGINES:
        yield from (f"{scheme}:{name}" for name in engine_names([scheme], PATIENCE))
    else:
        yield from engine_names(ENGINES, PATIENCE)
    yield from _looked_at()


def _looked_at() -> list[str]:
    from inspector.errors import BadSetting
    from inspector.layers.cache.names import remembered
    from inspector.layers.cache.scans import user_store

    try:
        return remembered(user_store())
    except BadSetting:
        return []


def _paths(incomplete: str) -> Iterator[str]:
    """What is there behind a scheme; the shell itself knows only paths that begin a word."""
    scheme, _, path = incomplete.partition(":")
    folder, slash, name = path.rpartition("/")
    try:
        with os.scandir(f"{folder}{slash}" or ".") as listing:
            entries = sorted((entry.name, entry.is_dir()) for entry in listing)
    except OSError:
        return
    for found, is_folder in entries:
        if found.startswith(name) and (name or not found.startswith(".")):
            yield f"{scheme}:{folder}{slash}{found}{'/' if is_folder else ''}"
