"""`leaninspect cp IMAGE:PATH DEST`."""

from __future__ import annotations

from typing import Any

import click

from inspector.cli import completers, options
from inspector.cli.help import Command
from inspector.cli.options import Job

EXAMPLES = (
    ("leaninspect cp app:1:/etc/nginx ./nginx", "a folder"),
    ("leaninspect cp app:1:/app/. .", "what is in a folder"),
    ("leaninspect cp app:1:/etc/passwd . --layer 0", "as it was after the first layer"),
)


@click.command(cls=Command, short_help="copy files and folders out of IMAGE", examples=EXAMPLES)
@click.argument("source", metavar="IMAGE:PATH", shell_complete=completers.path_in_image)
@click.argument("dest", shell_complete=completers.file)
@options.layer
@click.option("-L", "--follow-link", is_flag=True, help="Copy what PATH leads to when it is a symlink.")
@click.option("-f", "--force", is_flag=True, help="Overwrite what is in the way without asking.")
@options.reading
@options.debug
def cp(source: str, dest: str, layer: int | None, follow_link: bool, force: bool, **given: Any) -> Job:
    """Copy a file or folder out of an image: into DEST where that is a folder, else to DEST.

    PATH begins with a slash; as in docker cp, one that ends in /. means what is in the folder. Nothing is written
    outside DEST: devices and symlinks that lead out are left out, and told.
    """
    image, slash, path = source.rpartition(":/")
    if not slash:
        raise click.UsageError(f"{source} names no path in an image: write IMAGE:/PATH")
    if dest == "-":
        raise click.UsageError("cp writes files and folders; `leaninspect cat IMAGE PATH` writes to stdout")

    def job() -> int:
        from inspector.cli.copying import copy_out
        from inspector.cli.images import asked_image

        return copy_out(asked_image(image, given), path, dest, layer, follow_link=follow_link, force=force)

    return job
