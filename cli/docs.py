"""The command `duebook docs`: write the catalogue's pages and dbt's documentation. Not here: the pages (catalogue)."""

from catalogue.writing import KPIS, NotPublishedError, folder_for, write
from cli.arguments import takes_settings
from cli.exit_codes import CommandError
from duebook.settings import Settings
from duebook.warehouse.parsing import finish_parsing
from supply_chain.licences import LicenceError
from supply_chain.locks import NotInstalledError


@takes_settings("home")
def run(settings: Settings) -> None:
    """The sample's pages stand in docs/ of the checkout, those of another landing in the home."""
    try:
        finish_parsing(settings)
        for path in write(settings, folder_for(settings)):
            more = ". dbt writes its documentation: a minute or two ..." if path.name == KPIS else ""
            print(f"Written: {path}{more}", flush=True)
    except NotPublishedError as lacking:
        said = f"The other pages are written; the KPIs' examples and dbt's documentation are not. {lacking}"
        raise CommandError(said) from None
    except (RuntimeError, LicenceError, NotInstalledError) as error:
        raise CommandError(error) from None
