"""Images of Dockerfiles, built without an engine: layers by `simulated`, the history as a builder records it."""

from __future__ import annotations

import json
import posixpath
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from inspector.attribution.dockerfile import Dockerfile, DockerfileInstruction, Stage
from inspector.attribution.syntax import exec_form, words_of
from inspector.demo.archive import Member, Step, sha256, tar_layer, whiteout
from tests.builders import BuiltImage

from .simulated import Files, base_files, run

SHELL = ("/bin/sh", "-c")
DISTRIBUTIONS = ("alpine", "fedora", "centos", "opensuse", "ubi", "amazonlinux", "rockylinux")

COPIED_BYTES = 1_200_000

_VARIABLE = re.compile(r"\$(?:\{(\w+)(?::?[-+][^}]*)?\}|(\w+))")


@dataclass
class Build:
    """What a builder knows after some instructions."""

    buildkit: bool
    files: Files
    steps: list[Step]
    env: dict[str, str] = field(default_factory=dict)
    arguments: dict[str, str] = field(default_factory=dict)
    shell: tuple[str, ...] = SHELL
    workdir: str = "/"
    run: dict[str, Any] = field(default_factory=dict)


def built(dockerfile: Dockerfile, *, buildkit: bool) -> BuiltImage:
    """The image of the last stage, by the classic builder or BuildKit."""
    chain = [dockerfile.stages[-1]]
    while (parent := dockerfile.parent(chain[0])) is not None:
        chain.insert(0, parent)
    build = _base(chain[0], buildkit)
    for stage in chain:
        build.arguments = {}
        for written in stage.instructions:
            _do(build, written)
    run_config = build.run | {"Env": [f"{name}={value}" for name, value in build.env.items()]}
    return BuiltImage(build.steps, run_config | ({"Shell": list(build.shell)} if build.shell != SHELL else {}))


def _base(stage: Stage, buildkit: bool) -> Build:
    if stage.base.lower() == "scratch":
        return Build(buildkit, {}, [])
    found = next((name for name in DISTRIBUTIONS if name in stage.base), "debian")
    files = base_files(found)
    steps = [
        Step(f"/bin/sh -c #(nop) ADD file:{sha256(found.encode())[7:]} in / ", tar_layer(files.values())),
        Step('/bin/sh -c #(nop)  CMD ["bash"]'),
    ]
    return Build(buildkit, files, steps, {"PATH": "/usr/local/bin:/usr/bin:/bin"})


def _do(build: Build, written: DockerfileInstruction) -> None:
    text = _record(build, written)
    if written.verb == "RUN":
        _step(build, text, _after_run(build, written))
        return
    words = exec_form(written.text) or words_of(written.text)
    if written.verb in ("COPY", "ADD"):
        targets = [_expanded(build, word) for word in words if not word.startswith("--")]
        path = _target(build, *targets)
        _step(build, text, build.files | {path: Member(path, path.encode().ljust(COPIED_BYTES, b"."))})
    elif written.verb == "WORKDIR":
        build.workdir = posixpath.join(build.workdir, _expanded(build, written.text))
        # only BuildKit's has a layer of its own
        build.steps.append(Step(text, tar_layer([]) if build.buildkit else None))
    else:
        build.steps.append(Step(text))
        _configure(build, written)


def _target(build: Build, *words: str) -> str:
    """Where the first source of a COPY comes to lie; a file of its own where that is a folder or a pattern."""
    source, target = posixpath.basename(words[0].rstrip("/")), words[-1]
    name = "copied" if not source.strip(".") or "*" in source or words[0].endswith("/") else source
    is_folder = target.endswith(("/", ".")) or len(words) != len(("source", "target")) or name == "copied"
    return posixpath.normpath(posixpath.join(build.workdir, target, *[name] * is_folder)).lstrip("/")


def _configure(build: Build, written: DockerfileInstruction) -> None:
    words = words_of(written.text)
    if written.verb == "ENV":
        for name, value in _pairs(words):
            build.env[name] = _expanded(build, value.strip("\"'"))
    elif written.verb == "ARG":
        build.arguments |= {name: value.strip("\"'") for name, _, value in (word.partition("=") for word in words)}
    elif written.verb == "SHELL":
        build.shell = tuple(exec_form(written.text) or SHELL)
    elif written.verb in ("CMD", "ENTRYPOINT"):
        command = exec_form(written.text)
        build.run[written.verb.capitalize()] = list(command or [*build.shell, written.text])


