"""Which pages there are, what each is written from, and where they go.

The committed pages (docs/) speak of the embedded sample; pages of another landing stand in its home.
"""

import json
import os
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from pathlib import Path

import duckdb

from catalogue.adapters import adapters_page
from catalogue.decisions import decisions_page, read_decisions
from catalogue.entities import entities_page
from catalogue.kpis import kpis_page
from catalogue.licences import licences_page
from catalogue.markdown import page
from catalogue.marts import marts_page
from catalogue.personal_data import personal_data_page
from catalogue.project import Manifest
from catalogue.raw_contract import raw_contract_page
from duebook.contract import read_contract
from duebook.home import take_path_from_others
from duebook.publication.reader import reading
from duebook.reference import home_files
from duebook.settings import DBT_PROJECT_DIR, PROJECT_ROOT, SAMPLE_AS_OF, SAMPLE_LANDING, Settings
from duebook.warehouse.calling_dbt import DBT_EXECUTABLE, tie_dbt_to_this_process
from duebook.warehouse.dbt_arguments import dbt_environment, published_target
from duebook.warehouse.manifest import read_manifest

COMMITTED = PROJECT_ROOT / "docs"
DBT_DOCS = "dbt.html"
KPIS = "kpis.md"
DECISIONS = "decisions/README.md"
ADAPTERS = "adapters.md"
LICENCES = "licences.md"
PERSONAL_DATA = "guide/personal_data.md"


class NotPublishedError(RuntimeError):
    """Pages that need a publication of this project can't be written; the message says why."""


def folder_for(settings: Settings) -> Path:
    """Return the folder of the pages: the checkout for the sample, else the home."""
    return COMMITTED if settings.landing == SAMPLE_LANDING else settings.home / "docs"


def project_pages(manifest: Manifest, folder: Path = COMMITTED) -> dict[str, str]:
    """The pages of a folder that are written from the project alone, by their path in it.

    Decisions, adapters, licences and personal data are about the project and not about a landing: their pages stand in
    the checkout only.
    """
    contract = read_contract()
    pages = {
        "README.md": index_page(folder),
        "marts.md": marts_page(manifest),
        "raw_contract.md": raw_contract_page(contract),
        "entities.md": entities_page(contract),
    }
    if folder == COMMITTED:
        pages[ADAPTERS] = adapters_page(contract)
        pages[LICENCES] = licences_page()
        pages[PERSONAL_DATA] = personal_data_page(contract, manifest)
        pages[DECISIONS] = decisions_page(read_decisions((COMMITTED / DECISIONS).parent))
    return pages


def index_page(folder: Path) -> str:
    """The page of a folder that names the others."""
    pages = {
        "marts.md": "every mart and column that readers may rely on",
        KPIS: "every KPI: formula, source, edge cases, an example in the sample's own numbers",
        "raw_contract.md": "every table and column a source may land",
        "entities.md": "the tables that are landed, and which refers to which",
    }
    if folder == COMMITTED:
        pages[ADAPTERS] = "which source systems and lists can be read, and which KPIs each feeds"
        pages[LICENCES] = "every package that Duebook needs, with its licence"
        pages[PERSONAL_DATA] = "every column that may name a person, where it is kept, and who can read it"
        pages[DECISIONS] = "what was chosen where something else could have been, and why"
    listed = "\n".join(f"- [{name}]({name}): {holds}" for name, holds in pages.items())
    more = f"`make docs` also writes `docs/{DBT_DOCS}` in the home: dbt's own documentation and lineage, as one file."
    return page("Catalogue", "the project", listed, more)


def check_publication(settings: Settings) -> None:
    """Check that there is a publication for the examples; committed pages only take examples from the sample.

    Raises:
        NotPublishedError: there is none, or another day's.
    """
    if not settings.published_file.exists():
        raise NotPublishedError(f"Nothing is published in {settings.home} yet: run `make refresh` first.")
    as_of = json.loads((settings.published_dir / "publication.json").read_text(encoding="utf-8"))["as_of"]
    if folder_for(settings) == COMMITTED and as_of != SAMPLE_AS_OF.isoformat():
        raise NotPublishedError(
            f"{settings.home} publishes {as_of}, and the sample's day is {SAMPLE_AS_OF}: "
            "name a home in which only the sample was refreshed (HOME_DIR=...)."
        )
    if folder_for(settings) == COMMITTED and home_files(settings):
        raise NotPublishedError(
            f"{settings.reference_dir} has reference files, and the committed pages show the checkout's: "
            "name a home without such files (HOME_DIR=...)."
        )


def write(settings: Settings, folder: Path) -> Iterator[Path]:
    """Write every page; yields each file as it is written.

    Raises:
        NotPublishedError: the pages that need no publication are written by then.
        RuntimeError: dbt failed; says what it said.
    """
    manifest = read_manifest()
    _make(folder)
    for name, text in project_pages(manifest, folder).items():
        yield _written(folder / name, text)
    check_publication(settings)
    try:
        with reading(settings.published_file) as published:
            text = kpis_page(manifest, published, settings)
    except (duckdb.BinderException, duckdb.CatalogException) as error:
        reason = str(error).splitlines()[0]
        raise NotPublishedError(
            f"The publication in {settings.home} is older than the project ({reason}): run `make refresh` first."
        ) from None
    yield _written(folder / KPIS, text)
    yield write_dbt_docs(settings)


def _written(path: Path, text: str) -> Path:
    path.write_text(text, encoding="utf-8")
    return _kept_from_others(path)


def _make(folder: Path) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    _kept_from_others(folder)


def _kept_from_others(path: Path) -> Path:
    # Files in a home are for the account that refreshes and its group; the checkout's pages are for everybody.
    if not path.is_relative_to(COMMITTED):
        take_path_from_others(path)
    return path


def write_dbt_docs(settings: Settings) -> Path:
    """Let dbt write its documentation of the project and the published marts as one file in the home."""
    target = settings.home / "docs" / DBT_DOCS
    _make(target.parent)
    tie_dbt_to_this_process()
    with tempfile.TemporaryDirectory() as folder:
        done = subprocess.run(  # noqa: S603 (dbt of this environment)
            [
                *(DBT_EXECUTABLE, "--quiet", "docs", "generate", "--static"),
                *("--project-dir", DBT_PROJECT_DIR, "--profiles-dir", DBT_PROJECT_DIR),
                *("--target-path", folder, "--log-path", folder),
            ],
            env=os.environ
            | dbt_environment(settings, settings.as_of, settings.warehouse_file)
            | published_target(settings),
            capture_output=True,
            text=True,
            check=False,
        )
        if done.returncode:
            raise RuntimeError(f"dbt can't write its documentation:\n{done.stdout}{done.stderr}")
        shutil.move(Path(folder) / "static_index.html", target)
    return _kept_from_others(target)
