"""`leaninspect cache info|clear`."""

from __future__ import annotations

import click

from inspector.cli.console import FINE, write_out
from inspector.cli.help import Command
from inspector.cli.options import Job


@click.group(short_help="what is remembered of layers read before", no_args_is_help=False)
def cache() -> None:
    """What is remembered of layers read before, so that a second look transfers nothing.

    \b
    LEANINSPECT_CACHE_DIR   its folder, in place of the system's folder for caches
    LEANINSPECT_CACHE_MAX   its largest size, such as 500MB or 2GiB (1GiB if unset); 0 turns it off
    """


@cache.command(cls=Command)
def info() -> Job:
    """Where the cache is and how much is in it."""

    def job() -> int:
        from inspector.layers.cache.scans import user_store
        from inspector.sizes import human

        store = user_store()
        usage = store.usage()
        limit = human(store.limit) if store.limit else "off"
        write_out(f"folder  {store.folder}\nfiles   {usage.files}\nsize    {human(usage.bytes)}\nlimit   {limit}\n")
        return FINE

    return job


@cache.command(cls=Command)
def clear() -> Job:
    """Forget everything."""

    def job() -> int:
        from inspector.layers.cache.scans import user_store
        from inspector.sizes import counted, human

        removed = user_store().clear()
        write_out(f"removed {counted(removed.files, 'file')}, {human(removed.bytes)}\n")
        return FINE

    return job
