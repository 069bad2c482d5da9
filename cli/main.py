"""The command `duebook`: which commands there are, where each stands, and how an error ends one.

Here: what all commands share. Not here: what any of them does or takes. A command's module is imported when the command
is called, or asked for its options: a list of commands takes no seconds.
"""

import inspect
import sys
from importlib import import_module
from typing import Any

import typer
from typer.core import TyperCommand, TyperGroup

from cli.exit_codes import CommandError, ExitCode
from duebook.spelling import did_you_mean
from duebook.telemetry import switch_telemetry_off

# By name: the function, and what it does; the function's own description says more.
COMMANDS = {
    "refresh": ("cli.refresh.command:run", "Load, build, check and publish; without LANDING, the sample."),
    "check-landing": ("cli.check_landing:run", "List all that is wrong with a landing, without loading it."),
    "quarantine": ("cli.quarantine:run", "List the rows held back, and write those to correct."),
    "erase": ("cli.erase:run", "Take out what names a person; figures stay."),
    "subject": ("cli.subject:run", "Write all that is held of one person into a file."),
    "land": ("cli.adapters:run_land", "Write what is new in a source as files of the landing."),
    "try": ("cli.adapters:run_try", "See the KPIs of a source, in a throw-away home."),
    "adapter-check": ("cli.adapters:run_check", "Say all of a source, but write nothing."),
    "adapter-guess": ("cli.adapters:run_guess", "Propose a mapping for a list."),
    "adapter": ("cli.adapters:run_new", "Make the folder of a new adapter from the template."),
    "explain": ("cli.explain:run", "Say how a published figure came about."),
    "statement": ("cli.statement:run", "Write a customer's statement of account, or those of a segment."),
    "dashboard": ("cli.dashboard:run", "Build the dashboard of what is published, and serve it."),
    "metrics": ("cli.metrics:run", "List the metrics of what is published, or ask for some."),
    "docs": ("cli.docs:run", "Write the catalogue's pages and dbt's documentation."),
    "dev": ("cli.dev:run", "Open Dagster's UI with its schedule and sensors."),
    "publish": ("cli.publish:run", "Publish again what the warehouse holds, without a build."),
    "backup": ("cli.backup:run_backup", "Copy what can't be made again of a home."),
    "restore": ("cli.backup:run_restore", "Put a backup into a home that is empty or not there."),
    "encrypt": ("cli.encrypt:run", "Encrypt a home's private databases, or change their key."),
    "doctor": ("cli.doctor:run", "Say what of a home is sound, and what to do about the rest."),
    "sbom": ("cli.supply_chain:run_sbom", "Write the SBOM: every package of the locks."),
    "audit": ("cli.supply_chain:run_audit", "Look for known vulnerabilities of the locks' versions."),
    "bench": ("cli.bench:run", "Measure refreshes beside other ways to the same figures."),
}
EXIT_CODES = "\b\nExit codes:\n" + "\n".join(f"{code.value:5}  {code.meaning}" for code in ExitCode)
PLAIN = {"rich_markup_mode": None, "pretty_exceptions_enable": False}
# Also of commands: they take it from here.
HELP = {"help_option_names": ["-h", "--help"]}


class _Spelling:
    """Answers a misspelt option with the one meant."""

    def parse_args(self, ctx: typer.Context, args: list[str]) -> list[str]:
        try:
            return super().parse_args(ctx, args)
        except Exception as error:
            # Typer's error of an unknown option, which isn't public.
            if alike := getattr(error, "possibilities", None):
                error.message, error.possibilities = f"{error.message}: {did_you_mean(alike[0])}", None
            raise


class _Command(_Spelling, TyperCommand):
    """One command."""


class _Commands(_Spelling, TyperGroup):
    """All commands: listed from `COMMANDS`, imported when needed."""

    def resolve_command(self, ctx: typer.Context, args: list[str]) -> tuple[str | None, TyperCommand | None, list[str]]:
        """Find the command that is called, or whose words a shell completes."""
        name, listed, further = super().resolve_command(ctx, args)
        return name, listed and _loaded(name), further

    def invoke(self, ctx: typer.Context) -> Any:
        """Run the command; what ends it early is said on standard error."""
        try:
            code = super().invoke(ctx) or ExitCode.DONE
        except CommandError as error:
            print(error, file=sys.stderr)
            code = error.code
        except (KeyboardInterrupt, RuntimeError) as ended:
            # DuckDB makes an error of its own of an interrupt while it runs a query.
            if not isinstance(ended, KeyboardInterrupt) and not isinstance(ended.__cause__, KeyboardInterrupt):
                raise
            print("Interrupted.", file=sys.stderr)
            code = ExitCode.INTERRUPTED
        ctx.exit(code)


app = typer.Typer(
    name="duebook",
    cls=_Commands,
    help="The open warehouse for credit and collections. `duebook <command> --help` says what a command takes.",
    epilog=EXIT_CODES,
    no_args_is_help=True,
    context_settings=HELP,
    **PLAIN,
)


@app.callback()
def before_any_command() -> None:
    """Switch off what the tools would tell their makers."""
    switch_telemetry_off()


def _loaded(name: str) -> TyperCommand:
    place, does = COMMANDS[name]
    module, _, function = place.partition(":")
    command = getattr(import_module(module), function)
    alone = typer.Typer(add_completion=False, **PLAIN)
    settings = getattr(command, "context_settings", None)
    alone.command(name, cls=_Command, help=f"{does}\n\n{inspect.getdoc(command)}", context_settings=settings)(command)
    return typer.main.get_command(alone)


for _name, (_, _does) in COMMANDS.items():
    app.command(_name, help=_does)(lambda: None)
