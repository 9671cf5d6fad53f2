"""Dockerfiles read with their lines, and histories of every builder followed back to them."""

from __future__ import annotations

import json
from typing import Any

import pytest

from inspector.attribution.dockerfile import parse_dockerfile
from inspector.attribution.instructions import attribute
from inspector.attribution.placement import Mismatch, Placement, place
from inspector.errors import BadDockerfile
from inspector.image.config import parse_config

DATE = "2024-01-01T00:00:00Z"


def spans(text: str) -> list[tuple[str, int, int]]:
    """(instruction, first line, last line) of all stages, without FROM."""
    stages = parse_dockerfile(text, "Dockerfile").stages
    return [(str(each), each.first_line, each.last_line) for stage in stages for each in stage.instructions]


def placed(text: str, *history: str | dict[str, Any], target: str | None = None) -> Placement | Mismatch:
    """A Dockerfile laid beside a history: entries, or only their `created_by`."""
    entries = [entry if isinstance(entry, dict) else {"created_by": entry, "created": DATE} for entry in history]
    config = parse_config(json.dumps({"history": entries}).encode())
    return place(parse_dockerfile(text, "Dockerfile"), attribute(config), target)


def lines(text: str, *history: str | dict[str, Any], target: str | None = None) -> list[tuple[int, int] | None]:
    placement = placed(text, *history, target=target)
    assert isinstance(placement, Placement), placement
    return [(each.first, each.last) if each else None for each in placement.lines]


def reason(text: str, *history: str | dict[str, Any], target: str | None = None) -> str:
    mismatch = placed(text, *history, target=target)
    assert isinstance(mismatch, Mismatch), mismatch
    return mismatch.reason


