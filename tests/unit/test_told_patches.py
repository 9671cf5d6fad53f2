"""A finding's patch is one value: text report, JSON and Markdown tell the same lines, whole, and what they replace."""

from __future__ import annotations

from inspector.findings.finding import Finding
from inspector.findings.patch import finding_patch
from inspector.inspection import Inspection
from inspector.reports.contract import DockerfileLines, PatchLine
from inspector.reports.inspect_markdown import inspect_markdown
from inspector.reports.json_report import to_report
from inspector.reports.shape import Shape
from inspector.reports.text import text_report
from tests.builders import file
from tests.tui.images import inspection_of, run
from tests.unit.compare.sides import run as long_run

LONG = " ".join(f"--option-{number}" for number in range(20))

DOCKERFILE = f"FROM scratch\n\nRUN make {LONG}\n# the `application`\nRUN install \\\n    app\n"

CLEAN = "find /var/log -type f -exec rm -f '{}' +"


def logged(dockerfile: str = "") -> Inspection:
    """An image in which one RUN hides nothing and another leaves logs."""
    return inspection_of(
        [run(f"make {LONG}", file("var/log/make.log", 9_000)), run("install     app", file("app", 5))],
        dockerfile=dockerfile,
    )


def of_logs(inspection: Inspection) -> Finding:
    (finding,) = (each for each in inspection.findings if each.rule == "LI7004")
    return finding


def test_a_patch_names_the_lines_of_the_dockerfile_and_is_told_whole() -> None:
    inspection = logged(DOCKERFILE)
    patch = finding_patch(of_logs(inspection).remedy, inspection)
    assert patch is not None
    assert patch.new_text == f"RUN make {LONG} \\\n    && {CLEAN}"

    text = text_report(inspection, Shape(80))
    assert f"{'':14}Dockerfile:3\n" in text
    assert all(f"{'':14}{line.sign} {line.text}\n" in text for line in patch.lines)

    (told,) = (each for each in to_report(inspection).findings if each.rule == "LI7004")
    assert told.remedy is not None
    assert told.remedy.patch == [PatchLine(line.sign, line.text) for line in patch.lines]
    assert (told.remedy.replaces, told.remedy.reconstructed) == (DockerfileLines("Dockerfile", 3, 3), False)

    markdown = inspect_markdown(inspection)
    lines = "".join(f"{line.sign}{line.text}\n" for line in patch.lines)
    assert f"Write instead (Dockerfile:3):\n\n```diff\n{lines}```\n" in markdown


def test_lines_that_nobody_wrote_are_told_to_be_reconstructed() -> None:
    inspection = logged()
    assert "reconstructed from the image's history\n" in text_report(inspection)
    assert "Write instead (reconstructed from the image's history):" in inspect_markdown(inspection)
    (told,) = (each for each in to_report(inspection).findings if each.rule == "LI7004")
    assert told.remedy is not None
    assert (told.remedy.replaces, told.remedy.reconstructed, bool(told.remedy.patch)) == (None, True, True)


def test_advice_in_words_alone_has_no_patch() -> None:
    inspection = inspection_of([run("install", file("tmp/x", 500))])
    (told,) = to_report(inspection).findings
    assert told.remedy is not None
    assert (told.remedy.patch, told.remedy.replaces, told.remedy.reconstructed) == ([], None, False)
    assert "Write instead" not in inspect_markdown(inspection)


def test_the_markdown_of_an_image_has_its_figures_its_layers_and_its_findings() -> None:
    lines = inspect_markdown(logged(DOCKERFILE)).splitlines()
    assert lines[0] == "### `test:image`: 9.0 kB, 9.0 kB reclaimable"
    assert lines[4:11] == [
        "| size | 9.0 kB |",
        "| live | 9.0 kB |",
        "| hidden by later layers | 0 B |",
        "| efficiency | 100% |",
        "| reclaimable, nothing can notice | 9.0 kB |",
        "| more by trades | 0 B |",
        "| more on another base only | 0 B |",
    ]
    assert "| 1 | 5 B | 0 B | 0 B | 5-6 | `RUN install app` |" in lines
    assert "#### 9.0 kB: log files (LI7004, safe)" in lines


def test_names_from_an_image_cannot_break_out_of_its_markdown() -> None:
    name = "var/log/```\x1b[31m<img>@octocat|\n# title"
    markdown = inspect_markdown(inspection_of([long_run("echo '```' | tr `x` @octocat", file(name, 500))]))
    assert "\x1b" not in markdown
    assert "# title" not in markdown.splitlines()
    assert "<img>" not in markdown.replace("`", "")
    fences = [line for line in markdown.splitlines() if line.startswith("```")]
    assert fences in ([], ["````diff", "````"])


def test_a_report_of_many_findings_fits_a_comment() -> None:
    wide = " && ".join(f"step-{number} {'x' * 60}" for number in range(300))
    steps = [run(f"{wide} && make {n}", file(f"var/log/{n}", 900), file(f"tmp/{n}", 800)) for n in range(9)]
    markdown = inspect_markdown(inspection_of(steps))
    assert len(markdown) < 65_536
    assert "more finding" in markdown
