"""Build a sample, follow each of its findings alone, build and run the result, and weigh it by the engine."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from msgspec import Struct

from inspector.attribution.dockerfile import parse_dockerfile
from inspector.line import inspect_image

from .apply import applied

if TYPE_CHECKING:
    from tests.engine.engine import Engine

    from .dockerfiles import Sample


class Proof(Struct, frozen=True):
    """What one finding promised and what came out, in bytes; `problem` is empty where the image was built and prints
    what it should."""

    sample: str
    rule: str
    builder: str
    fat_bytes: int
    promised_bytes: int
    real_bytes: int
    problem: str = ""

    @property
    def error_bytes(self) -> int:
        return self.real_bytes - self.promised_bytes

    @property
    def holds(self) -> bool:
        """Within 0.3 % or 200 kB of the promise: a rebuild writes other logs and dates."""
        return not self.problem and abs(self.error_bytes) <= max(200_000, self.promised_bytes * 0.003)


def prove(engine: Engine, base: str, sample: Sample, builders: tuple[bool, ...] = (False, True)) -> Iterator[Proof]:
    """A proof of each finding that has a patch, with each builder (True: BuildKit)."""
    dockerfile = f"FROM {base}\n{sample.steps}"
    tag = "leaninspect/proof"
    engine.build(f"{tag}:fat", dockerfile, sample.files, buildkit=False)
    inspection = inspect_image(f"docker:{tag}:fat", dockerfile=parse_dockerfile(dockerfile, "Dockerfile"))
    fat = inspection.filesystem.ledger.total_bytes
    tried: dict[str, int] = {}
    for finding in inspection.findings:
        followed = applied(dockerfile, inspection, finding)
        promised = fat - finding.remedy.saves_bytes
        if followed is None or tried.get(followed) == promised:
            continue
        tried[followed] = promised
        for buildkit in builders:
            builder = "BuildKit" if buildkit else "classic"
            real, problem = 0, ""
            try:
                engine.build(f"{tag}:lean", followed, sample.files, buildkit=buildkit)
                real = inspect_image(f"docker:{tag}:lean").filesystem.ledger.total_bytes
                printed = engine.docker("run", "--rm", "--network", "none", f"{tag}:lean").strip()
                problem = "" if printed == sample.prints else f"prints {printed!r}"
            except AssertionError as error:
                problem = str(error)
            yield Proof(sample.name, finding.rule, builder, fat, promised, real, problem)
