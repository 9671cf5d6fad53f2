"""Dockerfiles with one stage more: the one that built the image gets a name, and a final stage follows it.

The user's own lines stay to the letter. Where no Dockerfile is known, one is written from the image's history, if all
of it can be written.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterable, Iterator, Sequence

from msgspec import Struct

from inspector.attribution.commands import command_lines
from inspector.attribution.dockerfile import Stage
from inspector.attribution.instructions import Instruction
from inspector.attribution.syntax import BACKSLASH
from inspector.findings.lines import HAS_CHECKSUM
from inspector.findings.remedy import image_name
from inspector.image.run import RunConfiguration
from inspector.inspection import Inspection
from inspector.packages.removal.programs import DEFAULT_PATH

NAME = "build"
"""What the stage that builds is called, where it has no name."""

EARLY = ("ARG", "ENV", "LABEL", "MAINTAINER", "EXPOSE")
"""Settings that may stand before files are copied and packages installed, and add up."""

LATE = ("SHELL", "WORKDIR", "VOLUME", "STOPSIGNAL", "HEALTHCHECK", "USER", "ENTRYPOINT", "CMD", "ONBUILD")
"""Settings that come behind: a user who may not install, a volume into which nothing may be copied any more."""

ADDING = ("VOLUME", "ONBUILD")
"""Of those the ones that do not replace what was said before."""

HINDERS = re.compile(r"\b(?:LD_\w+|PYTHONHOME|PYTHONPATH|BASH_ENV|ENV)\b").search
"""Variables that programs of the base look at while files are not yet there."""


class Setting(Struct, frozen=True):
    """An instruction that sets something of the image, with its lines."""

    verb: str
    text: str
    lines: tuple[str, ...]


class Proposal(Struct, frozen=True):
    """A Dockerfile as it is to be (empty: it cannot be written, and `hindrance` says why).

    `stage` is the name of the stage that builds, `base` what its FROM says, `opening` the lines of its FROM, `escape`
    what a line ends in that goes on, `reconstructed` whether it was made from the history.
    """

    stage: str
    base: str
    front: str = ""
    opening: tuple[int, int] | None = None
    escape: str = BACKSLASH
    hindrance: str = ""
    reconstructed: bool = False


def proposal(inspection: Inspection) -> Proposal:
    """The Dockerfile of an image with its building stage named, to which a final stage can be added."""
    placement = inspection.placement
    if placement is None:
        return _from_history(inspection)
    dockerfile, stage = placement.dockerfile, placement.stages[-1]
    name = stage.name or _free_name(each.name for each in dockerfile.stages)
    opening = placement.stages[0].opening
    base = " ".join((*opening.flags, opening.text.split()[0]))
    lines = dockerfile.text.split("\n")
    if stage.name is None:
        at = stage.opening.last_line - 1
        text = lines[at].removesuffix("\r")
        lines[at] = f"{text.rstrip()} AS {name}" + ("\r" if lines[at].endswith("\r") else "")
    front = "\n".join(lines)
    return Proposal(name, base, front, (stage.opening.first_line, stage.opening.last_line), dockerfile.escape)


def with_final_stage(proposed: Proposal, stage: Sequence[str], ending: Sequence[str] = ()) -> str:
    """The whole Dockerfile; `stage` are the instructions of the final stage, `ending` those that end the last stage
    there is. Empty where it cannot be written."""
    if proposed.hindrance:
        return ""
    end = "\r\n" if "\r\n" in proposed.front else "\n"
    lines = [line.replace(" \\\n", f" {proposed.escape}\n") for line in (*ending, "", *stage)]
    front = proposed.front if proposed.front.endswith("\n") else proposed.front + end
    return front + "".join(f"{line}\n" for line in lines).replace("\n", end)


def own_settings(inspection: Inspection) -> tuple[list[Setting], list[Setting]]:
    """What the image's own instructions set, as far as it counts in the end: those for EARLY, and those for LATE."""
    settings = list(_written(inspection.placement.stages) if inspection.placement else _recorded(inspection))
    early = [each for each in settings if each.verb in EARLY and not (each.verb == "ENV" and HINDERS(each.text))]
    late = [each for each in settings if each not in early]
    last = {each.verb: index for index, each in enumerate(late)}
    folder = max((i for i, each in enumerate(late) if each.verb == "WORKDIR" and _is_absolute(each.text)), default=0)
    kept = [
        each
        for index, each in enumerate(late)
        if each.verb in (*ADDING, "ENV") or (index >= folder if each.verb == "WORKDIR" else last[each.verb] == index)
    ]
    return early, kept


def all_settings(run: RunConfiguration, said: Iterable[Setting]) -> list[Setting]:
    """What an image is set to beyond what is `said`: that of its base, for a stage that has none."""
    texts = {verb: [each.text for each in said if each.verb == verb] for verb in (*EARLY, *LATE)}
    found = [
        _setting("ENV", f"{name}={_quoted(value)}")
        for name, value in run.environment
        if not any(_names(text, name) for text in texts["ENV"]) and value != DEFAULT_PATH
    ]
    makers: tuple[tuple[str, str], ...] = (
        ("WORKDIR", run.working_folder if run.working_folder != "/" else ""),
        ("USER", run.settings.get("User", "")),
        ("ENTRYPOINT", _words(run.entrypoint)),
        ("CMD", "" if texts["ENTRYPOINT"] else _words(run.command)),
    )
    return found + [_setting(verb, text) for verb, text in makers if text and not texts[verb]]


