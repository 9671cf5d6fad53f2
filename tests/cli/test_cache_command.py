"""`leaninspect cache info|clear`, `--no-cache`, and the variables that say where the cache is and how large."""

from __future__ import annotations

from pathlib import Path

from tests.cli.conftest import Run

NOTHING = "files   0\nsize    0 B\nlimit   1.1 GB\n"


def files(tmp_path: Path) -> list[Path]:
    return sorted((tmp_path / "cache").glob("*"))


def test_an_inspection_is_remembered_and_the_second_one_equal(run: Run, fat_tar: Path, tmp_path: Path) -> None:
    first = run(str(fat_tar), "--json", "-", "--files")
    remembered = files(tmp_path)
    assert remembered
    assert run(str(fat_tar), "--json", "-", "--files") == first
    assert files(tmp_path) == remembered


def test_no_cache_leaves_nothing(run: Run, fat_tar: Path, tmp_path: Path) -> None:
    assert run(str(fat_tar), "--no-cache").out == run(str(fat_tar)).out
    assert run("cache", "clear").code == 0
    run(str(fat_tar), "--no-cache")
    assert files(tmp_path) == []


def test_the_demo_leaves_nothing(run: Run, tmp_path: Path) -> None:
    assert run("demo").code == 0
    assert files(tmp_path) == []


def test_info_says_where_and_how_much(run: Run, fat_tar: Path, tmp_path: Path) -> None:
    assert run("cache", "info").out == f"folder  {tmp_path / 'cache'}\n{NOTHING}"
    run(str(fat_tar))
    lines = dict(line.split(maxsplit=1) for line in run("cache", "info").out.splitlines())
    assert lines["folder"] == str(tmp_path / "cache")
    assert int(lines["files"]) == len(files(tmp_path))
    assert lines["limit"] == "1.1 GB"


def test_clear_forgets_everything(run: Run, fat_tar: Path, tmp_path: Path) -> None:
    run(str(fat_tar))
    count = len(files(tmp_path))
    assert run("cache", "clear").out.startswith(f"removed {count} files, ")
    assert run("cache", "info").out == f"folder  {tmp_path / 'cache'}\n{NOTHING}"


def test_a_limit_of_zero_turns_it_off(run: Run, fat_tar: Path, tmp_path: Path) -> None:
    assert run(str(fat_tar), LEANINSPECT_CACHE_MAX="0").code == 0
    assert files(tmp_path) == []
    assert run("cache", "info", LEANINSPECT_CACHE_MAX="0").out.endswith("limit   off\n")


def test_a_limit_that_is_no_size_is_an_error_in_one_line(run: Run, fat_tar: Path) -> None:
    outcome = run(str(fat_tar), LEANINSPECT_CACHE_MAX="plenty")
    assert (outcome.code, outcome.out, outcome.err) == (
        2,
        "",
        "leaninspect: error: LEANINSPECT_CACHE_MAX is no size: plenty\n  hint: write it like 500MB, 2GiB or 0\n",
    )


def test_a_cache_that_cannot_be_written_does_not_matter(run: Run, fat_tar: Path, tmp_path: Path) -> None:
    (tmp_path / "cache").write_text("a file where the folder should be")
    outcome = run(str(fat_tar))
    assert (outcome.code, outcome.err) == (0, "")
    assert (tmp_path / "cache").read_text() == "a file where the folder should be"
