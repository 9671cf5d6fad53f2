"""`make proof`: the table of all samples; fails where one promise is not kept. Words select samples by their names."""

from __future__ import annotations

import os
import sys

from tests.engine.engine import running_engine
from tests.engine.machine import make_busybox, make_debian

from .dockerfiles import SAMPLES
from .prove import prove


def main(words: list[str]) -> int:
    kept = True
    with running_engine() as engine:
        os.environ["DOCKER_HOST"] = engine.host
        bases = {"debian": make_debian(engine), "busybox": make_busybox(engine)}
        print("| image | rule | builder | fat | promised | real | error |\n|---|---|---|--:|--:|--:|--:|")
        for sample in SAMPLES:
            if words and not any(word in sample.name for word in words):
                continue
            for proof in prove(engine, bases[sample.base], sample):
                kept &= proof.holds
                sizes = (proof.fat_bytes, proof.promised_bytes, proof.real_bytes, proof.error_bytes)
                figures = " | ".join(f"{size / 1e6:.1f}" for size in sizes)
                print(f"| {proof.sample} | {proof.rule} | {proof.builder} | {figures} |", flush=True)
                if proof.problem:
                    print(proof.problem, file=sys.stderr, flush=True)
    return 0 if kept else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
