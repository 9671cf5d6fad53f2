"""`leaninspect`: the commands. Everything heavy is imported by the command that needs it.

Commands (commands/) only read their options; each returns the job to be done, which `run` does outside click, so that
errors, closed pipes and Ctrl-C end in one place (console.py).
"""

from __future__ import annotations

import os
import sys
from typing import NoReturn

import click

from inspector import __version__
from inspector.cli.commands.build import build
from inspector.cli.commands.cache import cache
from inspector.cli.commands.cat import cat
from inspector.cli.commands.compare import compare
from inspector.cli.commands.completion import completion
from inspector.cli.commands.cp import cp
from inspector.cli.commands.demo import demo
from inspector.cli.commands.help import help_
from inspector.cli.commands.inspect import inspect
from inspector.cli.commands.install_plugin import install_plugin
from inspector.cli.commands.plan import plan
from inspector.cli.commands.rules import rules
from inspector.cli.commands.serve import serve
from inspector.cli.commands.which import which
from inspector.cli.completers import VARIABLE
from inspector.cli.console import FINE, exit_with
from inspector.cli.help import WIDTH, ImageFirst

GROUPS = {
    "Look at images": (inspect, build, compare, demo, serve),
    "Make them smaller": (plan, rules),
    "Their files": (which, cat, cp),
    "leaninspect itself": (cache, completion, install_plugin, help_),
}
"""The commands, under the headings of --help."""

FORMS = (
    ("NAME[:TAG]", "a file or folder of that name, else Docker Engine, podman, the registry"),
    ("docker:NAME[:TAG]", "Docker Engine (DOCKER_HOST, docker contexts)"),
    ("podman:NAME[:TAG]", "podman (CONTAINER_HOST, rootless or rootful socket)"),
    ("containerd:NAME[:TAG]", "containerd (namespaces default, moby, k8s.io)"),
    ("registry:NAME[:TAG|@DIGEST]", "a registry, no engine needed"),
    ("docker-archive:PATH[:TAG]", "a file written by docker save, plain or compressed"),
    ("oci-archive:PATH[:TAG]", "an OCI layout in a tar, plain or compressed"),
    ("oci-dir:PATH[:TAG]", "an OCI layout in a folder"),
    ("docker-container:NAME", "a container of Docker Engine: its image, and its changes as one more layer"),
    ("-", "an archive on stdin"),
)
"""How an image is named."""

EXAMPLES = (
    ("leaninspect IMAGE", "the UI on a terminal, the text report elsewhere"),
    ("leaninspect demo fat", "the same with an embedded image: no engine, no network"),
    ("leaninspect plan IMAGE", "how lean it could be, and the patch of the Dockerfile"),
    ("leaninspect compare A B", "what changed from one image to another, why, and what it costs"),
)


@click.group(
    cls=ImageFirst,
    groups=GROUPS,
    forms=FORMS,
    examples=EXAMPLES,
    subcommand_metavar="COMMAND [ARGUMENTS] | IMAGE",
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": WIDTH},
)
@click.version_option(__version__, "-V", "--version", prog_name="leaninspect", message="%(prog)s %(version)s")
def cli() -> None:
    """Browse a container image layer by layer: which instruction brought every byte, and what is waste."""


def run() -> NoReturn:
    """The console script."""
    if VARIABLE in os.environ:
        from inspector.cli.completion import complete_bash_by_words

        complete_bash_by_words()

    exit_with(main, debug="--debug" in sys.argv)


def main(arguments: list[str] | None = None, program: str = "leaninspect") -> int:
    """Do what the arguments say, those of the process if None; the exit code. Raises what `exit_with` explains."""
    job = cli.main(arguments, prog_name=program, standalone_mode=False)
    return job() if callable(job) else FINE


if __name__ == "__main__":
    run()
