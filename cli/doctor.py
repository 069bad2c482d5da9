"""The command `duebook doctor`: what of a home is sound, and what to do about the rest.

Here: how it reads. Not here: what is looked at (duebook/doctor).
"""

from cli.arguments import AsJson, print_json, takes_settings, teller
from cli.exit_codes import CommandError, ExitCode
from duebook.doctor.examination import NoHomeError, examine
from duebook.doctor.findings import Part, State
from duebook.settings import Settings


@takes_settings("home", "landing")
def run(settings: Settings, as_json: AsJson = False) -> ExitCode:
    """Landed files are compared with the hashes they were loaded by, all databases are read, the publication is
    compared with its record, and its figures have to add up; rights, leftovers and room are looked at, too. Nothing is
    written, and no refresh is kept waiting: what one is writing isn't looked at.
    """
    tell = teller(as_json)
    try:
        examined = examine(settings)
    except NoHomeError as nothing:
        raise CommandError(nothing) from None
    tell(f"Home: {settings.home}")
    parts = []
    for part in examined:
        parts.append(part)
        for line in lines(part):
            tell(line)
    is_sound = all(part.state != State.WRONG for part in parts)
    tell("All that was looked at is sound." if is_sound else "Something is wrong: the lines above say what to do.")
    if as_json:
        print_json({"home": settings.home, "is_sound": is_sound, "parts": list(map(as_document, parts))})
    return ExitCode.DONE if is_sound else ExitCode.FAILED


def lines(part: Part) -> list[str]:
    """Say how a part is: a line for it, and two for each finding.

    Args:
        part: what was looked at.
    """
    told = [f"  {part.state:<13} {part.name}: {part.looked_at}"]
    for finding in part.findings:
        told += [f"      {'wrong' if finding.is_wrong else 'note'}: {finding.said}", f"        {finding.to_do}"]
    return told


def as_document(part: Part) -> dict[str, object]:
    """Return a part as a program reads it.

    Args:
        part: what was looked at.
    """
    findings = [
        {"is_wrong": finding.is_wrong, "said": finding.said, "to_do": finding.to_do} for finding in part.findings
    ]
    return {"name": part.name, "state": str(part.state), "looked_at": part.looked_at, "findings": findings}
