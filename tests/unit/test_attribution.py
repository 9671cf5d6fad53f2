"""History entries read back as instructions, and paired with layers only where that is certain."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from inspector.attribution.created_by import parse_created_by
from inspector.attribution.instructions import Instruction, attribute
from inspector.image.config import NO_TIME, parse_config

CONFIGS = 68


def attribution_of(config: dict[str, Any]) -> tuple[Instruction, ...]:
    return attribute(parse_config(json.dumps(config).encode()))


def layers_of(instructions: tuple[Instruction, ...]) -> list[int | None]:
    return [instruction.layer for instruction in instructions]


def real(images: Path, number: str) -> tuple[Instruction, ...]:
    """The instructions of the config whose file name begins with `number`."""
    (path,) = (images / "configs").glob(f"{number}_*.json")
    return attribute(parse_config(path.read_bytes()))


class TestCreatedBy:
    @pytest.mark.parametrize(
        ("created_by", "verb", "text"),
        [
            # Docker's classic builder
            ("/bin/sh -c #(nop) ADD file:9cec in / ", "ADD", "ADD file:9cec in /"),
            ("/bin/sh -c #(nop) COPY multi:ab in /app/ ", "COPY", "COPY multi:ab in /app/"),
            ('/bin/sh -c #(nop)  CMD ["sh"]', "CMD", 'CMD ["sh"]'),
            ("/bin/sh -c #(nop)  ENV PATH=/bin:/usr/bin", "ENV", "ENV PATH=/bin:/usr/bin"),
            ("/bin/sh -c #(nop)  EXPOSE 80/tcp", "EXPOSE", "EXPOSE 80/tcp"),
            ("/bin/sh -c #(nop) WORKDIR /data", "WORKDIR", "WORKDIR /data"),
            ("/bin/sh -c #(nop)  MAINTAINER Sômé guy", "MAINTAINER", "MAINTAINER Sômé guy"),
            ("/bin/bash -o pipefail -c #(nop)  USER root", "USER", "USER root"),
            ("|1 V=2 /bin/sh -c #(nop) COPY file:ab in /", "COPY", "COPY file:ab in /"),
            ("/bin/sh -c touch /file-1", "RUN", "RUN touch /file-1"),
            ("/bin/sh -c set -x \t&& make   install", "RUN", "RUN set -x && make install"),
            ("/bin/bash -o pipefail -c a | b", "RUN", "RUN a | b"),
            ("/bin/ash -eo pipefail -c a | b", "RUN", "RUN a | b"),
            ("|1 VERSION=1.2 /bin/sh -c echo $VERSION", "RUN", "RUN echo $VERSION"),
            ("|2 A=a b B= /bin/sh -c make", "RUN", "RUN make"),
            ("|0 /bin/sh -c make", "RUN", "RUN make"),
            ("|1 V=2 /bin/sh -c sh -c 'echo |1 /bin/sh -c'", "RUN", "RUN sh -c 'echo |1 /bin/sh -c'"),
            ("cmd /S /C mkdir C:\\app", "RUN", "RUN mkdir C:\\app"),
            ("powershell -Command Get-Item", "RUN", "RUN Get-Item"),
            # BuildKit
            ('RUN /bin/sh -c echo "hello" # buildkit', "RUN", 'RUN echo "hello"'),
            ("RUN |1 V=2 /bin/sh -c make # buildkit", "RUN", "RUN make"),
            ("RUN /bin/bash -o pipefail -c a | b # buildkit", "RUN", "RUN a | b"),
            ("RUN /app --version # buildkit", "RUN", "RUN /app --version"),
            ("COPY src/ /app/ # buildkit", "COPY", "COPY src/ /app/"),
            ("COPY /bin/tool /bin/ # buildkit", "COPY", "COPY /bin/tool /bin/"),
            ("ADD https://x/y.tgz / # buildkit", "ADD", "ADD https://x/y.tgz /"),
            ("WORKDIR /app", "WORKDIR", "WORKDIR /app"),
            ("ARG TARGETPLATFORM=linux/amd64", "ARG", "ARG TARGETPLATFORM=linux/amd64"),
            ('ENTRYPOINT ["/app"]', "ENTRYPOINT", 'ENTRYPOINT ["/app"]'),
            ('HEALTHCHECK &{["CMD" "x"] "5s"}', "HEALTHCHECK", 'HEALTHCHECK &{["CMD" "x"] "5s"}'),
            # BuildKit without a Dockerfile: its own words, whatever white space is in them
            ("mkdir /base, mkfile /base/base.txt", None, "mkdir /base, mkfile /base/base.txt"),
            ("mount / from exec sh -eux -c \nmkdir /a\n", None, "mount / from exec sh -eux -c mkdir /a"),
            # kaniko, buildah
            ("COPY context/foo /foo", "COPY", "COPY context/foo /foo"),
            ("RUN mkdir /some-dir", "RUN", "RUN mkdir /some-dir"),
            ("/bin/sh -c #(nop) ADD dir:ab in . ", "ADD", "ADD dir:ab in ."),
            ("FROM some-base-image", "FROM", "FROM some-base-image"),
            (
                "Layer: 'RUN mkdir /d', Created by extension: first-extension",
                None,
                "Layer: 'RUN mkdir /d', Created by extension: first-extension",
            ),
            # tools that write their own name, commits, nothing
            ("bazel build ...", None, "bazel build ..."),
            ("jib-gradle-plugin:1.4.1-SNAPSHOT", None, "jib-gradle-plugin:1.4.1-SNAPSHOT"),
            ("apko", None, "apko"),
            ("KIWI 10.0.19", None, "KIWI 10.0.19"),
            ("BusyBox 1.38.0  (glibc), Debian 13", None, "BusyBox 1.38.0 (glibc), Debian 13"),
            ("sh", None, "sh"),
            ("copy everything", None, "copy everything"),
            ("", None, ""),
        ],
    )
    def test_each_builders_words_are_read_as_the_instruction(
        self, created_by: str, verb: str | None, text: str
    ) -> None:
        assert parse_created_by(created_by) == (verb, text)

    def test_a_verb_nobody_knows_is_none(self) -> None:
        assert parse_created_by("/bin/sh -c #(nop)  FROB it") == (None, "FROB it")


class TestPairing:
    def test_entries_that_made_a_layer_take_the_layers_in_order(self) -> None:
        instructions = attribution_of(
            {
                "rootfs": {"diff_ids": ["sha256:a", "sha256:b"]},
                "history": [
                    {"created_by": "/bin/sh -c #(nop) ADD file:ab in /", "created": "2024-01-02T03:04:05Z"},
                    {"created_by": '/bin/sh -c #(nop)  CMD ["sh"]', "empty_layer": True},
                    {"created_by": "RUN /bin/sh -c make # buildkit", "created": NO_TIME, "comment": "buildkit"},
                ],
            }
        )
        assert instructions == (
            Instruction(0, "ADD", "ADD file:ab in /", "2024-01-02T03:04:05Z", 0, False),
            Instruction(1, "CMD", 'CMD ["sh"]', None, None, True),
            Instruction(2, "RUN", "RUN make", None, 1, False),
        )

    @pytest.mark.parametrize("layers", [0, 1, 3])
    def test_where_history_and_layers_disagree_no_layer_is_attributed(self, layers: int) -> None:
        history = [{"created_by": "RUN a"}, {"created_by": "CMD b", "empty_layer": True}, {"created_by": "RUN c"}]
        diff_ids = [f"sha256:{number}" for number in range(layers)]
        instructions = attribution_of({"rootfs": {"diff_ids": diff_ids}, "history": history})
        assert layers_of(instructions) == [None, None, None]
        assert [instruction.text for instruction in instructions] == ["RUN a", "CMD b", "RUN c"]

    def test_no_history_is_no_instructions(self) -> None:
        assert attribution_of({"rootfs": {"diff_ids": ["sha256:a"]}}) == ()

    def test_the_comment_speaks_where_nothing_else_does(self) -> None:
        (step,) = attribution_of({"rootfs": {"diff_ids": ["a"]}, "history": [{"comment": "Imported from -"}]})
        assert (step.verb, step.text, step.layer) == (None, "Imported from -", 0)


class TestRealConfigs:
    def test_all_of_them_parse_and_are_paired_whole_or_not_at_all(self, images: Path) -> None:
        paths = sorted((images / "configs").glob("*.json"))
        assert len(paths) == CONFIGS
        unknown = []
        for path in paths:
            config = parse_config(path.read_bytes())
            instructions = attribute(config)
            assert [instruction.index for instruction in instructions] == list(range(len(config.history)))
            paired = [layer for layer in layers_of(instructions) if layer is not None]
            if paired != list(range(len(config.diff_ids))):
                assert paired == []
                unknown.append(path.name[:3])
            empty = [not entry.empty_layer for entry in config.history]
            assert all(makes for makes, step in zip(empty, instructions, strict=True) if step.layer is not None)
        assert unknown == ["014"]

    def test_a_verb_is_one_of_dockerfiles_or_none(self, images: Path) -> None:
        verbs = {
            step.verb
            for path in (images / "configs").glob("*.json")
            for step in attribute(parse_config(path.read_bytes()))
        }
        used = "ADD ARG CMD COPY ENTRYPOINT ENV EXPOSE FROM LABEL MAINTAINER RUN STOPSIGNAL VOLUME WORKDIR"
        assert verbs == {None, *used.split()}

    def test_a_commit_over_an_import_has_one_entry_too_many(self, images: Path) -> None:
        steps = real(images, "014")
        assert [(step.text, step.layer) for step in steps] == [("Imported from -", None), ("", None)]

    def test_classic_nginx_is_paired_exactly(self, images: Path) -> None:
        steps = real(images, "018")
        assert layers_of(steps) == [0, None, None, None, None, None, 1, 2, 3, 4, None, None, None, None]
        assert steps[7].text == "COPY file:e7e183879c35719c18aa7f733651029fbcc55f5d8c22a877ae199b389425789e in /"
        verbs = " ".join(step.verb or "?" for step in steps)
        assert verbs == "ADD CMD LABEL ENV ENV ENV RUN COPY COPY COPY ENTRYPOINT EXPOSE STOPSIGNAL CMD"

    def test_buildkit_over_a_classic_base_is_paired_exactly(self, images: Path) -> None:
        steps = real(images, "086")
        assert layers_of(steps) == [None, None, None, None, 0, None, 1]
        assert (steps[6].verb, steps[6].text) == ("RUN", 'RUN echo "hello"')

    def test_buildkit_with_its_empty_steps_is_paired_exactly(self, images: Path) -> None:
        steps = real(images, "114")
        assert layers_of(steps) == [0, None, 1, None, None, None, None, None]
        assert [step.text for step in steps[:3]] == [
            "COPY base-a.txt /base.txt",
            "LABEL base=a",
            "COPY layer1.txt /layer1",
        ]

    def test_kaniko_dates_in_year_1_are_unknown(self, images: Path) -> None:
        steps = real(images, "004")
        assert layers_of(steps) == [0, None, *range(1, 49)]
        assert [step.created for step in steps[:3]] == [
            "2018-07-06T14:13:45.666164062Z",
            "2018-07-06T14:13:45.901173503Z",
            None,
        ]
        assert {step.text for step in steps[2:]} == {"COPY context/foo /foo"}

    @pytest.mark.parametrize(
        ("number", "layers", "text"),
        [
            ("002", [0, 1], "jib-gradle-plugin:1.4.1-SNAPSHOT"),
            ("016", [0, 1], "bazel build ..."),
            ("058", [0, 1], "apko"),
            ("122", [0, 1, 2], ""),
        ],
    )
    def test_tools_with_one_entry_for_each_layer(self, images: Path, number: str, layers: list[int], text: str) -> None:
        assert [(step.verb, step.text, step.layer) for step in real(images, number)] == [
            (None, text, layer) for layer in layers
        ]
