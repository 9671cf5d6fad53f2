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
    error="#e2796b",
    foreground="#d5d9e0",
    background="#14171c",
    surface="#1b1f26",
    panel="#262c36",
    dark=True,
    variables={
        "block-cursor-background": "#2b3a50",
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
    accent="#9a5b00",
    success="#2f7d32",
    warning="#9a5b00",
    error="#c0392b",
    foreground="#22262c",
    background="#fbfaf7",
    surface="#f3f1ec",
    panel="#e6e3dc",
    dark=False,
    variables={
        "block-cursor-background": "#d6e4f5",
        "block-cursor-foreground": "#11151a",
        "block-cursor-blurred-background": "#eceae4",
        "footer-key-foreground": "#9a5b00",
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
        "block-cursor-background": "#ffffff",
        "block-cursor-foreground": "#000000",
        "block-cursor-blurred-background": "#4a4a4a",
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
