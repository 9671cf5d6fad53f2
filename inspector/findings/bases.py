"""Which slimmer image would do in place of a base image, where that is known."""

from __future__ import annotations

import re
from collections.abc import Mapping

from msgspec import Struct

from inspector.findings.remedy import image_name

SLIM = ("node", "python", "ruby", "perl")
"""Official images whose `-slim` variant leaves out the build tooling."""


class Slimmer(Struct, frozen=True):
    """What would do: the name of an image for FROM, or words where no name can be told."""

    image: str = ""
    advice: str = ""


BY_VARIABLE = (
    (
        "GOLANG_VERSION",
        Slimmer(
            advice="build in a golang stage and copy the program to scratch, gcr.io/distroless/static or debian:…-slim"
        ),
    ),
    (
        "RUSTUP_HOME",
        Slimmer(advice="build in a rust stage and copy the program to debian:…-slim or gcr.io/distroless/cc"),
    ),
    ("GCC_VERSION", Slimmer(advice="build in a gcc stage and copy the program to debian:…-slim")),
    ("MAVEN_HOME", Slimmer(advice="build in a maven stage and copy the jar to eclipse-temurin:…-jre")),
    ("GRADLE_HOME", Slimmer(advice="build in a gradle stage and copy the jar to eclipse-temurin:…-jre")),
    ("JAVA_VERSION", Slimmer(advice="run on eclipse-temurin:…-jre")),
    (
        "DOTNET_SDK_VERSION",
        Slimmer(advice="publish in an SDK stage and run on mcr.microsoft.com/dotnet/aspnet or …/runtime"),
    ),
    ("NODE_VERSION", Slimmer("node:{major}-slim")),
    ("PYTHON_VERSION", Slimmer("python:{minor}-slim")),
    ("RUBY_VERSION", Slimmer("ruby:{minor}-slim")),
    ("PHPIZE_DEPS", Slimmer(advice="build extensions in a stage on this image and copy them")),
)
"""By an environment variable that official images set; the language's own images come before those they build upon."""

_reference = re.compile(r"(?P<folder>.*/)?(?P<name>[^/:@]+)(?::(?P<tag>[^@]+))?(?:@.*)?").fullmatch
_development = re.compile(r"[-.](dev|devel|sdk|build|builder)(?=$|[-.])")


def slimmer_base(name: str | None, variables: Mapping[str, str]) -> Slimmer | None:
    """What to build upon instead of a base, by its name and the variables it sets; None where nothing is known.

    Both come from the image, so that nothing but a plain name of an image is made of them.
    """
    match = _reference(name or "")
    if match:
        tag = match["tag"] or "latest"
        if match["name"] == "buildpack-deps":
            return Slimmer(
                advice="it is made for building; write FROM debian:…-slim and install what the program needs"
            )
        if _development.search(tag) or _development.search(match["name"]):
            return Slimmer(advice="use it for a build stage, and its variant without development files for the image")
        if match["name"] in SLIM and not re.search(r"slim|alpine|distroless", tag):
            slim = "slim" if tag == "latest" else f"{tag}-slim"
            return _named(f"{match['folder'] or ''}{match['name']}:{slim}")
    for variable, slimmer in BY_VARIABLE:
        if value := variables.get(variable):
            major, _, rest = value.partition(".")
            filled = slimmer.image.format(major=major, minor=f"{major}.{rest.partition('.')[0]}")
            return _named(filled) if filled else slimmer
    return None


def _named(image: str) -> Slimmer | None:
    return Slimmer(image) if image_name(image) else None