def in_lines(command: str) -> str:
    """A RUN of a command line, each of its commands on a line of its own."""
    return " \\\n".join(command_lines(f"RUN {command}"))


def _written(stages: Sequence[Stage]) -> Iterator[Setting]:
    for stage in stages:
        for each in stage.instructions:
            if each.verb in (*EARLY, *LATE):
                yield Setting(each.verb, each.text, each.source)


def _recorded(inspection: Inspection) -> Iterator[Setting]:
    """Settings by the history and the config: builders lose quotes, and write some values in Go's words."""
    run = inspection.image.config.run
    for step in inspection.instructions:
        if step.from_base is False and step.verb in (*EARLY, *LATE):
            yield from _restated(step, run)


def _restated(step: Instruction, run: RunConfiguration) -> Iterator[Setting]:
    verb, said = step.verb or "", step.text.partition(" ")[2]
    if verb == "ENV":
        yield from (_setting(verb, f"{name}={_quoted(value)}") for name, value in run.environment if _names(said, name))
    elif verb == "LABEL":
        pairs = run.labels.items()
        yield from (_setting(verb, f"{_quoted(key)}={_quoted(value)}") for key, value in pairs if f"{key}=" in said)
    elif verb == "EXPOSE":
        ports = [port for port in run.ports if port.partition("/")[0] in re.findall(r"\d+", said)]
        yield from (_setting(verb, port) for port in ports)
    elif verb == "VOLUME":
        yield from (_setting(verb, json.dumps([volume])) for volume in run.volumes if volume in said)
    elif verb in _BY_CONFIG:
        if text := _BY_CONFIG[verb](run):
            yield _setting(verb, text)
    else:
        yield _setting(verb, said)


def _healthcheck(run: RunConfiguration) -> str:
    form, *test = run.health or ("NONE",)
    if form == "NONE":
        return "NONE"
    try:
        said = json.loads(run.settings.get("Healthcheck", "{}"))
    except ValueError:
        said = {}
    times = (("Interval", "interval"), ("Timeout", "timeout"), ("StartPeriod", "start-period"))
    options = [f"--{option}={said[key]}ns" for key, option in times if isinstance(said.get(key), int) and said[key]]
    if isinstance(said.get("Retries"), int) and said["Retries"]:
        options.append(f"--retries={said['Retries']}")
    return " ".join((*options, "CMD", _words(test) if form == "CMD" else " ".join(test)))


_BY_CONFIG: dict[str, Callable[[RunConfiguration], str]] = {
    "ENTRYPOINT": lambda run: _words(run.entrypoint) or "[]",
    "CMD": lambda run: _words(run.command) or "[]",
    "SHELL": lambda run: _words(run.shell),
    "HEALTHCHECK": _healthcheck,
}
"""Settings that the config has whole, and the history in other words."""


def _setting(verb: str, text: str) -> Setting:
    return Setting(verb, text, (f"{verb} {text}",))


def _words(words: Sequence[str]) -> str:
    return json.dumps(list(words), ensure_ascii=False) if words else ""


def _quoted(value: str) -> str:
    text = value.replace("\\", "\\\\").replace('"', '\\"').replace("$", "\\$")
    return text if re.fullmatch(r"[\w./:@%+,-]+", text) else f'"{text}"'


def _names(text: str, name: str) -> bool:
    return re.search(rf"(?:^|\s){re.escape(name)}(?:=|\s)", text) is not None


def _is_absolute(text: str) -> bool:
    return text.strip("\"'").startswith(("/", "$"))


def _free_name(names: Iterable[str | None]) -> str:
    taken = {(name or "").lower() for name in names}
    number, name = 1, NAME
    while name in taken:
        number += 1
        name = f"{NAME}{number}"
    return name


def _from_history(inspection: Inspection) -> Proposal:
    base = image_name((inspection.base.name if inspection.base else None) or "")
    own = [step for step in inspection.instructions if not step.from_base]
    hindrance = ""
    if not base:
        hindrance = "no Dockerfile is known, and neither is the base image's name"
    for step in own:
        if step.verb is None or HAS_CHECKSUM(step.text) or not step.text.isprintable():
            hindrance = "no Dockerfile is known, and the history does not tell what was copied"
        elif step.verb == "RUN" and not step.faithful:
            hindrance = "no Dockerfile is known, and the history has a script of several lines folded into one"
    if hindrance:
        return Proposal(NAME, base, hindrance=hindrance, reconstructed=True)
    lines = [f"FROM {base} AS {NAME}"]
    for step in own:
        if step.verb in (*EARLY, *LATE):
            lines += [line for each in _restated(step, inspection.image.config.run) for line in each.lines]
        else:
            lines.append(" \\\n".join(command_lines(step.text)))
    return Proposal(NAME, base, "\n".join(lines) + "\n", reconstructed=True)
