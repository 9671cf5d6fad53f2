"""`python -m benchmarks`: leaninspect, dive and the floor, alternately, on inputs made here; writes RESULTS.md."""

from __future__ import annotations

import argparse
import os
import shutil
import sys
import tempfile
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

from benchmarks.inputs import TOOLCHAIN_TAG, CannotMakeError, SmallFiles, Toolchain, small_files, toolchain
from benchmarks.machine import describe
from benchmarks.measure import Cost, FailedError, run_once
from benchmarks.table import BEFORE, Row, markdown, table

RESULTS = Path(__file__).with_name("RESULTS.md")
PATIENCE = 30.0
"""Seconds of one run of dive, above which it is not run again."""

FEW = SmallFiles(100_000, 20, whiteouts=200)
TWICE = SmallFiles(200_000, 20, whiteouts=200)
MANY_LAYERS = SmallFiles(200_000, 40)
MILLION = SmallFiles(1_000_000, 20)

Program = Callable[[], Cost]


class Bench:
    """The programs to be measured, and where their inputs and outputs are."""

    def __init__(self, folder: Path, runs: int, before: Path | None = None) -> None:
        self.folder, self.runs, self.before = folder, runs, before
        self.rows: list[Row] = []
        self.dive = _beside_python("dive") or shutil.which("dive")

    def measure(self, row: Row, programs: Mapping[str, Program]) -> None:
        """Run the programs in turn, `runs` times; a slow dive fewer times."""
        self.rows.append(row)
        print(f"{row.name} …", file=sys.stderr, flush=True)
        for turn in range(self.runs):
            for name, program in programs.items():
                seen = row.runs.setdefault(name, [])
                if not (name == "dive" and turn and seen[-1].seconds > PATIENCE):
                    seen.append(program())

    def skip(self, names: Mapping[str, str], reason: str) -> None:
        self.rows += [Row(name, target, skipped=reason) for name, target in names.items()]

    def leaninspect(self, *arguments: str, caches: Path | None = None, **env: str) -> dict[str, Program]:
        """This version, and the one before where a checkout of it is given: each with a cache of its own.

        The JSON report goes to a file, as dive's. The cache is empty unless there are `caches`, a folder for each's.
        """
        versions = {"leaninspect": sys.executable} | ({BEFORE: _python_of(self.before)} if self.before else {})

        def program(name: str, python: str) -> Program:
            def run() -> Cost:
                with tempfile.TemporaryDirectory(dir=self.folder) as folder:
                    own = {"LEANINSPECT_CACHE_DIR": str(caches / name if caches else Path(folder, "cache"))}
                    output = ["--json", str(Path(folder, "out.json"))] if not arguments[0].startswith("-") else []
                    return run_once([python, "-m", "inspector", *arguments, *output], {**env, **own}, cwd=folder)

            return run

        return {name: program(name, python) for name, python in versions.items()}

    def dive_archive(self, archive: Path) -> Cost:
        assert self.dive is not None
        with tempfile.TemporaryDirectory(dir=self.folder) as folder:
            output = str(Path(folder, "out.json"))  # dive does not truncate a file that exists
            command = [self.dive, "--source", "docker-archive", str(archive), "--json", output]
            return run_once(command, {"CI": "true"})

    def against_dive(self, archive: Path, *options: str) -> dict[str, Program]:
        programs = self.leaninspect(str(archive), *options)
        if self.dive:
            programs["dive"] = lambda: self.dive_archive(archive)
        return programs

    def archive(self, image: SmallFiles) -> Path:
        """The archive of an image, made once."""
        path = self.folder / image.name
        if not path.exists():
            small_files(image, path)
        return path


TOOLCHAIN_ROWS = {
    "Debian + g++ + make, docker archive": "≥ 50 × dive, ≤ 120 MB",
    "the same, gzip OCI archive": "≤ 1.25 × the floor",
    "the same, Docker Engine, second look": "≤ 0.5 s",
}


