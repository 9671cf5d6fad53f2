"""The lines of a Dockerfile that made each layer, and the base image below them, on images built for real."""

from __future__ import annotations

import gzip
import re
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from io import BytesIO
from tarfile import TarInfo
from tarfile import open as open_tar
from typing import TYPE_CHECKING

import pytest

from inspector.attribution.dockerfile import parse_dockerfile
from inspector.inspection import Inspection
from inspector.line import inspect_image

from .machine import BUSYBOX_TAG

if TYPE_CHECKING:
    from collections.abc import Callable

    from .engine import Engine

pytestmark = pytest.mark.engine

PARENT_TAG = "leaninspect/lines-parent"

BUILDERS = (CLASSIC, BUILDKIT) = ("classic", "buildkit")

AT_ONCE = 6
"""Builds at a time."""


@dataclass(frozen=True, slots=True)
class Case:
    """A Dockerfile, and the lines of each layer above the base. Its first line is line 1.

    `parent` is the Dockerfile of the image `parent`, built before.
    """

    name: str
    dockerfile: str
    lines: list[tuple[int, int]]
    options: tuple[str, ...] = ()
    target: str | None = None
    parent: str | None = None
    base: str | None = BUSYBOX_TAG
    base_layers: int = 1


def archive() -> bytes:
    buffer = BytesIO()
    with open_tar(fileobj=buffer, mode="w") as tar:
        tar.addfile(TarInfo("packed"))
    return gzip.compress(buffer.getvalue(), mtime=0)


FILES = {"a": b"a", "b": b"b", "d/c": b"c", "d/e f": b"ef", "g.tgz": archive()}

CASES = [
    Case(
        "continued lines with comments and empty lines between",
        """# syntax is not a directive here
FROM busybox

# what follows is one layer
RUN echo a > /a && \\
    # a comment in it

    echo b > /b && \\
    # and another
    echo c > /c
RUN echo d > /d # not a comment
""",
        [(5, 10), (11, 11)],
    ),
    Case(
        "two stages, of which the last copies from the first",
        """FROM busybox AS build
RUN mkdir /out \\
 && echo tool > /out/tool
RUN echo more > /out/more
FROM busybox
COPY --from=build /out/tool /usr/bin/
RUN echo x > /x
""",
        [(6, 6), (7, 7)],
    ),
    Case(
        "a stage on an earlier stage, whose instructions count too",
        """FROM busybox AS common
RUN echo common > /common
ENV A=1
FROM common AS other
RUN echo other > /other
FROM common
RUN echo mine \\
  > /mine
""",
        [(2, 2), (7, 8)],
    ),
    Case(
        "a variable in FROM, given from outside",
        """ARG IMAGE=nothing
FROM ${IMAGE}
ARG VERSION=1
RUN echo $VERSION > /version
""",
        [(4, 4)],
        options=("--build-arg", f"IMAGE={BUSYBOX_TAG}", "--build-arg", "VERSION=2"),
        base=f"{BUSYBOX_TAG}:latest",
    ),
    Case(
        "variables filled in, and several arguments in front of RUN",
        """FROM busybox
ARG DIR=app
ARG FILE=a
ENV HOME_DIR=/srv/${DIR} OTHER="$FILE b"
WORKDIR $HOME_DIR
COPY ${FILE} ./$FILE.txt
RUN echo "$OTHER" > other
WORKDIR sub
LABEL dir=$DIR
USER 1000:$FILE
""",
        [(5, 5), (6, 6), (7, 7), (8, 8)],
    ),
    Case(
        "all the instructions that make no layer, in all their forms",
        """FROM busybox
MAINTAINER Somebody <some@body>
ENV OLD form with spaces
ENV A=1 B="two words" \\
    C='three
LABEL l1="a b" "l 2"=c \\
    l3=d
EXPOSE 80 443/udp 9000-9002
VOLUME /v1 /v2
VOLUME ["/v3"]
STOPSIGNAL SIGINT
HEALTHCHECK --interval=1m --timeout=3s \\
  CMD echo "up" || exit 1
ONBUILD RUN echo \\
  later
RUN echo x > /x
CMD echo "a" b
CMD ["echo", "quoted \\"word\\""]
ENTRYPOINT ["/bin/sh", "-c"]
HEALTHCHECK NONE
""".replace("'three", "'three'"),
        [(16, 16)],
    ),
    Case(
        "the backtick as escape character",
        """# escape=`
FROM busybox
RUN echo a > /a && `
    # comment
    echo b\\\\ > /b
RUN echo c > /c
""",
        [(3, 5), (6, 6)],
    ),
    Case(
        "triggers of an earlier stage, which run at the beginning of the next",
        """FROM busybox AS parent
ONBUILD RUN echo one > /one
ONBUILD COPY a \\
  /two
RUN echo parent > /parent
FROM parent
RUN echo child > /child
""",
        [(5, 5), (2, 2), (3, 4), (7, 7)],
    ),
    Case(
        "the stage that was asked for",
        """FROM busybox AS tools
RUN echo tools > /tools
FROM tools AS tested
RUN echo tested > /tested
FROM busybox AS final
RUN echo final > /final
""",
        [(2, 2), (4, 4)],
        options=("--target", "tested"),
        target="tested",
    ),
    Case(
        "RUN in exec form, and under another shell",
        """FROM busybox
RUN ["/bin/sh", "-c", "echo exec > /exec"]
RUN ["/bin/touch", "/touched"]
SHELL ["/bin/ash", "-e", "-c"]
RUN echo $((1<<2)) > /shift
SHELL ["/bin/busybox", "sh", "-c"]
RUN cat /shift \\
  > /again
CMD echo hello
""",
        [(2, 2), (3, 3), (5, 5), (7, 8)],
    ),
    Case(
        "every way to copy",
        """FROM busybox
COPY a /one
COPY a b /two/
COPY --chown=1:2 d /three
COPY ["d/e f", "/four/"]
COPY d/* five/
WORKDIR /six
COPY a .
ADD g.tgz /seven/
ADD b ./b
""",
        [(2, 2), (3, 3), (4, 4), (5, 5), (6, 6), (7, 7), (8, 8), (9, 9), (10, 10)],
    ),
    Case(
        "lower case, tabs, indentation and Windows line ends",
        "from busybox as it\r\n\r\n\trun\techo a \\\r\n\t\t> /a\r\n  copy a /b\r\n",
        [(3, 4), (5, 5)],
    ),
    Case(
        "a label given from outside",
        "FROM busybox\nRUN echo a > /a\nCMD true\n",
        [(2, 2)],
        options=("--label", "given=outside"),
    ),
    Case(
        "a base image of several layers and settings",
        "FROM parent\nENV X=1\nRUN echo mine > /mine\n",
        [(3, 3)],
        parent="FROM busybox\nRUN echo a > /a\nENV A=1\nRUN echo b > /b\nCMD true\n",
        base_layers=3,
    ),
]


