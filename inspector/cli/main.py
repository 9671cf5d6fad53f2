"""`leaninspect`: commands and options. Everything heavy is imported by the command that needs it.

Commands only read their options; each returns the job to be done, which `run` does outside click, so that errors,
closed pipes and Ctrl-C end in one place (console.py).
"""

from __future__ import annotations

import os
import sys
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any, NoReturn

import click

from inspector import __version__
from inspector.cli.console import FINE, exit_with, text_width, warn, write_out
from inspector.safe_names import printable

if TYPE_CHECKING:
    from inspector.inspection import Inspection
    from inspector.sources.protocol import Source, Watch

Job = Callable[[], int]


class _ImageFirst(click.Group):
    """`leaninspect IMAGE …` is `leaninspect inspect IMAGE …`: whatever is not a command names an image."""

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        first = next((arg for arg in args if arg == "-" or not arg.startswith("-")), None)
        if first is not None and first not in self.commands:
            args = ["inspect", *args]
        return super().parse_args(ctx, args or ["--help"])


def _report_options(command: Callable[..., Any]) -> Callable[..., Any]:
    """The output options that all commands about one image share."""
    for option in (
        click.option("--debug", is_flag=True, help="Show tracebacks."),
        click.option("--files", is_flag=True, help="With --json: every entry of every layer."),
        click.option("--json", "json_file", metavar="FILE", help="Write the JSON report to FILE; - is stdout."),
        click.option("--text", is_flag=True, help="Print the text report, also on a terminal."),
    ):
        command = option(command)
    return command


