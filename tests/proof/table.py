"""The table of proofs, on the terminal and in the README."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from pathlib import Path

from .prove import Proof

README = Path(__file__).parents[2] / "README.md"
BEGIN, END = "<!-- python -m tests.proof --readme -->\n", "<!-- end of the proof -->\n"

HEAD = "| image | what | builder | fat | promised | real | error |\n|---|---|---|--:|--:|--:|--:|"


def row(proof: Proof) -> str:
    """One line, sizes in MB (10⁶ bytes), the error in kB where it is smaller than a tenth of that."""
    sizes = [f"{size / 1e6:.1f} MB" for size in (proof.fat_bytes, proof.promised_bytes, proof.real_bytes)]
    fails = "" if proof.holds else " **fails**"
    return f"| {proof.sample} | {proof.what} | {proof.builder} | {' | '.join(sizes)} | {_error(proof)}{fails} |"


def _error(proof: Proof) -> str:
    size = proof.error_bytes
    if abs(size) < 1000:
        return f"{size} B"
    return f"{size / 1000:+.0f} kB" if abs(size) < 1_000_000 else f"{size / 1e6:+.1f} MB"


def write_readme(proofs: Iterable[Proof], samples: Sequence[str]) -> None:
    """Put one row for each sample between the README's markers: its plan, built with BuildKit.

    Of samples that were not proven this time the rows stay.
    """
    text = README.read_text()
    before, _, rest = text.partition(BEGIN)
    old, end, after = rest.partition(END)
    if not end:
        raise SystemExit(f"{README} lacks the marker {END.strip()}")
    rows = {line.split(" | ")[0].removeprefix("| "): line for line in old.splitlines() if line.startswith("| ")}
    new: dict[str, str] = {}
    for proof in proofs:
        if proof.is_plan and proof.builder != "classic":
            # where nothing is to be gained, that is told first
            new.setdefault(proof.sample, row(proof))
    rows |= new
    lines = [HEAD, *(rows[name] for name in samples if name in rows)]
    README.write_text("".join([before, BEGIN, "\n", "\n".join(lines), "\n\n", END, after]))