def tag_of(case: Case, builder: str) -> str:
    return f"leaninspect/lines-{builder}:" + re.sub(r"[^a-z]+", "-", case.name.lower())[:100]


def parent_tag(builder: str) -> str:
    return f"leaninspect/lines-parent-{builder}"


def with_tags(dockerfile: str, builder: str) -> str:
    """With the tags that `FROM busybox` and `FROM parent` stand for."""
    on_busybox = re.sub(r"(?i)(from) busybox", rf"\1 {BUSYBOX_TAG}", dockerfile)
    return on_busybox.replace("FROM parent\nENV", f"FROM {parent_tag(builder)}\nENV")


@pytest.fixture
def look(engine: Engine, busybox: str, monkeypatch: pytest.MonkeyPatch) -> Callable[..., Inspection]:
    """What is said of an image of the engine, with a Dockerfile."""
    assert busybox
    monkeypatch.setenv("DOCKER_HOST", engine.host)
    monkeypatch.setenv("DOCKER_CONFIG", engine.env["DOCKER_CONFIG"])

    def look_at(
        tag: str, dockerfile: str | None = None, target: str | None = None, base: str | None = None
    ) -> Inspection:
        parsed = parse_dockerfile(dockerfile, "Dockerfile") if dockerfile else None
        return inspect_image(f"docker:{tag}", dockerfile=parsed, target=target, base=base)

    return look_at


def lines_of(inspection: Inspection) -> list[tuple[int, int] | None]:
    """The lines of each layer, lowest first."""
    steps = [inspection.instruction_of(layer) for layer in range(len(inspection.scans))]
    return [(step.lines.first, step.lines.last) if step and step.lines else None for step in steps]


@pytest.fixture(scope="module")
def all_built(engine: Engine, busybox: str) -> None:
    """All cases by both builders, several at a time: a build mostly waits for containers."""
    assert busybox

    def build(case: Case, builder: str) -> None:
        if case.parent:
            engine.build(parent_tag(builder), with_tags(case.parent, builder), buildkit=builder == BUILDKIT)
        dockerfile = with_tags(case.dockerfile, builder)
        engine.build(tag_of(case, builder), dockerfile, FILES, buildkit=builder == BUILDKIT, options=case.options)

    with ThreadPoolExecutor(AT_ONCE) as pool:
        for done in [pool.submit(build, case, builder) for case in CASES for builder in BUILDERS]:
            done.result()


