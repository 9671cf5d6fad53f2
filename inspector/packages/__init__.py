"""Package databases read from captured files; no package manager is run."""
