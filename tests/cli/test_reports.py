"""What the commands print and write."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Any

import jsonschema
import pytest
from xxhash import xxh3_64_intdigest

from inspector import __version__
from inspector.demo.archive import EPOCH, Member, Step, image_archive, symlink, tar_layer, whiteout
from inspector.reports import schema
from tests.cli.conftest import Run, on_a_terminal


@pytest.fixture
def small_tar(tmp_path: Path) -> Path:
    """Three layers: two files, one of them rewritten and the other deleted."""
    steps = [
        Step(
            "/bin/sh -c #(nop) ADD file:abc in / ", tar_layer([Member("keep", b"k" * 1000), Member("gone", b"g" * 500)])
        ),
        Step('/bin/sh -c #(nop)  CMD ["sh"]'),
        Step(
            "RUN /bin/sh -c echo new > keep # buildkit",
            tar_layer([Member("keep", b"n" * 300), symlink("link", "keep")]),
        ),
        Step("RUN /bin/sh -c rm gone # buildkit", tar_layer([whiteout("gone")])),
    ]
    path = tmp_path / "small.tar"
    path.write_bytes(image_archive("small:1", steps, created="2026-01-02T03:04:05Z"))
    return path


def test_version(run: Run) -> None:
    assert run("--version").out == f"leaninspect {__version__}\n"


def test_no_arguments_shows_the_help(run: Run) -> None:
    assert run().out == run("--help").out
    assert "Usage: leaninspect" in run().out


def test_text_report_on_a_pipe(run: Run, small_tar: Path) -> None:
    outcome = run("small.tar")
    assert (outcome.code, outcome.err) == (0, "")
    identity = run("small.tar", "--json", "-").out
    image_id = json.loads(identity)["image"]["id"]
    assert outcome.out == (
        "small.tar   1.8 kB in 3 layers, 300 B live, 1.5 kB hidden (17% efficient)\n"
        f"linux/amd64 · docker-archive · {image_id[:19]}\n"
        "Waste    1.5 kB reclaimable and yours\n"
        "\n"
        "  layer    size  hidden                        instruction\n"
        "      0  1.5 kB  1.5 kB  ▓▓▓▓▓▓▓▓▓▓▓▓▓▓▓▓▓▓▓▓  ADD file:abc in /\n"
        "      1   300 B     0 B  ████                  RUN echo new > keep\n"
        "      2     0 B     0 B                        RUN rm gone\n"
        "\n"
        "Yours, and safe to remove: 1.5 kB\n"
        "      1.0 kB  overwritten by a later layer, 1 file   LI1002\n"
        "              `RUN echo new > keep` replaces 1.0 kB of `ADD file:abc in /`, and the image keeps both: "
        "make the change in\n"
        "              the instruction that brings the files\n"
        "       500 B  removed too late, 1 file   LI1001\n"
        "              `RUN rm gone` hides 500 B of `ADD file:abc in /`, and frees nothing: "
        "keep it out by .dockerignore, or\n"
        "              build in another stage and copy only the result\n"
        "\n"
        "Biggest hidden files\n"
        "      1.0 kB  keep  layer 0, overwritten by layer 1\n"
        "       500 B  gone  layer 0, deleted by layer 2\n"
    )


def test_text_report_in_an_encoding_without_blocks(run: Run, small_tar: Path) -> None:
    outcome = run("small.tar", PYTHONIOENCODING="ascii")
    assert outcome.code == 0
    assert "####                  RUN echo new > keep" in outcome.out


def test_text_report_fits_the_width(run: Run, fat_tar: Path) -> None:
    lines = run(str(fat_tar), COLUMNS="80").out.splitlines()
    heading = next(line for line in lines if line.endswith("instruction"))
    table = lines[lines.index(heading) + 1 :][:11]
    assert max(map(len, table)) == 80
    assert heading.index("instruction") == 40
    assert table[0][40:] == "ADD file:0188854ec205b069e0edfe2fb3c6a9…"
    assert lines[-1] == "… is what 80 columns have no room for; --full shows all of it"


def test_the_whole_report_has_each_instruction_and_path_whole(run: Run, fat_tar: Path) -> None:
    text = run(str(fat_tar), "--full", COLUMNS="80").out
    assert "0188854ec205b069e0edfe2fb3c6a9965b9d3b78d680c1950e182000a0694c3c" in text
    assert "usr/libexec/gcc/x86_64-alpine-linux-musl/6.4.0/cc1plus  layer 4" in text
    assert "no room for" not in text


def test_the_summary_is_the_head_of_the_report(run: Run) -> None:
    whole, head = (run("demo", *options, COLUMNS="80").out for options in ((), ("--summary",)))
    assert whole.startswith(head)
    assert head.splitlines()[2:] == [
        "based on node:8-alpine (as the Dockerfile says): 554.2 kB in 3 layers from",
        "    the base, 1.6 MB in 8 layers yours",
        "Waste    1.5 MB reclaimable and yours, 19.6 kB only on another base",
        "Plan     2.2 MB → 676.1 kB (−1.5 MB): make one RUN of the 5 in lines 3 to 9, end",
        "         it with: rm -rf /root/.cache/node-gyp/8.9.4/include/node; leaninspect",
        "         plan writes the patch",
    ]


def test_as_many_findings_as_are_asked_for(run: Run, fat_tar: Path) -> None:
    told = [
        line for line in run(str(fat_tar), "--top", "1").out.splitlines() if " LI" in line or " more, which " in line
    ]
    assert told == [
        "      1.5 MB  removed too late: g++, make and 21 packages that came with them, 580 files   LI1001",
        "    172.0 kB  in 5 findings more, which --top N or --full tells",
        "       150 B  in 1 finding more, which --top N or --full tells",
        "     15.8 kB  in 3 findings more, which --top N or --full tells",
    ]


@pytest.mark.parametrize(
    ("options", "message"),
    [
        (["--top", "3", "--summary"], "--summary and --top contradict each other"),
        (["--full", "--json", "-"], "--json and --text cannot both be written to stdout"),
        (["--top", "-1"], "Invalid value for '--top': -1 is not in the range x>=0."),
    ],
)
def test_options_of_the_text_that_contradict_are_refused(
    run: Run, fat_tar: Path, options: list[str], message: str
) -> None:
    outcome = run(str(fat_tar), *options)
    assert (outcome.code, outcome.out) == (2, "")
    assert outcome.err.startswith(f"leaninspect: error: {message}\n")


@pytest.mark.skipif(os.name != "posix", reason="needs a pseudo-terminal")
@pytest.mark.parametrize(
    ("variables", "is_coloured"),
    [({}, True), ({"NO_COLOR": ""}, True), ({"NO_COLOR": "1"}, False), ({"TERM": "dumb"}, False)],
    ids=["a terminal", "NO_COLOR is empty", "NO_COLOR", "a dumb terminal"],
)
def test_colour_is_for_terminals(tmp_path: Path, variables: dict[str, str], is_coloured: bool) -> None:
    told = on_a_terminal("demo", "--summary", cwd=tmp_path, **{"TERM": "xterm", "NO_COLOR": "", **variables})
    assert "1.5 MB reclaimable and yours" in told
    assert ("\x1b[33mWaste    \x1b[0m1.5 MB" in told) is is_coloured


@pytest.mark.skipif(os.name != "posix", reason="needs a pseudo-terminal")
def test_comparisons_and_patches_have_colour_too(tmp_path: Path, fat_tar: Path) -> None:
    colours = {"TERM": "xterm", "NO_COLOR": ""}
    compared = on_a_terminal("demo", "compare", "--text", cwd=tmp_path, **colours)
    assert "\x1b[1mLayers, biggest change first\x1b[0m: 4 the same" in compared
    assert "\x1b[32m     −1.4 MB\x1b[0m    4 → –" in compared
    planned = on_a_terminal("plan", str(fat_tar), cwd=tmp_path, **colours)
    assert "\x1b[31m-RUN npm ci\x1b[0m" in planned


def test_json_report(run: Run, small_tar: Path) -> None:
    report = json.loads(run("small.tar", "--json", "-").out)
    assert report["schema"] == {"version": 1, "url": "urn:leaninspect:report:1"}
    assert report["tool"] == {"name": "leaninspect", "version": __version__}
    assert report["ledger"] == {
        "total_bytes": 1800,
        "live_bytes": 300,
        "overwritten_bytes": 1000,
        "recopied_bytes": 0,
        "deleted_bytes": 500,
        "deleted_tree_bytes": 0,
    }
    assert report["image"] | {"id": "", "reference": ""} == {
        "reference": "",
        "source": "docker-archive",
        "id": "",
        "digest": None,
        "platform": "linux/amd64",
        "created": "2026-01-02T03:04:05Z",
        "size_bytes": 1800,
        "compressed_bytes": None,
        "layers": 3,
        "base": None,
    }
    assert report["efficiency"]["score"] == 300 / 1800
    assert [layer["instruction"] for layer in report["layers"]] == [0, 2, 3]
    assert [layer["hides"] for layer in report["layers"]] == [
        [],
        [{"layer": 0, "bytes": 1000}],
        [{"layer": 0, "bytes": 500}],
    ]
    assert report["layers"][1]["entries"] == {"added": 1, "modified": 1, "deleted": 0}
    assert [(step["verb"], step["layer"], step["size_bytes"]) for step in report["instructions"]] == [
        ("ADD", 0, 1500),
        ("CMD", None, 0),
        ("RUN", 1, 300),
        ("RUN", 2, 0),
    ]
    assert report["reclaimable_bytes"] == 1500
    assert "files" not in report


def test_json_report_with_files(run: Run, small_tar: Path) -> None:
    files = json.loads(run("small.tar", "--json", "-", "--files").out)["files"]
    assert [(f["path"], f["kind"], f["size_bytes"], f["layer"], f["fate"], f["hidden_by"]) for f in files] == [
        ("keep", "file", 1000, 0, "overwritten", 1),
        ("gone", "file", 500, 0, "deleted", 2),
        ("keep", "file", 300, 1, "live", None),
        ("link", "symlink", 0, 1, "live", None),
    ]
    assert files[0]["mode"] == 0o644
    assert {file["mtime"] for file in files} == {EPOCH}
    assert [file["link"] for file in files] == [None, None, None, "keep"]
    assert [file["content"] for file in files] == [
        *(f"{xxh3_64_intdigest(content):016x}" for content in (b"k" * 1000, b"g" * 500, b"n" * 300)),
        None,
    ]


def test_json_report_validates_against_the_shipped_schema(run: Run, fat_tar: Path) -> None:
    shipped: dict[str, Any] = json.loads(schema.SHIPPED.read_text(encoding="utf-8"))
    report = json.loads(run(str(fat_tar), "--json", "-", "--files").out)
    jsonschema.Draft202012Validator(shipped).validate(report)
    del report["ledger"]["live_bytes"]
    with pytest.raises(jsonschema.ValidationError, match="live_bytes"):
        jsonschema.Draft202012Validator(shipped).validate(report)


def test_shipped_schema_is_the_one_of_the_types() -> None:
    assert schema.SHIPPED.read_text(encoding="utf-8") == schema.render()


def test_json_file_is_replaced_whole(run: Run, small_tar: Path, tmp_path: Path) -> None:
    target = tmp_path / "report.json"
    target.write_text("x" * 1_000_000)
    target.chmod(0o640)
    outcome = run("small.tar", "--json", "report.json")
    assert (outcome.code, outcome.out) == (0, "")
    assert json.loads(target.read_text())["image"]["size_bytes"] == 1800
    assert target.stat().st_mode & 0o777 == 0o640
    assert {path.name for path in tmp_path.iterdir()} - {"cache"} == {"report.json", "small.tar"}


def test_text_and_json_together(run: Run, small_tar: Path, tmp_path: Path) -> None:
    outcome = run("small.tar", "--text", "--json", "report.json")
    assert outcome.out.startswith("small.tar   1.8 kB in 3 layers")
    assert json.loads((tmp_path / "report.json").read_text())["image"]["layers"] == 3


def test_names_that_would_drive_a_terminal_are_shown_as_escapes(run: Run, tmp_path: Path) -> None:
    layers = [tar_layer([Member("a\x1b[31m\nb\u202e", b"x" * 10)]), tar_layer([whiteout("a\x1b[31m\nb\u202e")])]
    steps = [Step("RUN /bin/sh -c printf '\x1b[2J' # buildkit", layer) for layer in layers]
    (tmp_path / "odd.tar").write_bytes(image_archive("odd:1", steps, created="2026-01-01T00:00:00Z"))
    outcome = run("odd.tar")
    assert "a\\x1b[31m\\nb\\u202e" in outcome.out
    assert "printf '\\x1b[2J'" in outcome.out
    assert "\x1b" not in outcome.out


def test_names_that_are_not_utf8_are_valid_json(run: Run, tmp_path: Path) -> None:
    layer = tar_layer([Member("caf\udce9", b"x")])
    archive = image_archive("odd:1", [Step("COPY . .", layer)], created="2026-01-01T00:00:00Z")
    (tmp_path / "odd.tar").write_bytes(archive)
    assert json.loads(run("odd.tar", "--json", "-", "--files").out)["files"][0]["path"] == "caf\\xe9"


KEY = b"-----BEGIN RSA " + b"PRIVATE KEY-----\nnot a real one\n"


def image_of(tmp_path: Path, *steps: tuple[str, list[Member]]) -> None:
    """`odd.tar`, of layers with their histories."""
    made = [Step(text, tar_layer(members)) for text, members in steps]
    (tmp_path / "odd.tar").write_bytes(image_archive("odd:1", made, created="2026-01-01T00:00:00Z"))


def test_a_secrets_path_drives_no_terminal(run: Run, tmp_path: Path) -> None:
    path = "srv/\x1b]0;owned\x07\x1b[31m.pem"
    image_of(tmp_path, ("COPY . .", [Member(path, KEY)]), ("RUN rm", [whiteout(path)]))
    out = run("odd.tar").out
    assert "RSA private key: /srv/\\x1b]0;owned\\x07\\x1b[31m.pem, hidden by layer 1 but still readable" in out
    assert not set(out) & {"\x1b", "\x07"}


def test_a_secrets_path_that_is_no_utf8_is_valid_json(run: Run, tmp_path: Path) -> None:
    image_of(tmp_path, ("COPY . .", [Member("caf\udce9.pem", KEY)]))
    (finding,) = json.loads(run("odd.tar", "--json", "-").out)["findings"]
    assert finding["title"] == "RSA private key in /caf\\xe9.pem"
    assert finding["paths"] == ["caf\\xe9.pem"]


def test_secrets_have_a_section_of_their_own_beside_waste_by_bytes(run: Run, tmp_path: Path) -> None:
    keys = [Member(f"etc/keys/{n}.pem", KEY + bytes(1000 + n)) for n in range(10)]
    image_of(
        tmp_path,
        ("RUN /bin/sh -c apt-get update # buildkit", [Member("var/lib/apt/lists/x_Packages", bytes(90_000))]),
        ("COPY keys /etc/keys # buildkit", keys),
        ("COPY app/.env / # buildkit", [Member("srv/.env", b"API_TOKEN=0123456789abcdef\n")]),
    )
    lines = run("odd.tar").out.splitlines()
    assert "Secrets  11 files look like a secret that whoever has the image can read" in lines
    start = lines.index("Yours, and safe to remove: 90.0 kB")
    assert lines[start + 1 : start + 15] == [
        "     90.0 kB  apt package lists, 1 file   LI3001 (hadolint DL3009, dockle DKL-DI-0005)",
        "              end `RUN apt-get update` with: && rm -rf /var/lib/apt/lists/*",
        "              reconstructed from the image's history",
        "              - RUN apt-get update",
        "              + RUN apt-get update \\",
        "              +     && rm -rf /var/lib/apt/lists/*",
        "",
        "Secrets that whoever has the image can read   LI9001 (dockle CIS-DI-0010, trivy secret)",
        "     10.5 kB  10 × RSA private key: /etc/keys/9.pem, /etc/keys/8.pem, /etc/keys/7.pem and 7 more",
        "              `COPY keys /etc/keys` brought it: change the secret, then hand it over with RUN "
        "--mount=type=secret or",
        "              keep it out by .dockerignore",
        "        27 B  password or token for the environment: /srv/.env",
        "              `COPY app/.env /` brought it: change the secret, then hand it over with RUN --mount=type=secret "
        "or keep it",
        "              out by .dockerignore",
    ]


def test_json_tells_the_remedy_as_a_value(run: Run, small_tar: Path) -> None:
    report = json.loads(run(str(small_tar), "--json", "-").out)
    assert [(each["rule"], each["class"], each["remedy"]) for each in report["findings"]] == [
        (
            "LI1002",
            "safe",
            {
                "kind": "change-at-source",
                "instructions": [0, 2],
                "command": None,
                "keeps": [],
                "saves_bytes": 1000,
                "doubts": [],
                "patch": [],
                "replaces": None,
                "reconstructed": False,
            },
        ),
        (
            "LI1001",
            "safe",
            {
                "kind": "copy-less",
                "instructions": [0, 3],
                "command": None,
                "keeps": [],
                "saves_bytes": 500,
                "doubts": [],
                "patch": [],
                "replaces": None,
                "reconstructed": False,
            },
        ),
    ]


def test_a_remedys_bytes_are_those_of_the_files_that_are_not_ignored(run: Run, tmp_path: Path) -> None:
    lists = [Member(f"var/lib/apt/lists/{name}", bytes(1000)) for name in "ab"]
    image_of(tmp_path, ("RUN /bin/sh -c apt-get update # buildkit", lists))
    (finding,) = json.loads(run("odd.tar", "--json", "-", "--ignore", "**/b").out)["findings"]
    assert (finding["bytes"], finding["remedy"]["saves_bytes"]) == (1000, 1000)
    assert finding["remedy"]["command"] == "rm -rf /var/lib/apt/lists/*"


@pytest.mark.parametrize("which", ["fat", "lean"])
def test_demo_prints_its_report(run: Run, which: str) -> None:
    outcome = run("demo", which)
    assert (outcome.code, outcome.err) == (0, "")
    assert outcome.out.startswith(f"demo:{which}   ")


def test_the_demo_is_told_with_the_lines_of_its_own_dockerfile(run: Run) -> None:
    out = run("demo", "fat").out
    assert "\nbased on node:8-alpine (as the Dockerfile says): 554.2 kB in 3 layers from the base" in out
    assert "\n              Dockerfile:3-8\n              - RUN apk add --no-cache make g++ python3\n" in out
    assert "reconstructed" not in out


def test_demo_compare_says_what_the_lean_build_saves(run: Run) -> None:
    outcome = run("demo", "compare")
    assert outcome.code == 0
    assert outcome.out.startswith("demo:fat 2.2 MB → demo:lean 670.6 kB   −1.5 MB (−69%)\n")


def test_ignored_paths_are_left_out_of_the_findings(run: Run, small_tar: Path, tmp_path: Path) -> None:
    assert small_tar.exists()
    (tmp_path / ".leaninspect.toml").write_text('[ignore]\npaths = ["gone"]\n')
    report = json.loads(run("small.tar", "--json", "-").out)
    assert [(finding["rule"], finding["paths"]) for finding in report["findings"]] == [("LI1002", ["keep"])]
    assert report["reclaimable_bytes"] == 1000
    report = json.loads(run("small.tar", "--json", "-", "--ignore", "/kee*").out)
    assert (report["findings"], report["reclaimable_bytes"]) == ([], 0)


@pytest.mark.parametrize(
    ("content", "message"),
    [
        ("[ignore", ".leaninspect.toml cannot be read: "),
        ("[gate]\nx = 1", ".leaninspect.toml has an unknown table [gate]"),
        ('[ignore]\npaths = "x"', ".leaninspect.toml: [ignore] is not of the form paths = [GLOB, …]"),
    ],
)
def test_faulty_settings_are_refused(run: Run, small_tar: Path, tmp_path: Path, content: str, message: str) -> None:
    assert small_tar.exists()
    (tmp_path / ".leaninspect.toml").write_text(content)
    outcome = run("small.tar")
    assert outcome.code == 2
    assert outcome.err.startswith(f"leaninspect: error: {message}")


@pytest.mark.parametrize(
    "arguments",
    [
        ["small.tar", "--text", "--json", "-"],
        ["small.tar", "--text", "--json", "/dev/stdout"],
        ["demo", "compare", "--json", "-", "--markdown", "-"],
    ],
    ids=str,
)
def test_two_reports_on_stdout_are_refused(run: Run, small_tar: Path, arguments: list[str]) -> None:
    outcome = run(*arguments)
    assert (outcome.code, outcome.out) == (2, "")
    assert "cannot both be written to stdout" in outcome.err.splitlines()[0]


def test_one_image_as_markdown(run: Run, tmp_path: Path) -> None:
    outcome = run("demo", "fat", "--markdown", "fat.md")
    assert (outcome.code, outcome.out) == (0, "")
    assert (tmp_path / "fat.md").read_text().startswith("### `demo:fat`: 2.2 MB, 1.5 MB reclaimable\n")


def test_a_comparison_of_the_demos_as_markdown(run: Run, tmp_path: Path) -> None:
    outcome = run("demo", "compare", "--markdown", "demo.md", "--text")
    assert outcome.out.startswith("demo:fat 2.2 MB → demo:lean")
    assert (tmp_path / "demo.md").read_text().startswith("### `demo:lean` against `demo:fat`")
