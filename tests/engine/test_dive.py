"""dive's numbers of images that Docker built are those that dive itself says."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest
from real_dive import as_dive_says, ask_dive, needs_dive

from inspector.filesystem.dive import dive_numbers
from inspector.line import inspect_image
from inspector.reports.json_report import encode, to_report

from .machine import BUSYBOX_TAG, DEBIAN_TAG

if TYPE_CHECKING:
    from pathlib import Path

    from .engine import Engine

pytestmark = [pytest.mark.engine, needs_dive]

EVERY_KIND_OF_WASTE = f"""
FROM {BUSYBOX_TAG}
RUN mkdir -p /d/e /.h && for f in /d/a /d/e/b /d/e/c /.h/f /t /u; do head -c 1000 /dev/zero > $f; done && ln /t /l
RUN chmod 0600 /d/a && rm /d/e/b && ln -s /d/a /d/s
RUN rm -rf /.h /d/e && mkdir /.h && head -c 10 /dev/zero > /.h/g
RUN rm /t && mkdir /t && head -c 20 /dev/zero > /t/x && mv /u /v
RUN rm -r /.h /t && head -c 30 /dev/zero > /t && chown -R 7 /d
"""

NOTHING_HIDDEN = f"""
FROM {BUSYBOX_TAG}
RUN mkdir /new && head -c 5000 /dev/zero > /new/a
"""

A_PACKAGE_PURGED = f"""
FROM {DEBIAN_TAG}
RUN apt-get update && apt-get install -y --no-install-recommends make
RUN make --version > /version
RUN apt-get purge -y make && rm -rf /var/lib/apt/lists/*
"""


@pytest.mark.parametrize(
    ("base", "dockerfile", "buildkit"),
    [
        pytest.param("busybox", EVERY_KIND_OF_WASTE, True, id="every kind of waste"),
        pytest.param("busybox", NOTHING_HIDDEN, False, id="nothing hidden"),
        pytest.param("debian", A_PACKAGE_PURGED, False, id="a package purged in a later layer"),
    ],
)
def test_dive_says_the_same_of_an_image(
    request: pytest.FixtureRequest, engine: Engine, tmp_path: Path, base: str, dockerfile: str, buildkit: bool
) -> None:
    request.getfixturevalue(base)
    engine.build("leaninspect/dive", dockerfile, buildkit=buildkit)
    archive = tmp_path / "image.tar"
    engine.save("leaninspect/dive", archive)
    inspection = inspect_image(f"docker-archive:{archive}")
    numbers = dive_numbers(inspection.filesystem.layers)
    assert ask_dive(archive) == as_dive_says(numbers)
    assert json.loads(encode(to_report(inspection)))["efficiency"]["dive"] == {
        "efficiencyScore": numbers.efficiency_score,
        "inefficientBytes": numbers.inefficient_bytes,
        "userWastedPercent": numbers.user_wasted_percent,
    }
    assert (numbers.inefficient_bytes > 0) == (dockerfile != NOTHING_HIDDEN)
