"""What `make install` runs: an environment is made what a lock says; Python's own library is all there is yet.

By uv, which is itself installed from the lock first, by pip and against its hashes; by pip alone, which takes several
times as long, where uv can't be had. Where packages come from is pip's configuration on this machine, for both. Nothing
is compiled ahead, since most of what is installed is never imported, unless Python is told to keep no bytecode
(PYTHONDONTWRITEBYTECODE, as in many containers): then every process would compile what it imports. Not here: when to
install (the Makefile: when the lock is another one), what is installed (the lock).
"""

import ast
import os
import re
import shutil
import subprocess
import sys
import tempfile
import time
import venv
from collections.abc import Mapping, Sequence
from pathlib import Path

PYTHON_VERSIONS = ((3, 11), (3, 12), (3, 13))
SECONDS_BETWEEN_WORDS = 5
UNUSABLE = 2
# A copy of the lock an environment holds; the Makefile compares it.
INSTALLED = ".installed.lock"
PIP = ["-m", "pip", "--disable-pip-version-check", "--no-input"]
# What uv calls what pip's configuration says.
CALLED_BY_UV = {
    "index-url": "UV_DEFAULT_INDEX",
    "extra-index-url": "UV_INDEX",
    "find-links": "UV_FIND_LINKS",
    "no-index": "UV_NO_INDEX",
    "trusted-host": "UV_INSECURE_HOST",
    "cert": "SSL_CERT_FILE",
}


class InstallationError(RuntimeError):
    """Something can't be installed; the message is the installer's own."""


def main(folder: Path, lock: Path) -> None:
    """Install a lock into an environment, and note in it which lock it holds.

    Args:
        folder: the environment; made if there is none that works.
        lock: names, versions and hashes.

    Raises:
        InstallationError: neither uv nor pip can; says why.
    """
    print(f"Installing {lock} into {folder} (once) ...", flush=True)
    began = time.monotonic()
    python = folder / "bin" / "python"
    if not _works(python):
        venv.create(folder, clear=True, with_pip=True)
    try:
        _install_by_uv(python, lock)
    except InstallationError as why:
        print(f"  uv can't be used here ({_last_line(why)}): pip installs instead, which takes longer.", flush=True)
        compiling = "--compile" if sys.dont_write_bytecode else "--no-compile"
        _run([python, *PIP, "install", "--quiet", compiling, "--require-hashes", "-r", lock])
    shutil.copyfile(lock, folder / INSTALLED)
    print(f"  Installed in {time.monotonic() - began:.0f} s.", flush=True)


def _works(python: Path) -> bool:
    try:
        asked = [python, *PIP, "--version"]
        return subprocess.run(asked, capture_output=True, check=False).returncode == 0  # noqa: S603 (the new environment's)
    except OSError:
        return False


def _install_by_uv(python: Path, lock: Path) -> None:
    with tempfile.TemporaryDirectory() as scratch:
        of_uv = Path(scratch) / "uv.lock"
        of_uv.write_text(lines_of("uv", lock.read_text(encoding="utf-8")), encoding="utf-8")
        # A wheel or nothing: built from its source it would take longer than all the rest by pip.
        _run([python, *PIP, "install", "--quiet", "--only-binary=:all:", "--require-hashes", "-r", of_uv])
    configured = subprocess.run(  # noqa: S603 (the new environment's pip)
        [python, *PIP, "config", "list"], capture_output=True, text=True, check=False
    ).stdout
    sync = [python.with_name("uv"), "pip", "sync", "--quiet", "--require-hashes"]
    compiling = ["--compile-bytecode"] if sys.dont_write_bytecode else []
    _run([*sync, *compiling, "--python", python, lock], {**uv_environment(configured), **os.environ})


def lines_of(package: str, lock: str) -> str:
    """Pick one package's lines from a lock: its name and version, and its hashes.

    Raises:
        InstallationError: the lock doesn't name it.
    """
    found = re.search(rf"^{package}==.*(?:\n +.*)*\n", lock, flags=re.MULTILINE)
    if not found:
        raise InstallationError(f"the lock doesn't name {package}")
    return found[0]


def uv_environment(configured: str) -> dict[str, str]:
    """Say to uv, in its environment variables, what pip is configured to.

    Args:
        configured: what `pip config list` prints, `global.index-url='...'` a line, in the order of its files.
    """
    values: dict[str, list[str]] = {}
    for scope in ("global.", "install.", ":env:."):
        for line in configured.splitlines():
            name, _, value = line.removeprefix(scope).partition("=")
            if line.startswith(scope) and name in CALLED_BY_UV:
                values[name] = ast.literal_eval(value).split()
    # pip goes on where a folder of packages isn't there.
    if "find-links" in values:
        values["find-links"] = [place for place in values["find-links"] if "://" in place or Path(place).is_dir()]
    given = {
        CALLED_BY_UV[name]: (",".join if name == "find-links" else " ".join)(words) for name, words in values.items()
    }
    # As pip: the system's certificates, and any of the indexes may have the one version whose hash is named.
    return {"UV_SYSTEM_CERTS": "true", "UV_INDEX_STRATEGY": "unsafe-best-match", **given}


def _run(command: Sequence[str | Path], environment: Mapping[str, str] | None = None) -> None:
    """Run an installer to its end, saying now and then that it works still.

    Raises:
        InstallationError: it failed.
    """
    began = time.monotonic()
    with tempfile.TemporaryFile("w+", encoding="utf-8", errors="replace") as said:
        try:
            process = subprocess.Popen(  # noqa: S603 (pip, uv and venv)
                command, env=environment, stdin=subprocess.DEVNULL, stdout=said, stderr=said
            )
        except OSError as error:
            raise InstallationError(str(error)) from error
        while True:
            try:
                failed = process.wait(SECONDS_BETWEEN_WORDS)
                break
            except subprocess.TimeoutExpired:
                print(f"  {Path(command[0]).name} ... {time.monotonic() - began:.0f} s", flush=True)
        if failed:
            said.seek(0)
            raise InstallationError(said.read().strip())


def _last_line(why: Exception) -> str:
    return (str(why).splitlines() or ["it says nothing"])[-1].strip()


if __name__ == "__main__":
    if sys.version_info[:2] not in PYTHON_VERSIONS:
        print("Python 3.11, 3.12 or 3.13 is needed; {} is {}.{}.".format(sys.executable, *sys.version_info[:2]))
        sys.exit(UNUSABLE)
    try:
        main(Path(sys.argv[1]), Path(sys.argv[2]))
    except InstallationError as why:
        sys.exit(f"{why}\nIt can't be installed; run the same command again when that is fixed.")
    except KeyboardInterrupt:
        sys.exit("Interrupted; the same command goes on.")
