"""The same UI in a browser, by textual-serve: a process of ours for every page that is opened.

Only this machine can reach it, and only pages that it served itself: whoever drives the UI may write files with it, so
requests from other web sites (by their Origin, or by a name of theirs that leads here) are refused.
"""

from __future__ import annotations

import logging
import shlex
import sys
from collections.abc import Awaitable, Callable, Mapping, Sequence
from typing import Any

from inspector.errors import CannotServe

HOST = "127.0.0.1"


def inspect_arguments(image: str, options: Mapping[str, str | bool | tuple[str, ...] | None]) -> list[str]:
    """The arguments of `inspect` for these options, by click's names: `no_cache` is the flag --no-cache."""
    arguments = ["inspect"]
    for name, value in options.items():
        option = f"--{name.replace('_', '-')}"
        if value is True:
            arguments.append(option)
        elif value:
            arguments += [f"{option}={each}" for each in ([value] if isinstance(value, str) else value)]
    return [*arguments, "--", image]


def serve(arguments: Sequence[str], title: str, port: int) -> None:
    """Serve `leaninspect ARGUMENTS` until interrupted. Raises CannotServe without textual-serve, or when the port
    is taken."""
    try:
        from aiohttp import web
        from textual_serve.server import Server
    except ImportError:
        raise CannotServe("textual-serve is not installed", "pip install 'leaninspect[serve]'") from None

    names = {f"{HOST}:{port}", f"localhost:{port}"}

    @web.middleware
    async def only_ours(request: Any, handler: Callable[[Any], Awaitable[Any]]) -> Any:
        origin = request.headers.get("Origin")
        if request.host not in names or (origin is not None and origin.removeprefix("http://") not in names):
            raise web.HTTPForbidden(text="only pages of this server may use it")
        return await handler(request)

    class OwnServer(Server):
        """textual-serve's, which refuses strangers and prints one line."""

        async def _make_app(self) -> Any:
            app = await super()._make_app()
            app.middlewares.append(only_ours)
            return app

        def initialize_logging(self) -> None:
            logging.basicConfig(level=logging.WARNING, format="%(message)s")

        async def on_startup(self, app: Any) -> None:  # noqa: ARG002
            self.console.print(f"{title} on {self.public_url}   Ctrl-C ends it", highlight=False, markup=False)

    command = shlex.join([sys.executable, "-m", "inspector", *arguments])
    try:
        OwnServer(command, host=HOST, port=port, title=f"leaninspect {title}").serve()
    except OSError as error:
        reason = (error.strerror or str(error)).lower()
        raise CannotServe(f"cannot serve on port {port}: {reason}", "choose another with --port") from None
