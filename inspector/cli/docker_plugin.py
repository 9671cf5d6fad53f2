"""`docker leaninspect IMAGE`: a plugin of the docker command, by the Docker CLI Plugin Spec (docker/cli, docs/extend).

docker calls it with `docker-cli-plugin-metadata`, to know what it is, and else with its own global options, the name
of the plugin and what follows. The global options become the variables of the environment that mean the same.
"""

from __future__ import annotations

import json
import os
import shlex
import shutil
import sys
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path
from typing import NoReturn

from inspector import __version__
from inspector.atomic_file import write_atomically, write_failed
from inspector.cli.console import FINE, exit_with, write_out
from inspector.errors import BadSetting, WriteFailed

NAME = "leaninspect"
PROGRAM = f"docker-{NAME}"
METADATA = "docker-cli-plugin-metadata"

VARIABLES = {
    "--config": "DOCKER_CONFIG",
    "--context": "DOCKER_CONTEXT",
    "-c": "DOCKER_CONTEXT",
    "--host": "DOCKER_HOST",
    "-H": "DOCKER_HOST",
}
"""docker's global options with a value, and the variable that says the same."""

CERTIFICATES = {"--tlscacert": "ca.pem", "--tlscert": "cert.pem", "--tlskey": "key.pem"}
"""Options that name a file, and what it is called in the folder of DOCKER_CERT_PATH."""

IGNORED = ("--log-level", "-l")
SHORT = ("-H", "-c", "-l")
"""Options whose value may follow at once: `-Htcp://host`."""

SWITCHES = ("--tls", "--tlsverify")


def run() -> NoReturn:
    """The plugin as docker starts it."""

    def command() -> int:
        if sys.argv[1:2] == [METADATA]:
            write_out(json.dumps(metadata()) + "\n")
            return FINE
        from inspector.cli.main import main

        return main(_own(sys.argv[1:]), f"docker {NAME}")

    exit_with(command, debug="--debug" in sys.argv)


def metadata() -> dict[str, str]:
    """What docker wants to know of a plugin."""
    return {
        "SchemaVersion": "0.1.0",
        "Vendor": "leaninspect",
        "Version": __version__,
        "ShortDescription": "Browse an image layer by layer, and what is waste in it",
    }


def install() -> Path:
    """Write the program that docker starts, and say where it is. Raises WriteFailed."""
    folder = Path(os.environ.get("DOCKER_CONFIG") or Path.home() / ".docker") / "cli-plugins"
    try:
        folder.mkdir(parents=True, exist_ok=True)
        if sys.platform == "win32":
            return _copy_program(folder / f"{PROGRAM}.exe")
        path = folder / PROGRAM
        # -P: the folder where docker is called may have modules of any name
        script = f'#!/bin/sh\nexec {shlex.quote(sys.executable)} -P -m inspector.cli.docker_plugin "$@"\n'
        write_atomically(path, script.encode())
        path.chmod(0o755)
    except OSError as error:
        raise write_failed(folder, error) from None
    return path


def _copy_program(path: Path) -> Path:
    """docker on Windows starts nothing but an .exe; pip made one for this entry point. Raises WriteFailed, OSError."""
    program = shutil.which(PROGRAM, path=os.pathsep.join([str(Path(sys.executable).parent), os.environ["PATH"]]))
    if program is None:
        raise WriteFailed(f"{PROGRAM}.exe, which comes with leaninspect, is not found", "install leaninspect by pip")
    shutil.copyfile(program, path)
    return path


def _own(arguments: Sequence[str]) -> list[str]:
    """What follows the plugin's name; docker's global options before it are heeded. Raises BadSetting."""
    left = list(arguments)
    while left and left[0] != NAME:
        word = left.pop(0)
        option, assigned, value = word.partition("=")
        if word[:2] in SHORT and len(word) > len("-H"):
            _heed(word[:2], word[2:].removeprefix("="))
        elif option in SWITCHES:
            # docker has no variable for TLS that trusts everybody: this one asks for more
            if value != "false":
                os.environ["DOCKER_TLS_VERIFY"] = "1"
        elif option in (*VARIABLES, *CERTIFICATES, *IGNORED):
            _heed(option, value if assigned else left.pop(0) if left else "")
    return left[1:]


def _heed(option: str, value: str) -> None:
    """Set the variable for a global option. Raises BadSetting for certificates that no variable can name."""
    if option in VARIABLES:
        os.environ[VARIABLES[option]] = value
        if VARIABLES[option] == "DOCKER_CONTEXT":
            with suppress(KeyError):
                del os.environ["DOCKER_HOST"]  # which would go before it
    elif option in CERTIFICATES:
        folder, name = Path(value).parent, Path(value).name
        if name != CERTIFICATES[option]:
            raise BadSetting(f"{option} {value} must be called {CERTIFICATES[option]}", "or set DOCKER_CERT_PATH")
        os.environ["DOCKER_CERT_PATH"] = str(folder)


if __name__ == "__main__":
    run()
