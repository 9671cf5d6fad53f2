"""`python -m inspector` is `leaninspect`."""

from inspector.cli.main import run

if __name__ == "__main__":
    run()