def _pairs(words: list[str]) -> Iterator[tuple[str, str]]:
    if words and "=" not in words[0]:
        yield words[0], " ".join(words[1:])
        return
    for word in words:
        name, _, value = word.partition("=")
        yield name, value


def _after_run(build: Build, written: DockerfileInstruction) -> Files:
    """The files after a RUN; those in mounts are not the image's."""
    words = exec_form(written.text)
    script = " ".join(words) if words else written.text
    if written.heredocs:
        script += "\n" + "".join(heredoc.content for heredoc in written.heredocs)
    after = run(_expanded(build, script), build.files, build.workdir)
    mounts = [found[1].lstrip("/") for flag in written.flags if (found := re.search(r"(?:target|dst)=([^,]+)", flag))]
    return {p: m for p, m in after.items() if p in build.files or not any(p.startswith(f"{m}/") for m in mounts)}


def _step(build: Build, text: str, after: Files) -> None:
    """A layer that makes these files of those before."""
    changed = [member for path, member in after.items() if build.files.get(path) != member]
    gone = [whiteout(path) for path in build.files if path not in after]
    build.steps.append(Step(text, tar_layer([*changed, *gone])))
    build.files = after


def _record(build: Build, written: DockerfileInstruction) -> str:
    """`created_by` of the history."""
    if written.verb == "RUN":
        text = _run_record(build, written)
        return f"RUN {text} # buildkit" if build.buildkit else text
    if written.verb in ("COPY", "ADD") and not build.buildkit:
        target = _expanded(build, (exec_form(written.text) or words_of(written.text))[-1])
        flags = "".join(f"{flag} " for flag in written.flags if flag.startswith("--chown"))
        text = f"{written.verb} {flags}file:{sha256(written.text.encode())[7:]} in {target} "
        return f"/bin/sh -c #(nop) {text}"
    text = f"{written.verb} {_config_record(build, written)}"
    if build.buildkit:
        return f"{text} # buildkit" if written.verb in ("COPY", "ADD") else text
    return f"/bin/sh -c #(nop)  {text}"


def _run_record(build: Build, written: DockerfileInstruction) -> str:
    words = exec_form(written.text)
    front = f"|{len(build.arguments)} " if build.arguments else ""
    front += "".join(f"{name}={value} " for name, value in build.arguments.items())
    if words is not None:
        return front + " ".join(words)
    text = written.text
    if written.heredocs and len(words_of(text)) == 1:
        script = written.heredocs[0]
        text = f"/dev/pipes/{script.name}" if script.content.startswith("#!") else script.content.rstrip("\n")
    elif written.heredocs:
        text += "".join(f"\n{heredoc.content}{heredoc.name}" for heredoc in written.heredocs)
    return f"{front}{' '.join(build.shell)} {text}"


def _config_record(build: Build, written: DockerfileInstruction) -> str:
    if written.verb in ("CMD", "ENTRYPOINT", "SHELL"):
        words = exec_form(written.text) or [*build.shell, written.text]
        return f"[{' '.join(json.dumps(word) for word in words)}]"
    if written.verb == "HEALTHCHECK":
        command = re.sub(r"^(?:--\S+ )*CMD\s+", "", written.text)
        return f'&{{["CMD-SHELL" {json.dumps(command)}] "0s" "0s" "0s" "0s" \'\\x00\'}}'
    if written.verb == "ENV":
        return " ".join(f"{name}={value}" for name, value in _pairs(words_of(written.text)))
    if written.verb == "WORKDIR":
        return posixpath.join(build.workdir, _expanded(build, written.text))
    if written.verb in ("COPY", "ADD"):
        words = exec_form(written.text) or words_of(written.text)
        return " ".join([*written.flags, *(_expanded(build, word) for word in words)])
    return _expanded(build, written.text)


def _expanded(build: Build, text: str) -> str:
    values: Mapping[str, str] = build.env | build.arguments
    return _VARIABLE.sub(lambda found: values.get(found[1] or found[2], found[0]), text)
