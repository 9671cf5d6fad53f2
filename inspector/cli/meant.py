"""What was meant by a command line that cannot be understood: each mistake is answered with the line to write.

The commands and options are those of click's own tree, so that a new one is known here without a word.
"""

from __future__ import annotations

import shlex
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import NamedTuple

import click

ALIKE = 0.66
"""How alike two words must be (difflib's ratio): `cta` is `cat`, `plna` is `plan`, and `node` is not `demo`."""

SYNONYMS = {
    "analyse": "inspect",
    "analyze": "inspect",
    "copy": "cp",
    "diff": "compare",
    "extract": "cp",
    "find": "which",
    "history": "inspect",
    "optimize": "plan",
    "scan": "inspect",
    "show": "inspect",
    "slim": "plan",
    "web": "serve",
}
"""Words of other tools, and the command that does it here."""

PLACES = ("docker", "podman", "containerd", "registry")
"""Schemes that are easily written as a word of their own."""

WORDS = "inspector.words"
"""Key of click's `Context.meta`: the command line as it was written, before `inspect` was put in front of an image."""


class Answer(NamedTuple):
    """What is wrong, and what to write instead."""

    message: str
    hint: str


class Misunderstood(click.UsageError):
    """A usage error that knows what was meant."""

    def __init__(self, answer: Answer, ctx: click.Context) -> None:
        super().__init__(answer.message, ctx)
        self.hint = answer.hint


def answer(error: click.ClickException) -> Answer:
    """What to say about an error of click's."""
    if isinstance(error, Misunderstood):
        return Answer(error.message, error.hint)
    ctx = error.ctx if isinstance(error, click.UsageError) else None
    if ctx is None:
        return Answer(error.format_message(), "leaninspect --help shows the commands and options")
    if isinstance(error, click.NoSuchOption):
        return _option_answer(error.message, error.option_name, ctx)
    if isinstance(error, click.BadOptionUsage):
        return Answer(error.format_message(), _usage_hint(error.option_name, ctx))
    if isinstance(error, click.MissingParameter):
        return Answer(" ".join(error.format_message().split()), _missing_hint(ctx))
    if isinstance(ctx.command, click.Group) and ctx.parent is not None:
        return Answer(error.message, f"write {_choices(ctx.command, ctx)}")
    return Answer(error.format_message(), f"{ctx.command_path} --help shows what it takes")


def too_many(ctx: click.Context, extra: Sequence[str]) -> Misunderstood:
    """The error for words that a command has no place for."""
    root = ctx.find_root()
    if ctx.command.name == "inspect":
        return Misunderstood(_image_and(ctx.params["image"], extra, ctx), ctx)
    if ctx.command.name == "cp" and extra[0] and ctx.params["dest"].startswith("/"):
        source = f"{ctx.params['source']}:{ctx.params['dest']}"
        return Misunderstood(Answer("cp takes an image and a path in one word", _meant("cp", source, *extra)), ctx)
    takes = " ".join(_arguments(ctx))
    told = f"{ctx.command.name} takes {takes}" if takes else f"{ctx.command.name} takes no words"
    return Misunderstood(
        Answer(f"{told}: {' '.join(extra)} is too much", f"{_path(ctx, root)} --help shows what it takes"), ctx
    )


def command_meant(word: str, commands: Mapping[str, click.Command]) -> str | None:
    """The command that a word is most like, None where it is like none."""
    return _nearest(word, commands) or SYNONYMS.get(word)


def not_an_image(word: str, commands: Mapping[str, click.Command]) -> str | None:
    """What else than an image may have been meant by a name that no image has; None where nothing comes to mind."""
    if set(word) & set(":/@"):
        return None
    if word == "version":
        return "leaninspect --version tells the version"
    command = command_meant(word, commands)
    if command is None:
        return None
    wanted = _arguments(click.Context(commands[command]))
    return f"did you mean: {' '.join(['leaninspect', command, *wanted])}"