def toolchain_rows(bench: Bench) -> None:
    archived, gzipped, engine = (Row(name, target) for name, target in TOOLCHAIN_ROWS.items())
    try:
        with toolchain(bench.folder) as image:
            bench.measure(archived, bench.against_dive(image.saved))
            if image.gzipped is None:
                bench.skip({gzipped.name: gzipped.target}, "skopeo is not installed")
            else:
                oci = str(image.gzipped)
                floor = [sys.executable, "-m", "benchmarks.floor", oci]
                bench.measure(gzipped, {**bench.leaninspect(oci), "floor": lambda: run_once(floor)})
            with second_look(bench, image) as looks:
                bench.measure(engine, looks)
    except CannotMakeError as reason:
        bench.skip(TOOLCHAIN_ROWS, str(reason))


@contextmanager
def second_look(bench: Bench, image: Toolchain) -> Iterator[dict[str, Program]]:
    """Inspections through the engine, after those that filled the caches."""
    engine = image.engine.env
    env = {name: engine[name] for name in ("DOCKER_HOST", "DOCKER_CONFIG")}
    with tempfile.TemporaryDirectory(dir=bench.folder) as caches:
        looks = bench.leaninspect(f"docker:{TOOLCHAIN_TAG}", caches=Path(caches), **env)
        for look in looks.values():
            look()
        yield looks


def small_file_rows(bench: Bench, *, quick: bool) -> None:
    few = Row("100 k files, 20 layers, 200 whiteouts", "≥ 20 × dive")
    twice = Row("200 k files, 20 layers, 200 whiteouts", "≤ 2.2 × the time of 100 k")
    one, two = bench.archive(FEW), bench.archive(TWICE)
    bench.measure(few, bench.against_dive(one))
    listed = Row("the same, every file in the report", "")
    bench.measure(listed, bench.leaninspect(str(one), "--files"))
    listed.runs |= {name: runs for name, runs in few.runs.items() if name == "dive"}  # its report has them anyway
    bench.measure(twice, bench.leaninspect(str(two)))
    half, whole = few.cost("leaninspect"), twice.cost("leaninspect")
    assert half and whole
    twice.note = f"{whole.seconds / half.seconds:.2f} × the time of 100 k"
    bench.measure(Row("200 k files, 40 layers", ""), bench.against_dive(bench.archive(MANY_LAYERS)))
    if not quick:
        bench.measure(
            Row("1 M files, 20 layers", "faster than dive, ≤ 700 MB"), bench.against_dive(bench.archive(MILLION))
        )


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    parser.add_argument("--quick", action="store_true", help="one run each, without the two largest inputs")
    parser.add_argument("--runs", type=int, help="runs of each program (5; 1 with --quick)")
    parser.add_argument("--folder", type=Path, default=_cache_folder(), help="where inputs are kept between runs")
    parser.add_argument("--against", type=Path, help="a checkout of another version, with its .venv: measured in turn")
    parser.add_argument("--output", type=Path, default=RESULTS, help="the Markdown file to write")
    options = parser.parse_args()
    options.folder.mkdir(parents=True, exist_ok=True)
    bench = Bench(options.folder.absolute(), options.runs or (1 if options.quick else 5), options.against)
    try:
        bench.measure(Row("leaninspect --version", "≤ 0.12 s"), bench.leaninspect("--version"))
        small_file_rows(bench, quick=options.quick)
        if options.quick:
            bench.skip(TOOLCHAIN_ROWS, "not with --quick")
        else:
            toolchain_rows(bench)
    except FailedError as failure:
        sys.exit("\n".join([*table(bench.rows), str(failure)]))
    print("\n".join(table(bench.rows)))
    options.output.write_text(markdown(bench.rows, describe(bench.dive), bench.runs), encoding="utf-8")


def _python_of(checkout: Path) -> str:
    return str(checkout.absolute() / ".venv" / "bin" / "python")


def _beside_python(program: str) -> str | None:
    path = Path(sys.executable).with_name(program)
    return str(path) if os.access(path, os.X_OK) else None


def _cache_folder() -> Path:
    return Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "leaninspect-bench"


if __name__ == "__main__":
    main()
