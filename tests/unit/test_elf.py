"""ELF facts against readelf, on the programs and libraries of the machine the tests run on."""

from __future__ import annotations

import re
import shutil
import subprocess
from pathlib import Path

import pytest

from inspector.layers.elf.facts import MAGIC, ElfFacts, WholeFile, elf_facts
from inspector.layers.elf.pieces import ElfPieces

pytestmark = pytest.mark.skipif(shutil.which("readelf") is None, reason="readelf of binutils is missing")

FOLDERS = ("/usr/bin", "/usr/sbin", "/usr/lib/x86_64-linux-gnu", "/usr/lib/aarch64-linux-gnu", "/usr/lib/gcc")
SAMPLE = 60


def sample() -> list[Path]:
    """Some ELF files of every kind, spread over the alphabet."""
    files = [path for folder in FOLDERS for path in sorted(Path(folder).glob("*")) if path.is_file()]
    elves = [path for path in files if not path.is_symlink() and begins_as_elf(path)]
    return elves[:: max(1, len(elves) // SAMPLE)]


def begins_as_elf(path: Path) -> bool:
    with path.open("rb") as file:
        return file.read(4) == MAGIC


def facts(path: Path) -> ElfFacts:
    found = elf_facts(WholeFile(memoryview(path.read_bytes())))
    assert found is not None
    return found


@pytest.mark.parametrize("path", sample(), ids=str)
def test_facts_are_those_of_readelf(path: Path) -> None:
    shown = subprocess.run(["readelf", "-dlhSW", path], capture_output=True, text=True, check=True).stdout
    found = facts(path)
    assert found.needed == tuple(re.findall(r"\(NEEDED\).*\[(.*)\]", shown))
    assert found.interpreter == "".join(re.findall(r"interpreter: (.*)\]", shown)[:1])
    assert found.soname == "".join(re.findall(r"\(SONAME\).*\[(.*)\]", shown)[:1])
    paths = re.findall(r"\((?:RUNPATH|RPATH)\).*\[(.*)\]", shown)
    assert found.run_paths == tuple(paths[0].split(":") if paths else ())
    assert found.bits == (64 if "ELF64" in shown else 32)
    removable = r"\] (\.z?debug_\S*|\.symtab|\.strtab) +\w+ +[0-9a-f]+ +[0-9a-f]+ ([0-9a-f]+)"
    assert found.debug_bytes == sum(int(size, 16) for _, size in re.findall(removable, shown))


@pytest.mark.parametrize("path", sample(), ids=str)
def test_versions_of_symbols_are_those_of_readelf(path: Path) -> None:
    shown = subprocess.run(["readelf", "-VW", path], capture_output=True, text=True, check=True).stdout
    defined, _, required = shown.partition("Version needs section")
    found = facts(path)
    versions = [version for _, version in found.requires]
    assert versions == re.findall(r" Name: (\S+) +Flags", required)
    names = re.findall(r"Flags: (.*?) +Index: .* Name: (\S+)", defined)
    assert list(found.defines) == [name for flags, name in names if "BASE" not in flags]


@pytest.mark.parametrize("path", sample()[::6], ids=str)
@pytest.mark.parametrize("size", [1000, 65_536, 1 << 20])
def test_pieces_give_the_same_facts_as_the_whole_file(path: Path, size: int) -> None:
    data = path.read_bytes()
    pieces = ElfPieces()
    for start in range(0, len(data), size):
        pieces.add(data[start : start + size])
    assert elf_facts(pieces) == facts(path)


def test_program_with_debug_information_says_what_strip_would_remove(tmp_path: Path) -> None:
    if shutil.which("gcc") is None or shutil.which("strip") is None:
        pytest.skip("gcc or strip is missing")
    (tmp_path / "main.c").write_text("int main(void) { return 0; }\n")
    program = tmp_path / "main"
    subprocess.run(["gcc", "-g", "-o", program, tmp_path / "main.c", "-Wl,-rpath,$ORIGIN/../lib"], check=True)
    fat = facts(program)
    subprocess.run(["strip", program], check=True)
    lean = facts(program)
    assert fat.debug_bytes > 1000
    assert lean.debug_bytes == 0
    assert (fat.type, lean.type) == ("executable", "executable")
    assert lean.run_paths == ("$ORIGIN/../lib",)


@pytest.mark.parametrize("damage", [slice(16, 64), slice(32, 40), slice(40, 48), slice(54, 64)])
def test_damaged_header_is_no_reason_to_fail(damage: slice) -> None:
    data = bytearray(Path("/bin/sh").resolve().read_bytes())
    data[damage] = b"\xff" * len(data[damage])
    elf_facts(WholeFile(memoryview(bytes(data))))
    pieces = ElfPieces()
    pieces.add(bytes(data))
    elf_facts(pieces)
    assert elf_facts(WholeFile(memoryview(b"\x7fELF"))) is None
