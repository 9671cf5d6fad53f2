"""What `leaninspect build` does: an image built, and then shown with what it was built from."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from tempfile import TemporaryDirectory

from msgspec.structs import replace

from inspector.attribution.dockerfile import Dockerfile
from inspector.cli.build_arguments import Given, build_file, build_values, parse_arguments
from inspector.cli.build_file import read_dockerfile
from inspector.cli.console import warn
from inspector.cli.images import asked_image, reopening
from inspector.cli.output import Reports
from inspector.cli.show import show
from inspector.errors import BadDockerfile, ImageNotFound
from inspector.inspection import Inspection
from inspector.layers.cache.scans import user_cache
from inspector.line import inspect_image
from inspector.sources.builders import Builder, build, find_builder, serving
from inspector.sources.protocol import Watch

PLACING = frozenset(("load", "output", "push"))
"""Options that say where the image is left."""


def build_and_show(arguments: Sequence[str], reports: Reports, ignore: Sequence[str], *, podman: bool) -> int:
    """Build with these arguments, then show the image. The exit code is the builder's where that fails.

    Raises SourceUnavailable where there is no builder, ImageNotFound where it leaves no image.
    """
    builder, given = find_builder(podman=podman), parse_arguments(arguments)
    dockerfile, problem = _recipe(given, builder)
    own = given.last("iidfile")
    with TemporaryDirectory(prefix="leaninspect-") as folder:
        file = Path(own) if own else Path(folder, "iid")
        code = build(builder, arguments, None if own else file, is_placed=not PLACING.isdisjoint(given.options))
        if code:
            return code
        identity = file.read_text(encoding="utf-8").strip() if file.exists() else ""
    missing = ImageNotFound(
        f"the build left no image in {builder.transport}",
        "builders leave it elsewhere with --push, --output and several platforms: inspect it there",
    )
    if not identity:
        raise missing
    if problem:
        warn(problem)
    reference = f"{builder.transport}:{identity}"
    shown = f"{builder.transport}:{given.last('tag') or identity}"

    def load(watch: Watch) -> Inspection:
        try:
            inspection = inspect_image(
                reference,
                dockerfile=dockerfile,
                target=given.last("target") if dockerfile else None,
                ignore=ignore,
                cache=user_cache(),
                watch=watch,
            )
        except ImageNotFound:
            raise missing from None
        return replace(inspection, image=replace(inspection.image, reference=shown))

    with serving(builder):
        return show(load, shown, reopening(asked_image(reference, {})), reports)


def _recipe(given: Given, builder: Builder) -> tuple[Dockerfile | None, str]:
    """The Dockerfile before a build of some minutes in which it may be edited; else why it is not known."""
    path = build_file(given, builder.transport)
    if path is None:
        return (
            None,
            "the Dockerfile is on no disk here: its lines are known only where BuildKit keeps them in the image",
        )
    try:
        return read_dockerfile(str(path), build_values(given)), ""
    except BadDockerfile as error:  # which a newer builder may understand
        return None, error.message