@pytest.mark.usefixtures("all_built")
@pytest.mark.parametrize("builder", BUILDERS)
@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_each_layer_has_its_lines(case: Case, builder: str, look: Callable[..., Inspection]) -> None:
    inspection = look(tag_of(case, builder), with_tags(case.dockerfile, builder), case.target)
    assert inspection.notes == ()
    assert lines_of(inspection) == [*[None] * case.base_layers, *case.lines]
    assert inspection.base is not None
    assert inspection.base.name == (parent_tag(builder) if case.parent else case.base)
    assert inspection.base.layers == case.base_layers
    own = [step for step in inspection.instructions if step.from_base is False]
    assert all(step.from_base is not None for step in inspection.instructions)
    assert all(step.lines is not None for step in own if step.verb != "LABEL")
    assert [step.layer for step in own if step.layer is not None] == list(
        range(case.base_layers, case.base_layers + len(case.lines))
    )


def test_what_a_base_image_told_the_build_to_run_has_no_lines_and_is_not_the_bases(
    engine: Engine, look: Callable[..., Inspection]
) -> None:
    """Only the classic builder records ONBUILD in the history of the base image."""
    engine.build(PARENT_TAG, f"FROM {BUSYBOX_TAG}\nONBUILD RUN echo one > /one\nCMD true\n", buildkit=False)
    dockerfile = f"FROM {PARENT_TAG}\nRUN echo two > /two\n"
    engine.build("leaninspect/lines:triggered", dockerfile, buildkit=False)
    inspection = look("leaninspect/lines:triggered", dockerfile)
    assert inspection.notes == ()
    assert lines_of(inspection) == [None, None, (2, 2)]
    assert [step.from_base for step in inspection.instructions if step.layer is not None] == [True, False, False]
    assert inspection.base is not None
    assert inspection.base.layers == 1


@pytest.fixture(scope="module")
def app(engine: Engine, busybox: str) -> str:
    """FROM a parent of two layers, itself FROM busybox."""
    parent = f"FROM {busybox}\nRUN echo a > /a\nCMD true\n"
    engine.build(PARENT_TAG, parent, buildkit=False)
    engine.build("leaninspect/lines:app", f"FROM {PARENT_TAG}\nRUN echo b > /b\nCMD false\n", buildkit=True)
    return "leaninspect/lines:app"


@pytest.mark.parametrize(
    ("dockerfile", "reason"),
    [
        (
            f"FROM {PARENT_TAG}\nRUN echo other > /b\nCMD false\n",
            "Dockerfile:2 says `RUN echo other > /b` where the image has `RUN echo b > /b`",
        ),
        (
            f"FROM {PARENT_TAG}\nRUN echo b > /b\nRUN echo c > /c\nCMD false\n",
            "Dockerfile:3 says `RUN echo c > /c` where the image has `RUN echo b > /b`",
        ),
        (f"FROM {PARENT_TAG}\nCMD false\n", f"it leaves 3 layers to {PARENT_TAG}, which has 2"),
        ("FROM scratch\nRUN echo b > /b\nCMD false\n", "it begins with nothing (FROM scratch), the image with `CMD "),
        (
            f"FROM {PARENT_TAG} AS it\nRUN echo b > /b\nCMD false\nFROM it\nRUN echo c\n",
            "Dockerfile:5 says `RUN echo c` where the image has `CMD "
            '["/bin/sh" "-c" "false"]`; its stage it does match',
        ),
    ],
)
def test_a_dockerfile_of_another_image_is_told_apart(
    dockerfile: str, reason: str, app: str, look: Callable[..., Inspection]
) -> None:
    inspection = look(app, dockerfile)
    (note,) = inspection.notes
    assert note.startswith(f"the Dockerfile does not match the image: {reason}")
    assert lines_of(inspection) == [None, None, None]


def test_the_base_is_the_local_image_with_the_most_of_its_layers(app: str, look: Callable[..., Inspection]) -> None:
    inspection = look(app)
    base = inspection.base
    assert base is not None
    assert (base.name, base.evidence, base.layers) == (f"{PARENT_TAG}:latest", "diff-ids", 2)
    assert [step.from_base for step in inspection.instructions] == [True, True, True, False, False]


def test_the_base_that_is_named_is_verified(app: str, look: Callable[..., Inspection]) -> None:
    inspection = look(app, base=f"docker:{BUSYBOX_TAG}")
    base = inspection.base
    assert base is not None
    assert (base.name, base.evidence, base.layers) == (f"docker:{BUSYBOX_TAG}", "--base", 1)
    assert inspection.notes == ()


def test_an_image_that_is_not_the_base_is_refused(app: str, engine: Engine, look: Callable[..., Inspection]) -> None:
    engine.build("leaninspect/lines:other", f"FROM {BUSYBOX_TAG}\nRUN echo z > /z\n", buildkit=False)
    inspection = look(app, base="docker:leaninspect/lines:other")
    assert inspection.notes == (
        "docker:leaninspect/lines:other is not the base of this image: they differ from layer 1 on",
    )
    assert inspection.base is not None
    assert inspection.base.name == f"{PARENT_TAG}:latest"