class TestReading:
    @pytest.mark.parametrize(
        ("text", "expected"),
        [
            pytest.param("FROM a\nRUN b \\\n  c\nRUN d\n", [("RUN b c", 2, 3), ("RUN d", 4, 4)], id="continued"),
            pytest.param("FROM a\nRUN b \\ \t\n  c\n", [("RUN b c", 2, 3)], id="spaces after the backslash"),
            pytest.param("FROM a\nRUN b \\\n# x\n\n  # y\n  c\n", [("RUN b c", 2, 6)], id="comments between"),
            pytest.param("FROM a\nRUN b \\\n  # c\nRUN d\n", [("RUN b RUN d", 2, 4)], id="a comment ends nothing"),
            pytest.param("FROM a\nRUN b \\", [("RUN b", 2, 2)], id="continued to the end"),
            pytest.param("FROM a\nRUN b \\\n\n# c\n", [("RUN b", 2, 2)], id="continued by nothing"),
            pytest.param("FROM a\nRUN b\\\\\nRUN c\n", [("RUN b\\\\", 2, 2), ("RUN c", 3, 3)], id="escaped backslash"),
            pytest.param("\ufeffFROM a\r\nRUN b \\\r\n c\r\nRUN d", [("RUN b c", 2, 3), ("RUN d", 4, 4)], id="Windows"),
            pytest.param("from a\n\trun\tb\n", [("RUN b", 2, 2)], id="lower case and tabs"),
            pytest.param("# escape=`\nFROM a\nUSER b\\\nRUN c`\n d\n", [("USER b\\", 3, 3), ("RUN c d", 4, 5)], id="`"),
            pytest.param(
                "# syntax=x\n# Escape = `\nFROM a\nRUN b `\n c\n", [("RUN b c", 4, 5)], id="directives in any order"
            ),
            pytest.param("# x\n# escape=`\nFROM a\nRUN b \\\n c\n", [("RUN b c", 4, 5)], id="only at the top"),
            pytest.param("FROM a\nRUN <<E\nb\nFROM c\nE\nRUN d\n", [("RUN <<E", 2, 5), ("RUN d", 6, 6)], id="heredoc"),
            pytest.param(
                "FROM a\nCOPY <<\"A\" 3<<-'B' /c/\n1\nA\n\t2\n\tB\nRUN d\n",
                [("COPY <<\"A\" 3<<-'B' /c/", 2, 6), ("RUN d", 7, 7)],
                id="two heredocs",
            ),
            pytest.param(
                "FROM a\nRUN b && \\\n  c <<E > d\nE \n E\nE\nRUN f\n",
                [("RUN b && c <<E > d", 2, 6), ("RUN f", 7, 7)],
                id="heredoc after continued lines",
            ),
            pytest.param("FROM a\nONBUILD RUN <<E\nb\nE\n", [("ONBUILD RUN <<E", 2, 4)], id="onbuild"),
            pytest.param('FROM a\nRUN echo $((1<<2)) "<< b" <<< c\nRUN d\n', [
                ('RUN echo $((1<<2)) "<< b" <<< c', 2, 2), ("RUN d", 3, 3)
            ], id="no heredocs"),
            pytest.param('FROM a\nRUN ["b", "<<E"]\nENV C=<<D\n', [
                ('RUN ["b", "<<E"]', 2, 2), ("ENV C=<<D", 3, 3)
            ], id="no heredocs in exec form or in ENV"),
        ],
    )  # fmt: skip
    def test_instructions_keep_their_lines(self, text: str, expected: list[tuple[str, int, int]]) -> None:
        assert spans(text) == expected

    def test_flags_are_no_arguments(self) -> None:
        (stage,) = parse_dockerfile(
            'FROM a\nRUN --mount=type=cache,target="/b c" --network=none \\\n make\n', "D"
        ).stages
        (run,) = stage.instructions
        assert (run.flags, run.text) == (('--mount=type=cache,target="/b c"', "--network=none"), "make")

    def test_heredocs_keep_their_text(self) -> None:
        (stage,) = parse_dockerfile("FROM a\nRUN <<-E\n\t\tb\n\tc d\n\tE\n", "D").stages
        (heredoc,) = stage.instructions[0].heredocs
        assert (heredoc.name, heredoc.content, heredoc.chomped) == ("E", "\t\tb\n\tc d\n", "b\nc d\n")

    def test_stages_are_images_or_earlier_stages(self) -> None:
        text = (
            "ARG V=12\nARG KIND\nFROM --platform=$BUILDPLATFORM debian:${V}${KIND:+-}${KIND:-slim} AS Build\n"
            "FROM build\nFROM scratch as c"
        )
        dockerfile = parse_dockerfile(text, "D")
        build, second, third = dockerfile.stages
        assert (build.name, build.base, build.base_is_certain) == ("Build", "debian:12slim", False)
        assert dockerfile.parent(second) == build
        assert (third.name, third.base, dockerfile.parent(third)) == ("c", "scratch", None)
        assert dockerfile.stage(None) == third
        assert dockerfile.stage("BUILD") == build
        assert dockerfile.stage("1") == second
        assert dockerfile.stage("nothing") is None

    @pytest.mark.parametrize(
        ("text", "message"),
        [
            ("", "D:1: no FROM in it"),
            ("ARG A\n# b\n", "D:1: no FROM in it"),
            ("\nRUN a\nFROM b\n", "D:2: RUN before FROM"),
            ("FROM a\n\nFROB b\n", "D:3: unknown instruction FROB"),
            ("FROM a\nRUN\n", "D:2: RUN without arguments"),
            ("FROM a\nONBUILD FROB b\n", "D:2: unknown instruction FROB"),
            ("FROM a b\n", "D:1: FROM a b"),
            ("FROM a\nRUN b <<E\nc\n", "D:2: the here-document E has no end"),
            ("# escape=^\nFROM a\n", "D:1: ^ cannot be the escape character"),
        ],
    )
    def test_what_no_builder_would_accept_is_refused(self, text: str, message: str) -> None:
        with pytest.raises(BadDockerfile) as refused:
            parse_dockerfile(text, "D")
        assert refused.value.message == message


