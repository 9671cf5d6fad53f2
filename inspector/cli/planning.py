"""What `leaninspect plan` does: the image and its candidates read, the plan made, its patch and reports."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from inspector.cli.images import asked_image, inspect_asked
from inspector.cli.progress import watched
from inspector.cli.settings import read_settings
from inspector.errors import NoDockerfile
from inspector.inspection import Inspection
from inspector.lean.plan.make import make_plan
from inspector.lean.plan.model import Lean, Plan
from inspector.sources.protocol import Stage, Watch


def planned(
    image: str, given: Mapping[str, Any], candidates: Sequence[str], ignore: Sequence[str]
) -> tuple[Inspection, Plan]:
    """The image and the plan for it, measured against other base images. Raises InspectorError."""
    reading = {name: given[name] for name in ("platform", "insecure", "no_cache")}
    ignored = (*read_settings(Path.cwd()).ignore, *ignore)

    def plan(watch: Watch) -> tuple[Inspection, Plan]:
        inspection = inspect_asked(asked_image(image, given), watch, ignored)
        others = [inspect_asked(asked_image(each, reading), watch) for each in candidates]
        watch(Stage("making the plan"))
        return inspection, make_plan(inspection, others)

    return watched(plan)


def require_patch(inspection: Inspection, lean: Lean) -> str:
    """The patch that `git apply` takes. Raises NoDockerfile where the lines to change are not known."""
    if lean.patch and not lean.reconstructed:
        return lean.patch
    reason = next((note for note in inspection.notes if "Dockerfile" in note), "no Dockerfile of this image is known")
    raise NoDockerfile(f"no patch can be written: {reason}", "name the file it was built from: --dockerfile FILE")