def _image_and(image: str, extra: Sequence[str], ctx: click.Context) -> Answer:
    """An image, or what stands for one, and more words."""
    root = ctx.find_root()
    commands, words = _commands(root), _words(root)
    is_implied = words[:1] != ["inspect"]
    meant = command_meant(image, commands) if is_implied else None
    if meant is not None:
        return Answer(f"there is no command {image}", _meant(meant, *_without(words, image)))
    if is_implied and image in PLACES:
        return Answer(f"{image} stands before the name, with a colon", _meant(f"{image}:{extra[0]}", *extra[1:]))
    if extra[0] in commands:
        return Answer("the command comes before the image", _meant(extra[0], *_without(words, extra[0])))
    if ":/" in image:
        return Answer(f"{image} is a path in an image, and {extra[0]} a place for it", _meant("cp", image, *extra))
    if extra[0].startswith("/"):
        path = shlex.join([image, extra[0]])
        return Answer(
            f"{extra[0]} is a path, and no command says what to do with it",
            f"leaninspect cat {path} prints that file, leaninspect which {path} tells its history",
        )
    named = f"{', '.join([image, *extra[:-1]])} and {extra[-1]}"
    return Answer(f"{named} are {len(extra) + 1} images, and one is inspected", _meant("compare", image, extra[0]))


def _option_answer(message: str, option: str, ctx: click.Context) -> Answer:
    """About an option that this command has not: another has it, it stands too early, or it is misspelt."""
    root = ctx.find_root()
    commands, words = _commands(root), _words(root)
    if ctx is root:
        command = next((word for word in words if word in commands), None)
        if command is not None and option in _options(commands[command], ctx):
            return Answer(f"{option} is an option of the command", _meant(command, *_without(words, command)))
        if command is None and option in _options(commands["inspect"], ctx):
            return Answer(f"{option} is about an image", f"write leaninspect IMAGE {' '.join(words)}")
    elif words[0] not in commands:
        meant = command_meant(words[0], commands)
        if meant is not None and option in _options(commands[meant], ctx):
            return Answer(f"there is no command {words[0]}", _meant(meant, *words[1:]))
    owners = [name for name, command in commands.items() if option in _options(command, ctx) and option.strip("-")]
    if owners and ctx is not root:
        whose = " and ".join(filter(None, (", ".join(owners[:-1]), owners[-1])))
        rest = words[1:] if words[:1] == [ctx.command.name] else words
        hint = _meant(owners[0], *rest) if len(owners) == 1 else f"leaninspect {owners[0]} --help shows how"
        return Answer(
            f"{_path(ctx, root)} has no option {option}, but {whose} {'has' if len(owners) == 1 else 'have'}", hint
        )
    known = [*_options(ctx.command, ctx), *(_options(commands["inspect"], ctx) if ctx is root else ())]
    names = {each.lstrip("-"): each for each in known}
    if near := _nearest(option.lstrip("-"), names):
        return Answer(message, f"did you mean {names[near]}?")
    return Answer(message, f"{_path(ctx, root)} --help shows the options")


def _usage_hint(option: str, ctx: click.Context) -> str:
    """How an option is written, and what it means."""
    records = (each.get_help_record(ctx) for each in ctx.command.params if option in each.opts)
    written, meaning = next(filter(None, records), ("", ""))
    return f"{written}: {meaning}" if written else f"{ctx.command_path} --help shows the options"


def _missing_hint(ctx: click.Context) -> str:
    """How the command is written whole; with what was given where only the form is wrong."""
    image, slash, path = str(ctx.params.get("image") or "").rpartition(":/")
    if ctx.command.name in ("cat", "which") and slash:
        return _meant(str(ctx.command.name), image, f"/{path}")
    return f"write {' '.join([ctx.command_path, *_arguments(ctx)])}"


def _nearest(word: str, known: Iterable[str]) -> str | None:
    from difflib import get_close_matches  # only mistakes have the time for it

    return next(iter(get_close_matches(word, known, n=1, cutoff=ALIKE)), None)


def _arguments(ctx: click.Context) -> list[str]:
    """What a command takes, as its usage line names it."""
    return [piece for piece in ctx.command.collect_usage_pieces(ctx) if piece != ctx.command.options_metavar]


def _choices(group: click.Group, ctx: click.Context) -> str:
    return " or ".join(f"{ctx.command_path} {name}" for name in group.commands)


def _without(words: Sequence[str], word: str) -> list[str]:
    """The words but for the first of these: an image may be called as a command is."""
    at = words.index(word)
    return [*words[:at], *words[at + 1 :]]


def _meant(*words: str) -> str:
    return f"did you mean: leaninspect {shlex.join(words)}"


def _path(ctx: click.Context, root: click.Context) -> str:
    return "leaninspect" if ctx is root else ctx.command_path


def _words(root: click.Context) -> list[str]:
    return list(root.meta.get(WORDS, ()))


def _commands(root: click.Context) -> Mapping[str, click.Command]:
    return root.command.commands if isinstance(root.command, click.Group) else {}


def _options(command: click.Command, ctx: click.Context) -> Iterator[str]:
    for param in command.get_params(ctx):
        if isinstance(param, click.Option):
            yield from param.opts