class TestFollowing:
    """What the engines that are at hand write is tested on real builds (tests/engine); here is what they do not."""

    def test_heredocs_of_buildkit(self) -> None:
        text = (
            "FROM a\nRUN <<E\necho b\necho c\nE\nRUN <<-E\n\techo d\n\tE\nRUN cat <<E > f && g\nh\nE\n"
            'COPY <<"I" <<J /k/\ni\nI\nj\nJ\nRUN <<S\n#!/bin/env x\nS\nRUN <<E\nl\nE\n'
        )
        assert lines(
            text,
            "RUN /bin/sh -c echo b\necho c\n # buildkit",
            "RUN /bin/sh -c echo d\n # buildkit",
            "RUN |1 V=1 /bin/sh -c cat <<E > f && g\nh\nE # buildkit",
            "COPY <<I <<J /k/ # buildkit",
            "RUN /bin/sh -c /dev/pipes/S # buildkit",
            "RUN /bin/bash -o pipefail -c l\n # buildkit",
        ) == [(2, 5), (6, 8), (9, 11), (12, 16), (17, 19), (20, 22)]

    def test_a_changed_heredoc_is_another(self) -> None:
        assert reason("FROM a\nRUN <<E\nb\nE\n", "RUN /bin/sh -c c\n # buildkit") == (
            "Dockerfile:2 says `RUN <<E` where the image has `RUN c`"
        )

    def test_kaniko_has_no_entries_without_layers(self) -> None:
        entry = {"author": "kaniko", "created": "0001-01-01T00:00:00Z"}
        assert lines(
            "FROM a\nENV B=c\nCOPY --from=x d /e\nRUN f\nCMD g\n",
            entry | {"created_by": "COPY --from=x d /e"},
            entry | {"created_by": "RUN f"},
        ) == [(3, 3), (4, 4)]

    def test_other_builders_record_every_instruction(self) -> None:
        assert reason("FROM a\nENV B=c\nRUN f\n", "RUN /bin/sh -c f # buildkit") == (
            "Dockerfile:2 says `ENV B=c` where the image has no further instruction"
        )

    def test_arguments_need_not_be_recorded(self) -> None:
        assert lines("FROM a\nARG B\nRUN c\nARG D=1\n", "RUN /bin/sh -c c # buildkit") == [(3, 3)]

    @pytest.mark.parametrize(
        ("written", "recorded"),
        [
            ("ENV A=$B/c D='e f'", "ENV A=x/c D=e f"),
            ("COPY $A/b /c/", "COPY x/b /c/ # buildkit"),
            ("COPY ./a ./b", "/bin/sh -c #(nop) COPY file:0123 in b "),
            ("ADD http://a/b /c/", f"/bin/sh -c #(nop) ADD {'0' * 64} in /c/ "),
            ("COPY a .", "/bin/sh -c #(nop) COPY dir:0123 in /work "),
            ("WORKDIR $A/b", "WORKDIR /x/b"),
            ("EXPOSE 80 81-83", "EXPOSE [80/tcp 81/tcp 82/tcp 83/tcp]"),
            ("EXPOSE $PORT", "EXPOSE map[8080/tcp:{}]"),
            ("EXPOSE 82 80-81 81/udp", "EXPOSE map[80/tcp:{} 81/tcp:{} 81/udp:{} 82/tcp:{}]"),
            (f"EXPOSE 1-{'9' * 5000}", "EXPOSE [1-65535/tcp]"),
            ("HEALTHCHECK NONE", 'HEALTHCHECK &{["NONE"] "0s" "0s" "0s" "0s" \'\\x00\'}'),
            ("RUN a", "a"),
            ('RUN ["a", "b"]', "|1 C=d a b"),
            ('SHELL ["/x", "-c"]', "/x -c #(nop)  SHELL [/x -c]"),
        ],
    )  # fmt: skip
    def test_what_builders_change_does_not_matter(self, written: str, recorded: str) -> None:
        assert lines(f"FROM a\n{written}\n", recorded) == [(2, 2)]

    @pytest.mark.parametrize(
        ("written", "recorded"),
        [
            ("RUN a", "RUN /bin/sh -c b a # buildkit"),
            ("RUN apt-get install a", "RUN /bin/sh -c apt-get install a b # buildkit"),
            ("COPY a /b", "COPY a /c # buildkit"),
            ("COPY a /b", "/bin/sh -c #(nop) COPY file:0123 in /c "),
            ("COPY a b", "/bin/sh -c #(nop) COPY file:0123 in /bb "),
            ("COPY . .", "COPY . / # buildkit"),
            ("ENV A=b", "ENV A=c"),
            ("CMD $A", 'CMD ["/bin/sh" "-c" "b"]'),
            ('CMD ["a"]', 'CMD ["/bin/sh" "-c" "a"]'),
            ("CMD a", 'ENTRYPOINT ["/bin/sh" "-c" "a"]'),
            ("EXPOSE 80", "EXPOSE map[81/tcp:{}]"),
            ("EXPOSE 1-3000000", "EXPOSE [1-65534/tcp]"),
            ("ARG A", "bazel build ..."),
            ("WORKDIR /a", "WORKDIR /b/a"),
            ("RUN a", "bazel build ..."),
        ],
    )
    def test_what_somebody_changed_does(self, written: str, recorded: str) -> None:
        found = placed(f"FROM a\n{written}\nRUN z\n", recorded, "RUN /bin/sh -c z # buildkit")
        if written.startswith("ARG"):
            assert isinstance(found, Placement)
            assert found.lines[0] is None
        else:
            assert isinstance(found, Mismatch)

    def test_the_rest_is_the_base_images(self) -> None:
        found = placed(
            "FROM debian:12@sha256:ab\nRUN b\n", "/bin/sh -c #(nop) ADD file:0 in / ", "CMD", "RUN /bin/sh -c b"
        )
        assert isinstance(found, Placement)
        assert (found.base_entries, found.base_name, found.from_scratch) == (2, "debian:12@sha256:ab", False)

    def test_scratch_has_nothing_below(self) -> None:
        found = placed("FROM scratch\nCOPY a /\n", "COPY a / # buildkit")
        assert isinstance(found, Placement)
        assert (found.base_entries, found.base_name, found.from_scratch) == (0, None, True)
        assert reason("FROM scratch\nCOPY a /\n", "ADD rootfs / # buildkit", "COPY a / # buildkit") == (
            "it begins with nothing (FROM scratch), the image with `ADD rootfs /`"
        )

    def test_an_unknown_stage_is_said(self) -> None:
        assert reason("FROM a AS b\nFROM c AS d\n", "RUN e", target="x") == "it has no stage x, only b, d"

    def test_a_label_of_the_classic_builder_may_follow(self) -> None:
        assert lines("FROM a\nCMD b\n", 'CMD ["/bin/sh" "-c" "b"]', "/bin/sh -c #(nop)  LABEL c=d") == [(2, 2), None]


def test_build_arguments_go_before_defaults_and_make_the_base_certain() -> None:
    text = "ARG IMAGE=debian\nARG TAG\nFROM ${IMAGE}:$TAG\nFROM a-$TARGETARCH\n"
    named = [(each.base, each.base_is_certain) for each in parse_dockerfile(text, "D", {"TAG": "12"}).stages]
    assert named == [("debian:12", True), ("a-", False)]
    assert parse_dockerfile(text, "D").stages[0].base_is_certain is False
    assert parse_dockerfile(text, "D", {"IMAGE": "alpine", "TAG": "3"}).stages[0].base == "alpine:3"