@click.group(cls=_ImageFirst, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(__version__, "-V", "--version", prog_name="leaninspect", message="%(prog)s %(version)s")
def cli() -> None:
    """Browse a container image layer by layer: which instruction brought every byte, and what is waste.

    \b
    leaninspect IMAGE       opens the UI on a terminal, prints the text report elsewhere
    leaninspect demo fat    the same with an embedded image: no engine, no network
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


@cli.command()
@click.argument("image")
@click.option("--platform", metavar="OS/ARCH", help="Which image of a multi-platform one, e.g. linux/arm64.")
@click.option("--insecure", is_flag=True, help="Allow plain HTTP and unknown certificates for registries.")
@click.option("--no-cache", is_flag=True, help="Read every layer again, and remember none.")
@click.option("--dockerfile", metavar="FILE", help="The Dockerfile it was built from: adds lines to instructions.")
@click.option("--target", metavar="STAGE", help="The stage of the Dockerfile that was built; the last if not given.")
@click.option("--base", metavar="IMAGE", help="The image it is built upon.")
@click.option("--ignore", metavar="GLOB", multiple=True, help="Paths no finding speaks of, e.g. 'var/lib/rpm/**'.")
@_report_options
def inspect(
    image: str,
    platform: str | None,
    insecure: bool,
    no_cache: bool,
    dockerfile: str | None,
    target: str | None,
    base: str | None,
    ignore: tuple[str, ...],
    **output: Any,
) -> Job:
    """Inspect IMAGE: the UI on a terminal, the text report elsewhere, or the reports asked for."""
    if target is not None and dockerfile is None:
        raise click.UsageError("--target goes with --dockerfile FILE")

    def load(watch: Watch) -> Inspection:
        from inspector.cli.build_file import read_dockerfile
        from inspector.cli.settings import read_settings
        from inspector.layers.cache.scans import user_scanner
        from inspector.layers.scanner import AFRESH
        from inspector.line import inspect_image

        return inspect_image(
            image,
            platform=platform,
            insecure=insecure,
            dockerfile=read_dockerfile(dockerfile) if dockerfile else None,
            target=target,
            base=base,
            ignore=(*read_settings(Path.cwd()).ignore, *ignore),
            scanner=AFRESH if no_cache else user_scanner(),
            watch=watch,
        )

    def reopen() -> Source:
        from inspector.image.platform import parse_platform
        from inspector.reference import parse_reference
        from inspector.sources.protocol import Options
        from inspector.sources.resolve import open_source

        return open_source(parse_reference(image), Options(parse_platform(platform) if platform else None, insecure))

    return lambda: _show(load, image, None if image == "-" else reopen, **output)


@cli.command()
@click.argument("image_a")
@click.argument("image_b")
@click.option("--platform", metavar="OS/ARCH", help="Which image of multi-platform ones, e.g. linux/arm64.")
@click.option("--platform-a", metavar="OS/ARCH", help="The same for IMAGE_A alone: compare two platforms of one image.")
@click.option("--platform-b", metavar="OS/ARCH", help="The same for IMAGE_B alone.")
@click.option("--insecure", is_flag=True, help="Allow plain HTTP and unknown certificates for registries.")
@click.option("--no-cache", is_flag=True, help="Read every layer again, and remember none.")
@click.option(
    "--fail-on-growth",
    "limit",
    metavar="SIZE|PERCENT",
    help="Exit with 1 when IMAGE_B is larger than IMAGE_A by more than this, e.g. 10MB or 5%.",
)
@click.option("--markdown", "markdown_file", metavar="FILE", help="Write Markdown for a pull request; - is stdout.")
@click.option("--json", "json_file", metavar="FILE", help="Write the JSON report to FILE; - is stdout.")
@click.option("--text", is_flag=True, help="Print the text report, also on a terminal.")
@click.option("--debug", is_flag=True, help="Show tracebacks.")
def compare(
    image_a: str,
    image_b: str,
    platform: str | None,
    platform_a: str | None,
    platform_b: str | None,
    insecure: bool,
    no_cache: bool,
    limit: str | None,
    **output: Any,
) -> Job:
    """What became of IMAGE_A in IMAGE_B: layers, files, packages, findings, settings, and what it costs.

    Either may be a report saved with --json (with --files, for its files). Two columns on a terminal, the text report
    elsewhere, or the reports asked for.
    """
    from inspector.cli.compare import Asked, compare_images, parse_limit

    if image_a == image_b == "-":
        raise click.UsageError("only one of the two can come from stdin")
    images = Asked(image_a, platform_a or platform), Asked(image_b, platform_b or platform)
    growth = parse_limit(limit) if limit is not None else None
    return lambda: compare_images(images, insecure=insecure, no_cache=no_cache, growth=growth, **output)


@cli.command()
@click.argument("which", type=click.Choice(["fat", "lean", "compare"]), default="fat")
@_report_options
def demo(which: str, **output: Any) -> Job:
    """An embedded image, no engine needed: a Node application with its build tools left in (fat) or not (lean).

    `compare` shows what the lean build saves.
    """

    def load(watch: Watch) -> Inspection:
        from inspector.demo.load import inspect_demo

        return inspect_demo(which, watch)

    if which == "compare":
        from inspector.cli.compare import compare_demos

        if output.pop("files"):
            raise click.UsageError("--files is not for a comparison: its JSON report has the files that differ")
        return lambda: compare_demos(**output)

    def reopen() -> Source:
        from inspector.demo.load import open_demo

        return open_demo(which)

    return lambda: _show(load, f"demo:{which}", reopen, **output)


@cli.command()
@click.argument("image")
@click.option("--port", type=click.IntRange(1, 65535), default=8000, show_default=True, help="On 127.0.0.1.")
@click.option("--platform", metavar="OS/ARCH", help="Which image of a multi-platform one, e.g. linux/arm64.")
@click.option("--insecure", is_flag=True, help="Allow plain HTTP and unknown certificates for registries.")
@click.option("--no-cache", is_flag=True, help="Read every layer again, and remember none.")
@click.option("--dockerfile", metavar="FILE", help="The Dockerfile it was built from: adds lines to instructions.")
@click.option("--target", metavar="STAGE", help="The stage of the Dockerfile that was built; the last if not given.")
@click.option("--base", metavar="IMAGE", help="The image it is built upon.")
@click.option("--ignore", metavar="GLOB", multiple=True, help="Paths no finding speaks of, e.g. 'var/lib/rpm/**'.")
@click.option("--debug", is_flag=True, help="Show tracebacks.")
def serve(image: str, port: int, debug: bool, **options: str | bool | tuple[str, ...] | None) -> Job:  # noqa: ARG001
    """Show IMAGE (or `demo`) in a browser on this machine; needs the extra leaninspect[serve]."""
    if options["target"] is not None and options["dockerfile"] is None:
        raise click.UsageError("--target goes with --dockerfile FILE")
    if image == "demo" and any(options.values()):
        raise click.UsageError("the demo takes no options")

    def job() -> int:
        from inspector.tui.serve import inspect_arguments
        from inspector.tui.serve import serve as serve_ui

        serve_ui([image] if image == "demo" else inspect_arguments(image, options), image, port)
        return FINE

    return job


@cli.command()
@click.argument("rule_id", metavar="[ID]", required=False)
@click.option("--debug", is_flag=True, help="Show tracebacks.")
def rules(rule_id: str | None, debug: bool) -> Job:  # noqa: ARG001 (read from argv by run)
    """All rules that findings are made by, or what the rule ID means, why it matters and what to do."""

    def job() -> int:
        from inspector.findings.registry import find_rule
        from inspector.reports.rules import rule_text, rules_text

        write_out(rules_text() if rule_id is None else rule_text(find_rule(rule_id), text_width()))
        return FINE

    return job


@cli.group()
def cache() -> None:
    """What is remembered of layers read before, so that a second look transfers nothing.

    \b
    LEANINSPECT_CACHE_DIR   its folder, in place of the system's folder for caches
    LEANINSPECT_CACHE_MAX   its largest size, such as 500MB or 2GiB (1GiB if unset); 0 turns it off
    """


@cache.command()
def info() -> Job:
    """Where the cache is and how much is in it."""

    def job() -> int:
        from inspector.layers.cache.scans import user_store
        from inspector.sizes import human

        store = user_store()
        usage = store.usage()
        limit = human(store.limit) if store.limit else "off"
        write_out(f"folder  {store.folder}\nfiles   {usage.files}\nsize    {human(usage.bytes)}\nlimit   {limit}\n")
        return FINE

    return job


@cache.command()
def clear() -> Job:
    """Forget everything."""

    def job() -> int:
        from inspector.layers.cache.scans import user_store
        from inspector.sizes import human

        removed = user_store().clear()
        write_out(f"removed {removed.files} files, {human(removed.bytes)}\n")
        return FINE

    return job


def run() -> NoReturn:
    """The console script."""

    def command() -> int:
        job = cli.main(prog_name="leaninspect", standalone_mode=False)
        return job() if callable(job) else FINE

    # argv, because mistakes in the options are met before the options are read
    exit_with(command, debug="--debug" in sys.argv)


def _show(
    load: Callable[[Watch], Inspection],
    title: str,
    reopen: Callable[[], Source] | None,
    *,
    text: bool,
    json_file: str | None,
    files: bool,
    debug: bool,  # noqa: ARG001 (read from argv by run)
) -> int:
    """The UI when stdin and stdout are a terminal and no report is asked for, else the reports."""
    if files and json_file is None:
        raise click.UsageError("--files goes with --json FILE")
    if not text and json_file is None and _has_a_screen():
        from inspector.tui.app import run as run_tui

        return run_tui(load, title, reopen)

    from inspector.cli.progress import progress_line

    with progress_line() as watch:
        inspection = load(watch)
    for note in inspection.notes if json_file is not None and not text else ():
        warn(printable(note))  # the text report has them
    if json_file is not None:
        from inspector.cli.output import write_report
        from inspector.reports.json_report import encode, to_report

        write_report(json_file, encode(to_report(inspection, files=files)))
    if text or json_file is None:
        from inspector.reports.text import text_report

        write_out(text_report(inspection, text_width()))
    return FINE


def _has_a_screen() -> bool:
    """Whether there is somebody to show the UI to: on a terminal, or in a browser through textual-serve."""
    return "TEXTUAL_DRIVER" in os.environ or (sys.stdin.isatty() and sys.stdout.isatty())


if __name__ == "__main__":
    run()
