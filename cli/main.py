"""The command `duebook`: which commands there are, and where each stands. Not here: what any of them does or takes.

Each command reads its own words, and imports what it needs when it is called: a list of commands takes no seconds.
"""

from importlib import import_module

import typer

from duebook.telemetry import switch_telemetry_off

# By name: where it is, and what it does.
COMMANDS = {
    "refresh": (
        "cli.refresh.command:main",
        "Load, build, check and publish; without a landing, the sample.",
    ),
    "check-landing": (
        "cli.check_landing:main",
        "List all that is wrong with a landing, without loading it.",
    ),
    "explain": ("cli.explain:main", "Say how a published figure came about."),
    "dashboard": ("cli.dashboard:main", "Build the dashboard of what is published and serve it on this machine."),
    "metrics": ("cli.metrics:main", "List the metrics of what is published, or ask for some."),
    "docs": ("cli.docs:main", "Write the catalogue: marts, KPIs, raw contract, entities, and dbt's documentation."),
    "dev": ("cli.dev:main", "Open Dagster's UI with its schedule and sensors."),
    "backup": ("cli.backup:main_backup", "Copy what can't be made again of a home."),
    "restore": ("cli.backup:main_restore", "Put a backup into a home that is empty or not there."),
}
# A command's words and its `--help` are its own.
AS_GIVEN = {"allow_extra_args": True, "ignore_unknown_options": True, "help_option_names": []}

app = typer.Typer(
    name="duebook",
    help="The open warehouse for credit and collections. `duebook <command> --help` says what a command takes.",
    no_args_is_help=True,
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
)


@app.callback()
def before_any_command() -> None:
    """Switch off what the tools would tell their makers."""
    switch_telemetry_off()


def _add(name: str, place: str, does: str) -> None:
    @app.command(name, help=does, context_settings=AS_GIVEN)
    def run(context: typer.Context) -> None:
        module, function = place.split(":")
        raise typer.Exit(getattr(import_module(module), function)(context.args) or 0)


for _name, (_place, _does) in COMMANDS.items():
    _add(_name, _place, _does)
