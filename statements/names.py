"""Names, addresses and what customers wrote: from the second publication, if there is one the account may read.

Here: the texts that the marts mask. Not here: where that publication is, and who may read it
(docs/guide/personal_data.md).
"""

from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from duebook.encryption import NoKeyError
from duebook.publication.personal import PERSONAL_FILE
from duebook.publication.reader import Published, UnreadableError, reading
from duebook.settings import PERSONAL_SCHEMA

MASKED = "***"
MASKED_SO = "persons are named by their id, there are no addresses, and what marts mask is left out."


@dataclass(frozen=True)
class Party:
    """Whom a statement is for, or whose it is."""

    name: str | None
    address: str | None = None


@dataclass(frozen=True)
class Texts:
    """What the marts mask, of some customers; nothing where it may not be read.

    Attributes:
        parties: names and addresses by customer.
        written: what was written, by table, record and column of the contract.
    """

    parties: dict[str, Party] = field(default_factory=dict)
    written: dict[tuple[str, str], str] = field(default_factory=dict)


@contextmanager
def personal_texts(published_dir: Path, tell: Callable[[str], None]) -> Iterator[Published | None]:
    """Open the second publication beside a publication; None: there is none, or this account may not read it.

    Args:
        published_dir: the folder of the publication.
        tell: gets a line that says why it isn't read.

    Raises:
        EncryptionError: it is encrypted with another key than is given.
    """
    with ExitStack() as opened:
        personal = None
        try:
            personal = opened.enter_context(reading(published_dir / PERSONAL_FILE))
        except NoKeyError as error:
            tell(f"{error}. Without it {MASKED_SO}")
        except (UnreadableError, PermissionError):
            tell(f"This account may not read the second publication (docs/guide/personal_data.md): {MASKED_SO}")
        yield personal


def read_texts(
    personal: Published | None, customers: Sequence[str], invoices: Sequence[str], receipts: Sequence[str]
) -> Texts:
    """Read names and addresses of customers, numbers of invoices, and payers' references of receipts."""
    if personal is None:
        return Texts()
    parties = personal.rows(
        "select customer_id, customer_name, address from {personal}.customer_contacts"
        " where customer_id in (select unnest($1))",
        [list(customers)],
        personal=PERSONAL_SCHEMA,
    )
    written = personal.rows(
        "select table_name, record_id, written_text from {personal}.written_texts"
        " where table_name = 'invoices' and column_name = 'invoice_number' and record_id in (select unnest($1))"
        " or table_name = 'receipts' and column_name = 'reference' and record_id in (select unnest($2))",
        [list(invoices), list(receipts)],
        personal=PERSONAL_SCHEMA,
    )
    return Texts(
        {customer_id: Party(name, address) for customer_id, name, address in parties},
        {(table, record_id): text for table, record_id, text in written if text and text.strip()},
    )
