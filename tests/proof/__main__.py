"""`make proof`: the table of all samples; fails where one promise is not kept. Words select samples by their names.

`--plan` proves the plans only, with BuildKit; `--readme` writes the rows of the plans into the README.
"""

from __future__ import annotations

import os
import sys
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from subprocess import TimeoutExpired

from tests.engine.alpine import running_alpine
from tests.engine.dnf import running_dnf
from tests.engine.engine import Engine, running_engine
from tests.engine.machine import make_busybox, make_debian, make_slim, newer_engine

from .dockerfiles import SAMPLES
from .dockerfiles.sample import Sample
from .prove import EVERYTHING, PLANS, Proof, Scope, prove
from .table import HEAD, row, write_readme

AT_ONCE = 2
"""Samples that are proven at the same time: one unpacks packages while the other compiles."""


def main(arguments: list[str]) -> int:
    words = [each for each in arguments if not each.startswith("-")]
    samples = [each for each in SAMPLES if not words or any(word in each.name for word in words)]
    if not samples:
        print("proof: no sample has these words in its name", file=sys.stderr)
        return 2
    scope = PLANS if "--plan" in arguments else EVERYTHING
    print(HEAD, flush=True)
    with running_engine() as engine:
        proofs = _proven_by(engine, [each for each in samples if not each.heredocs], scope)
    if newer := [each for each in samples if each.heredocs]:
        with running_engine(newer_engine()) as engine:
            proofs += _proven_by(engine, newer, scope)
    if "--readme" in arguments:
        write_readme(proofs, [sample.name for sample in SAMPLES])
    return 0 if all(proof.holds for proof in proofs) else 1


def _base(name: str, engine: Engine, stack: ExitStack) -> str:
    """The tag of a base image, made now; the stack ends what it needs."""
    if name == "alpine":
        return stack.enter_context(running_alpine(engine))
    if name == "dnf":
        return stack.enter_context(running_dnf(engine, make_slim(engine)))
    return {"debian": make_debian, "slim": make_slim, "busybox": make_busybox}[name](engine)


def _proven_by(engine: Engine, samples: list[Sample], scope: Scope) -> list[Proof]:
    """The proofs of samples that this engine builds."""
    os.environ["DOCKER_HOST"] = engine.host
    with ExitStack() as stack, ThreadPoolExecutor(AT_ONCE) as pool:
        bases = {name: _base(name, engine, stack) for name in {sample.base for sample in samples}}
        proven = pool.map(lambda sample: _proven(engine, bases[sample.base], sample, scope), samples)
        return [proof for of_sample in proven for proof in of_sample]


def _proven(engine: Engine, base: str, sample: Sample, scope: Scope) -> list[Proof]:
    """The proofs of one sample, told as they come."""
    proofs: list[Proof] = []
    try:
        for proof in prove(engine, base, sample, scope):
            proofs.append(proof)
            print(row(proof), flush=True)
            if not proof.holds:
                print(f"{proof.problem}\n{proof.followed}", file=sys.stderr, flush=True)
    except (AssertionError, TimeoutExpired) as error:
        proofs.append(Proof(sample.name, "plan", "", 0, 0, 0, problem=str(error)))
        print(f"{row(proofs[-1])}\n{error}", flush=True)
    return proofs


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
