"""How the catalogue writes tables, figures and formulas."""

from datetime import date
from decimal import Decimal

import pytest

from catalogue.kpis import formula
from catalogue.markdown import number, table
from catalogue.project import MartColumn
from catalogue.writing import COMMITTED, NotPublishedError, check_publication, folder_for, write
from duebook.home import OTHERS
from duebook.settings import SAMPLE_AS_OF, Settings

DSO = MartColumn("dso", "double", "", {"numerator": "receivables * days", "denominator": "sales", "reason": "reason"})
CEI = MartColumn("cei", "double", "", {"numerator": "collected", "denominator": "opening + sales", "reason": "reason"})
COUNT = MartColumn("days_back", "double", "", {"numerator": "days_back", "denominator": "1", "reason": "reason"})


def test_a_bar_in_a_cell_does_not_end_it():
    assert table(("a", "b"), [("x | y", "two\nlines")]).splitlines()[-1] == "| x \\| y | two lines |"


@pytest.mark.parametrize(
    ("figure", "written"),
    [
        (1234567, "1,234,567"),
        (Decimal("573220.1200"), "573,220.12"),
        (0.12345678, "0.123457"),
        (45.0, "45"),
        (-0.0000001, "0"),
    ],
)
def test_figures_have_the_decimals_that_say_something(figure, written):
    assert number(figure) == written


def test_a_formula_is_of_columns_or_of_numbers():
    numbers = {"receivables": "40", "days": "31", "sales": "20"}
    assert formula({"scale": "1"}, DSO) == "(receivables * days) / sales"
    assert formula({"scale": "1"}, DSO, numbers) == "(40 * 31) / 20"
    assert formula({"scale": "100"}, CEI) == "100 * collected / (opening + sales)"
    assert formula({"scale": "1"}, COUNT) == "days_back"


def test_pages_of_another_landing_stand_in_its_home(tmp_path):
    assert folder_for(Settings(home=tmp_path)) == COMMITTED
    assert folder_for(Settings(home=tmp_path, landing=tmp_path, as_of=date(2020, 1, 31))) == tmp_path / "docs"


def published(home, as_of: date) -> Settings:
    settings = Settings(home=home)
    settings.published_dir.mkdir()
    settings.published_file.touch()
    (settings.published_dir / "publication.json").write_text(f'{{"as_of": "{as_of}"}}')
    return settings


def test_committed_examples_are_of_the_samples_own_day(tmp_path):
    check_publication(published(tmp_path, SAMPLE_AS_OF))


def test_examples_of_another_day_are_not_committed(tmp_path):
    with pytest.raises(NotPublishedError, match="publishes 2026-06-29, and the sample's day is 2026-06-30"):
        check_publication(published(tmp_path, date(2026, 6, 29)))


def test_a_home_without_a_publication_is_said(tmp_path):
    with pytest.raises(NotPublishedError, match="Nothing is published in"):
        check_publication(Settings(home=tmp_path))


def test_pages_in_a_home_are_for_its_group_at_most(tmp_path):
    folder = tmp_path / "docs"
    folder.mkdir()
    folder.chmod(0o755)
    (folder / "README.md").touch()
    (folder / "README.md").chmod(0o644)
    written = next(write(Settings(home=tmp_path), folder))
    assert written == folder / "README.md"
    assert [path for path in (written, folder) if path.stat().st_mode & OTHERS] == []
