"""The currencies of a landing's receivables, and of the companies they are of, told from its files before any load.

A refresh has to be told which currency it reports in where there are several. Not here: rates between them
(duebook/adapters/rates.py), the check that stops a refresh whatever its files are (expectations/suites/invoices.py).
"""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import duckdb

from duebook.contract import Contract
from duebook.landing.current import read_standing
from duebook.landing.files import LandingError
from duebook.settings import Settings
from duebook.sql_text import identifier, literal

COMPANIES = "companies"
# Of each table of documents, what names a row.
DOCUMENTS = {"invoices": "invoice_id", "receipts": "receipt_id", "credit_memos": "credit_memo_id"}


@dataclass(frozen=True)
class Currencies:
    """Which currencies there are.

    Attributes:
        of_documents: by currency, how many invoices, payments and credit memos are in it.
        of_companies: by the companies' own currencies, how many documents they have; none, where they aren't landed.
    """

    of_documents: Mapping[str, int] = field(default_factory=dict)
    of_companies: Mapping[str, int] = field(default_factory=dict)

    @property
    def to_report_in(self) -> str | None:
        """What a refresh had better be told to report in: the companies' currency, of several that of most documents;
        None where all of it is in one.
        """
        return self.own[0] if len({*self.of_documents, *self.of_companies}) > 1 else None

    @property
    def own(self) -> list[str]:
        """The companies' own currencies, that of most documents first; those of documents where there are none."""
        of = self.of_companies or self.of_documents
        return sorted(of, key=lambda one: (-of[one], one))


def currencies_in(con: duckdb.DuckDBPyConnection, tables: Mapping[str, Sequence[str]]) -> Currencies:
    """Count the currencies of documents, each document once.

    Args:
        con: where the rows are.
        tables: by the contract's table, SQL of the relations that have rows of it; others than companies and documents
            are passed over.
    """
    found: tuple[Counter[str], Counter[str]] = (Counter(), Counter())
    none = "(select cast(null as varchar) as company_id, cast(null as varchar) as currency_code where false)"
    companies = _rows(tables.get(COMPANIES, [none]), "null")
    for table, key in DOCUMENTS.items():
        if tables.get(table):
            counted = con.execute(
                f"select document.currency_code, company.currency_code, count(*) "
                f"from ({_rows(tables[table], key)}) as document left join ({companies}) as company using (company_id) "
                "group by all"
            ).fetchall()
            for *codes, documents in counted:
                for code, counter in zip(codes, found, strict=True):
                    if code is not None:
                        counter[code] += documents
    return Currencies(*found)


def _rows(relations: Sequence[str], key: str) -> str:
    """SQL of the rows of several relations, each once."""
    return " union ".join(f"select {key} as key, company_id, currency_code from {one}" for one in relations)


def landed_files(landing: Path) -> dict[str, list[str]]:
    """SQL of what a landing has in Parquet files, as adapters write them: all versions of rows, by table."""
    found = {}
    for table in (COMPANIES, *DOCUMENTS):
        if files := sorted(landing.glob(f"*/{table}/*.parquet")):
            found[table] = [f"read_parquet([{', '.join(map(literal, files))}], union_by_name = true)"]
    return found


def counting_currencies(settings: Settings, contract: Contract) -> Currencies:
    """Count the currencies of a landing's rows that count; of no rows, where its Parquet files are in one currency.

    Where they are in one, nobody has to be asked, and nothing is read a second time.
    """
    with duckdb.connect() as con:
        standing = {table: identifier(f"standing.{table}") for table in (COMPANIES, *DOCUMENTS)}
        try:
            if len(currencies_in(con, landed_files(settings.landing)).of_documents) < 2:
                return Currencies()
            read_standing(con, standing, settings, contract, _no_log)
        except (LandingError, duckdb.Error):
            # What can't be read is the load's business, which says of which file.
            return Currencies()
        return currencies_in(con, {table: [relation] for table, relation in standing.items()})


def _no_log(_line: str) -> None:
    """Lines about files are the load's business."""
