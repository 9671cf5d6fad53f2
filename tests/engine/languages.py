"""How the machine's own pip and npm reach their registries, as files for an image in which they shall do so, too."""

from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path

PIP_SETTINGS = ("index-url", "extra-index-url", "trusted-host", "proxy", "timeout")
NPM_SETTINGS = ("registry", "proxy", "https-proxy", "strict-ssl")
"""The settings without which the machine's registry might not be reachable from inside an image."""

CERTIFICATES_INSIDE = "/etc/ssl/machine.crt"
"""Where the machine's certificates lie in an image: the package ca-certificates writes over the usual place."""


def language_settings(certificates: Path) -> dict[str, bytes]:
    """Files by their paths in the image: pip's and npm's settings, and the certificates that they name."""
    files = {
        "etc/pip.conf": "".join(["[global]\n", *(f"{name} = {value}\n" for name, value in _pip().items())]),
        "etc/npmrc": "".join(f"{name}={value}\n" for name, value in _npm().items()),
    }
    content = certificates.read_bytes() if certificates.exists() else b""
    return {path: text.encode() for path, text in files.items()} | {CERTIFICATES_INSIDE.lstrip("/"): content}


def _pip() -> dict[str, str]:
    settings = {"cert": CERTIFICATES_INSIDE}
    for line in _output(sys.executable, "-m", "pip", "config", "list").splitlines():
        name, _, value = line.partition("=")
        option = name.rpartition(".")[2]
        # an index on the machine's own disk is none inside an image
        words = [word for word in value.strip("'").split() if not word.startswith(("file:", "/"))]
        if words and option in PIP_SETTINGS:
            settings[option] = " ".join(words)
    return settings


def _npm() -> dict[str, str]:
    settings = {"cafile": CERTIFICATES_INSIDE, "update-notifier": "false"}
    npm = shutil.which("npm")
    for name in NPM_SETTINGS if npm else ():
        value = _output(str(npm), "config", "get", name).strip()
        if value not in ("null", "undefined"):
            settings[name] = value
    return settings


def _output(*command: str) -> str:
    return subprocess.run(command, capture_output=True, text=True, check=True).stdout
