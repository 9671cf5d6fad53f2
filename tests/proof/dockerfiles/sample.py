"""What a sample is."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

INSTALL = "apt-get install -y --no-install-recommends"

HELLO = {"hello.c": b'#include <stdio.h>\nint main(void) { puts("hello"); return 0; }\n'}


@dataclass(frozen=True, slots=True)
class Sample:
    """A Dockerfile, its context, and what a container of the image prints without a network.

    `text` names the base image as BASE. `base` is `debian` (plain debootstrap), `slim` (with the settings of the
    official slim image), `busybox`, `alpine` or `dnf`. `gains` tells whether there is anything to gain, `heredocs`
    that only a BuildKit of Docker 23 or newer can build it, `buildkit` that it is for BuildKit alone, `slow` that it
    takes minutes or more of the network than apt.
    """

    name: str
    text: str
    prints: str
    files: Mapping[str, bytes] = field(default_factory=dict)
    base: str = "debian"
    gains: bool = True
    heredocs: bool = False
    buildkit: bool = False
    slow: bool = False

    @property
    def for_buildkit(self) -> bool:
        return self.buildkit or self.heredocs

    def dockerfile(self, base: str) -> str:
        return self.text.replace("BASE", base)
