"""`leaninspect`: the commands. Everything heavy is imported by the command that needs it.

Commands (commands/) only read their options; each returns the job to be done, which `run` does outside click, so that
errors, closed pipes and Ctrl-C end in one place (console.py).
"""

from __future__ import annotations

import sys
from typing import NoReturn

import click

from inspector import __version__
from inspector.cli.commands.cache import cache
from inspector.cli.commands.cat import cat
from inspector.cli.commands.compare import compare
from inspector.cli.commands.cp import cp
from inspector.cli.commands.demo import demo
from inspector.cli.commands.inspect import inspect
from inspector.cli.commands.plan import plan
from inspector.cli.commands.rules import rules
from inspector.cli.commands.serve import serve
from inspector.cli.commands.which import which
from inspector.cli.console import FINE, exit_with


class _ImageFirst(click.Group):
    """`leaninspect IMAGE …` is `leaninspect inspect IMAGE …`: whatever is not a command names an image."""

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        first = next((arg for arg in args if arg == "-" or not arg.startswith("-")), None)
        if first is not None and first not in self.commands:
            args = ["inspect", *args]
        return super().parse_args(ctx, args or ["--help"])


@click.group(cls=_ImageFirst, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(__version__, "-V", "--version", prog_name="leaninspect", message="%(prog)s %(version)s")
def cli() -> None:
    """Browse a container image layer by layer: which instruction brought every byte, and what is waste.

    \b
    leaninspect IMAGE       opens the UI on a terminal, prints the text report elsewhere
    leaninspect demo fat    the same with an embedded image: no engine, no network
    leaninspect plan IMAGE  how lean it could be, and the patch of the Dockerfile
    leaninspect compare A B what changed from one image to another, why, and what it costs

    \b
    IMAGE is one of
      NAME[:TAG]                  a file or folder of that name, else Docker Engine, podman, the registry
      docker:NAME[:TAG]           Docker Engine (DOCKER_HOST, docker contexts)
      podman:NAME[:TAG]           podman (CONTAINER_HOST, rootless or rootful socket)
      containerd:NAME[:TAG]       containerd (namespaces default, moby, k8s.io)
      registry:NAME[:TAG|@DIGEST] a registry, no engine needed
      docker-archive:PATH[:TAG]   a file written by docker save, plain or compressed
      oci-archive:PATH[:TAG]      an OCI layout in a tar, plain or compressed
      oci-dir:PATH[:TAG]          an OCI layout in a folder
      docker-container:NAME       a container of Docker Engine: its image, and its changes as one more layer
      -                           an archive on stdin
    """


cli.add_command(inspect)
cli.add_command(compare)
cli.add_command(plan)
cli.add_command(cat)
cli.add_command(cp)
cli.add_command(which)
cli.add_command(rules)
cli.add_command(demo)
cli.add_command(serve)
cli.add_command(cache)


def run() -> NoReturn:
    """The console script."""

    def command() -> int:
        job = cli.main(prog_name="leaninspect", standalone_mode=False)
        return job() if callable(job) else FINE

    exit_with(command, debug="--debug" in sys.argv)


if __name__ == "__main__":
    run()
