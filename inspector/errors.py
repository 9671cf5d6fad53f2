"""The exception tree: every error a person can cause or meet carries one clear line and a hint."""

from __future__ import annotations


class InspectorError(Exception):
    """The input or the environment is wrong; the command line prints it and exits with 2.

    `message` says what is wrong in one line, `hint` what to do about it (may be empty).
    """

    def __init__(self, message: str, hint: str = "") -> None:
        super().__init__(message)
        self.message = message
        self.hint = hint


class BadReference(InspectorError):
    """What the user typed names no image in a form we know."""


class BadSetting(InspectorError):
    """A setting means nothing: an option's value, a variable of the environment, a configuration file."""


class CannotServe(InspectorError):
    """The UI cannot be served to browsers: what that needs is not installed, or the port is taken."""


class WriteFailed(InspectorError):
    """A file cannot be written: no such folder, no permission, no room."""


class UnknownRule(InspectorError):
    """No rule has the id that was asked for."""


class SourceUnavailable(InspectorError):
    """The place an image should come from cannot be reached: no engine, no permission, no network."""


class ImageNotFound(InspectorError):
    """The place was reached and has no such image, tag or platform."""


class BadReport(InspectorError):
    """A saved report cannot be read, is none, or contradicts itself."""


class NoSuchPath(InspectorError):
    """The image was read, and at that path there is nothing, or something else than what was asked for."""


class BadImage(InspectorError):
    """A manifest, index, config or archive does not hold what its format promises."""


class BadDockerfile(InspectorError):
    """A Dockerfile cannot be read as one; the message begins with path:line."""


class NoDockerfile(InspectorError):
    """Lines of a Dockerfile are to be written, and none of the image is known."""


class BadLayer(InspectorError):
    """A layer cannot be read to its end: truncated, corrupt, or not what its digest says."""

    def of_layer(self, index: int) -> BadLayer:
        """The same error, told of this layer; what already names a layer stays as it is."""
        if self.message.startswith("layer "):
            return self
        return BadLayer(f"layer {index}: {self.message}", self.hint)


class Cancelled(InspectorError):
    """The person asked to stop."""

    def __init__(self) -> None:
        super().__init__("cancelled")
