"""What builders write into a history entry's `created_by`, read back as the Dockerfile instruction it came from.

Shapes: Docker's classic builder (`/bin/sh -c #(nop) COPY file:… in /app`, `|1 ARG=v /bin/sh -c …`), BuildKit
(`RUN /bin/sh -c … # buildkit`), kaniko and buildah (like either), and tools that write their own name.
"""

from __future__ import annotations

import re

VERBS = frozenset(
    {"ADD", "ARG", "CMD", "COPY", "ENTRYPOINT", "ENV", "EXPOSE", "FROM", "HEALTHCHECK", "LABEL", "MAINTAINER"}
    | {"ONBUILD", "RUN", "SHELL", "STOPSIGNAL", "USER", "VOLUME", "WORKDIR"}
)

_SHELL = r"(?:/bin/(?:ba|a|da|z|k)?sh(?: -[a-zA-Z]+(?: pipefail)?)*|cmd /S /C|powershell(?:\.exe)? -Command)"
_OTHER_SHELL = r"(?:/|[A-Za-z]:\\)[^\n'\"&;|]{0,100}?"
_CLASSIC_NOP = re.compile(rf"^(?:\|\d+ .*?)?(?:{_SHELL}|{_OTHER_SHELL}) +#\(nop\) +(?P<text>.*)$", re.DOTALL)
_SHELL_FORM = re.compile(rf"^{_SHELL} (?P<command>.*)$", re.DOTALL)
_BUILD_ARGS = re.compile(rf"^\|\d+ (?P<args>.*?) ?(?P<rest>{_SHELL} .*)$", re.DOTALL)
_BUILDKIT_MARK = " # buildkit"


def parse_created_by(created_by: str) -> tuple[str | None, str]:
    """(verb, text) of the instruction; text includes the verb, as a person would write it.

    The verb is None where the entry is not a Dockerfile instruction (bazel, jib, an import), and the text is then
    what the tool wrote. White space is folded; the shell that runs a RUN and build arguments before it are left out.
    """
    text = created_by.strip().removesuffix(_BUILDKIT_MARK).strip()
    if "#(nop)" in text and (nop := _CLASSIC_NOP.match(text)):
        return _instruction(nop["text"])
    verb, _, rest = text.partition(" ")
    if verb == "RUN":
        return "RUN", f"RUN {_fold(_shell_command(rest.strip()) or rest)}"
    if verb in VERBS:
        return _instruction(text)
    if command := _shell_command(text):
        return "RUN", f"RUN {_fold(command)}"
    return None, _fold(text)


def _instruction(text: str) -> tuple[str | None, str]:
    folded = _fold(text)
    verb = folded.partition(" ")[0]
    return (verb if verb in VERBS else None), folded


def _shell_command(text: str) -> str | None:
    """The command itself, without build arguments and the shell in front of it; None where there is no shell."""
    if with_args := _BUILD_ARGS.match(text):
        text = with_args["rest"]
    shell = _SHELL_FORM.match(text)
    return shell["command"] if shell else None


def _fold(text: str) -> str:
    return " ".join(text.split())
