"""The terminal UI. Textual is imported only by the modules below, when `app.run` is asked for: it costs 0.2 s."""
