"""Our themes. Widgets use theme variables only, so every theme of Textual works too."""

from __future__ import annotations

from textual.theme import Theme

DARK = Theme(
    name="lean-dark",
    primary="#7aa2d6",
    secondary="#8f9bb3",
    accent="#e0b36a",
    success="#8fbf7f",
    warning="#e0b36a",
    error="#ee8b7e",
    foreground="#d5d9e0",
    background="#14171c",
    surface="#1b1f26",
    panel="#262c36",
    dark=True,
    variables={
        "block-cursor-background": "#28364a",
        "block-cursor-foreground": "#f2f4f8",
        "block-cursor-blurred-background": "#20262f",
        "footer-key-foreground": "#e0b36a",
        "footer-background": "#14171c",
        "footer-description-foreground": "#8a93a3",
    },
)

LIGHT = Theme(
    name="lean-light",
    primary="#2f6db5",
    secondary="#5b6675",
    accent="#8a5000",
    success="#236b27",
    warning="#8a5000",
    error="#b02a1e",
    foreground="#22262c",
    background="#fbfaf7",
    surface="#f3f1ec",
    panel="#e6e3dc",
    dark=False,
    variables={
        "block-cursor-background": "#d6e4f5",
        "block-cursor-foreground": "#11151a",
        "block-cursor-blurred-background": "#eceae4",
        "footer-key-foreground": "#8a5000",
        "footer-background": "#fbfaf7",
        "footer-description-foreground": "#5b6675",
    },
)

CONTRAST = Theme(
    name="lean-contrast",
    primary="#6fc3ff",
    secondary="#ffffff",
    accent="#ffd75f",
    success="#5fff87",
    warning="#ffd75f",
    error="#ff8787",
    foreground="#ffffff",
    background="#000000",
    surface="#000000",
    panel="#303030",
    dark=True,
    variables={
        "block-cursor-background": "#003a75",
        "block-cursor-foreground": "#ffffff",
        "block-cursor-blurred-background": "#3a3a3a",
        "footer-key-foreground": "#ffd75f",
        "footer-background": "#000000",
        "footer-description-foreground": "#ffffff",
    },
)

OURS = (DARK, LIGHT, CONTRAST)


def following(name: str) -> str:
    """The next one of our themes; after any other theme the dark one."""
    names = [theme.name for theme in OURS]
    return names[(names.index(name) + 1) % len(names)] if name in names else DARK.name
