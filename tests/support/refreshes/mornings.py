"""A home whose landing gets a file or two every morning, and what may go wrong with one of its refreshes.

Here: what lands, each fault, and what it may end with. Not here: which faults come when, and what has to be so at the
end (test_mornings.py).
"""

import random
import resource
import shutil
import signal
import subprocess
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from cli.exit_codes import ExitCode
from duebook.settings import PROJECT_ROOT, SAMPLE_LANDING, SAMPLE_REPORTING_CURRENCY, Settings
from tests.support.landing.files import write_csv
from tests.support.refreshes.running import COMMAND, refresh

OWED = "1000.00"
SIGNALS = (signal.SIGKILL, signal.SIGTERM, signal.SIGINT)
# A refresh of the sample takes half a minute or more: a moment drawn from these falls into any stage.
SECONDS = (0.2, 40)


@dataclass(frozen=True)
class MorningHome:
    """A home, and the landing it is refreshed from.

    Attributes:
        settings: of both.
        customer: who gets the invoices: its company and its id.
    """

    settings: Settings
    customer: tuple[str, str]

    @classmethod
    def copy_of(cls, home: Path, folder: Path, customer: tuple[str, str]) -> "MorningHome":
        """Copy a refreshed home of the sample, and the sample, into a folder."""
        shutil.copytree(home, folder / "home", symlinks=True)
        shutil.copytree(SAMPLE_LANDING, folder / "landing")
        return cls(Settings(home=folder / "home", landing=folder / "landing"), customer)

    def land(self, number: int, day: date) -> None:
        """Land an invoice of a day, and the receipt that pays the one before it."""
        company, customer = self.customer
        of_customer = {"company_id": company, "customer_id": customer, "currency_code": SAMPLE_REPORTING_CURRENCY}
        invoice = {"invoice_id": f"MORNING{number}", "invoice_date": day, "amount": OWED} | of_customer
        self._write("ar/invoices", number, invoice)
        if number > 1:
            receipt = {"receipt_id": f"MORNING{number}", "receipt_date": day, "amount": OWED} | of_customer
            used = {"application_id": f"MORNING{number}", "receipt_id": receipt["receipt_id"], "applied_date": day}
            self._write("payments/receipts", number, receipt)
            self._write("payments/applications", number, used | {"invoice_id": f"MORNING{number - 1}", "amount": OWED})

    def _write(self, table: str, number: int, row: dict[str, object]) -> None:
        write_csv(self.settings.landing / table / f"morning_{number:02}.csv", [row])

    def refresh(self, day: date, *options: str) -> subprocess.CompletedProcess[str]:
        """Refresh to the end."""
        return refresh(self.settings.home, *self.options(day), *options)

    def options(self, day: date) -> list[str]:
        """What a refresh of a day is given."""
        given = {"landing": self.settings.landing, "as-of": day, "reporting-currency": SAMPLE_REPORTING_CURRENCY}
        return [text for name, value in given.items() for text in (f"--{name}", str(value))]


def is_ended(home: MorningHome, day: date, luck: random.Random) -> None:
    """It is killed, terminated or interrupted, at any moment."""
    command = [*COMMAND, "--home", str(home.settings.home), *home.options(day)]
    with subprocess.Popen(command, cwd=PROJECT_ROOT, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) as started:
        try:
            started.wait(luck.uniform(*SECONDS))
        except subprocess.TimeoutExpired:
            started.send_signal(luck.choice(SIGNALS))


def runs_beside_another(home: MorningHome, day: date, luck: random.Random) -> None:
    """Another one begins while it runs: one of the two does the work."""
    command = [*COMMAND, "--home", str(home.settings.home), *home.options(day)]
    with subprocess.Popen(command, cwd=PROJECT_ROOT, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) as started:
        another = home.refresh(day)
    assert sorted([started.returncode, another.returncode]) == [ExitCode.DONE, ExitCode.BUSY], another.stdout


def has_too_little_disk(home: MorningHome, day: date, luck: random.Random) -> None:
    """No file may grow beyond a size: the disk is full for whatever grows."""
    size = luck.choice([2_000, 8_000_000, 12_000_000, 30_000_000])
    done = subprocess.run(
        [*COMMAND, "--home", str(home.settings.home), *home.options(day)],
        cwd=PROJECT_ROOT,
        capture_output=True,
        text=True,
        check=False,
        preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_FSIZE, (size, resource.RLIM_INFINITY)),
    )
    assert done.returncode == ExitCode.FAILED, done.stdout
    assert "Traceback" not in done.stdout + done.stderr


def has_too_little_memory(home: MorningHome, day: date, luck: random.Random) -> None:
    """DuckDB gets too little for a build of everything."""
    done = home.refresh(day, "--full", "1", "--memory-limit", "12MB")
    assert done.returncode == ExitCode.FAILED, done.stdout


def finds_a_file_cut_off(home: MorningHome, day: date, luck: random.Random) -> None:
    """A file of the morning was cut off on its way; it comes again whole."""
    whole = luck.choice(sorted((SAMPLE_LANDING / "payments" / "receipts").iterdir())).read_bytes()
    cut = home.settings.landing / "payments" / "receipts" / "on_its_way.csv.gz"
    cut.write_bytes(whole[: luck.randrange(1, len(whole) - 1)])
    done = home.refresh(day)
    assert done.returncode == ExitCode.FAILED, done.stdout
    assert cut.name in done.stdout + done.stderr
    cut.unlink()


def finds_a_folder_gone(home: MorningHome, day: date, luck: random.Random) -> None:
    """Somebody has tidied up: a folder of the home that can be made again is gone."""
    shutil.rmtree(home.settings.home / luck.choice(["warehouse", "dbt", "logs", "dagster", "published/parquet"]))
    done = home.refresh(day)
    assert done.returncode == ExitCode.DONE, done.stdout


def finds_the_warehouse_cut_short(home: MorningHome, day: date, luck: random.Random) -> None:
    """The warehouse was cut short, as a copy that stopped leaves it."""
    file = home.settings.warehouse_file
    if file.exists():
        content = file.read_bytes()
        file.write_bytes(content[: luck.randrange(len(content))])
    done = home.refresh(day)
    assert done.returncode == ExitCode.DONE, done.stdout


FAULTS: tuple[Callable[[MorningHome, date, random.Random], None], ...] = (
    is_ended,
    runs_beside_another,
    has_too_little_disk,
    has_too_little_memory,
    finds_a_file_cut_off,
    finds_a_folder_gone,
    finds_the_warehouse_cut_short,
)
