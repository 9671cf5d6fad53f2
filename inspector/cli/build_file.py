"""The Dockerfile that the user names."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from inspector.attribution.dockerfile import Dockerfile, parse_dockerfile
from inspector.errors import BadDockerfile


def read_dockerfile(path: str, arguments: Mapping[str, str] | None = None) -> Dockerfile:
    """`arguments` are those of the build, None where they are not known.

    Raises BadDockerfile, naming the file and where possible the line.
    """
    try:
        text = Path(path).read_bytes().decode()
    except OSError as error:
        raise BadDockerfile(f"{path}: {error.strerror or error}", "name the Dockerfile") from None
    except UnicodeDecodeError:
        raise BadDockerfile(f"{path}: not a text file", "a Dockerfile is written in UTF-8") from None
    return parse_dockerfile(text, path, arguments)
