"""Which slimmer image would do in place of a base image, where that is known."""

from __future__ import annotations

import re
from collections.abc import Mapping

SLIM = ("node", "python", "ruby", "perl")
"""Official images whose `-slim` variant leaves out the build tooling."""

BY_VARIABLE = (
    (
        "GOLANG_VERSION",
        "build in a golang stage and copy the program to scratch, gcr.io/distroless/static or debian:…-slim",
    ),
    ("RUSTUP_HOME", "build in a rust stage and copy the program to debian:…-slim or gcr.io/distroless/cc"),
    ("GCC_VERSION", "build in a gcc stage and copy the program to debian:…-slim"),
    ("MAVEN_HOME", "build in a maven stage and copy the jar to eclipse-temurin:…-jre"),
    ("GRADLE_HOME", "build in a gradle stage and copy the jar to eclipse-temurin:…-jre"),
    ("JAVA_VERSION", "run on eclipse-temurin:…-jre"),
    ("DOTNET_SDK_VERSION", "publish in an SDK stage and run on mcr.microsoft.com/dotnet/aspnet or …/runtime"),
    ("NODE_VERSION", "write FROM node:{major}-slim"),
    ("PYTHON_VERSION", "write FROM python:{minor}-slim"),
    ("RUBY_VERSION", "write FROM ruby:{minor}-slim"),
    ("PHPIZE_DEPS", "build extensions in a stage on this image and copy them"),
)
"""By an environment variable that official images set; the language's own images come before those they build upon."""

_reference = re.compile(r"(?P<folder>.*/)?(?P<name>[^/:@]+)(?::(?P<tag>[^@]+))?(?:@.*)?").fullmatch
_development = re.compile(r"[-.](dev|devel|sdk|build|builder)(?=$|[-.])")


def slimmer_base(name: str | None, variables: Mapping[str, str]) -> str:
    """What to write instead of a base, by its name and the variables it sets; empty where nothing is known."""
    match = _reference(name or "")
    if match and name:
        tag = match["tag"] or "latest"
        if match["name"] == "buildpack-deps":
            return "it is made for building; write FROM debian:…-slim and install what the program needs"
        if _development.search(tag) or _development.search(match["name"]):
            return f"use {name} for a build stage, and its variant without development files for the image"
        if match["name"] in SLIM and not re.search(r"slim|alpine|distroless", tag):
            slim = "slim" if tag == "latest" else f"{tag}-slim"
            return f"write FROM {match['folder'] or ''}{match['name']}:{slim}"
    for variable, advice in BY_VARIABLE:
        if value := variables.get(variable):
            major, _, rest = value.partition(".")
            return advice.format(major=major, minor=f"{major}.{rest.partition('.')[0]}")
    return ""
