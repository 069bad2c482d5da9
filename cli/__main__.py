"""`python -m cli`: the command `duebook` where it isn't installed."""

from cli.main import app

if __name__ == "__main__":
    app(prog_name="duebook")
