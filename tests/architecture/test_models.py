"""Rules over the manifest: what every model owes its readers, and which room may read which.

Not here: what the SQL itself may say (test_portable_sql.py), the repo's files (test_rooms.py).
"""

import re

import pytest
import yaml

from dashboard.changes import CHANGES
from dashboard.team import COUNTS
from duebook.adapters.cash.rules import RULES
from duebook.adapters.flat.mapping import FLAT_DIR
from duebook.contract import read_contract
from duebook.publication.causes import CAUSES
from duebook.publication.parquet import BY_MONTH
from duebook.settings import DBT_PROJECT_DIR, LANDED_ALIAS, MARTS_DATABASE, MARTS_SCHEMA, PROJECT_ROOT

CONTRACT_SOURCES = {"ar", "payments", "collections"}
# What a room's models may be made from. Marts of the quality room tell of raw rows that never became a model's.
MAY_READ = {
    "staging": {"source"},
    "intermediate": {"staging", "intermediate", "reference"},
    "marts": {"staging", "intermediate", "reference", "marts"},
}
TELLS_WHAT_HAS_LANDED = {
    "int_records_this_run",
    "int_redated_invoices",
    "int_activities_this_run",
    "int_receipts_this_run",
    "int_invoices_this_run",
    "int_landed_consumers",
}
# What was so on an earlier day, which later versions don't say.
READS_EARLIER_VERSIONS = {"int_customer_terms", "int_dispute_versions", "int_due_date_versions", "int_exchange_rates"}
READS_EARLIER_VERSIONS |= {"int_customer_dimensions", "int_late_events"}
# What was reported before.
READS_THE_PUBLICATION = {"int_published_kpis", "int_published_ledger", "int_published_changes"}
READS_THE_PUBLICATION |= {"int_published_forecasts", "int_published_cash_forecasts"}
READS_RAW = {"quarantined_rows", "quarantined_cells", "data_quality_results", "refresh_log", "audit_log"}
READS_RAW |= {"int_column_findings", "schema_drift"}
READS_RAW |= TELLS_WHAT_HAS_LANDED | READS_EARLIER_VERSIONS
# The ledger is stored once, among what is published; balances, behaviour and all else are made from it.
READ_BY_INTERMEDIATE = {"model.duebook.fct_receivables_ledger"}
# Views over all months, levels and items, too large to read every day: parts_add_up_to_their_levels,
# customers_add_up_to_the_kpis, groups_add_up_to_receivables, every_aging_basis_adds_up_to_receivables,
# arrears_add_up_to_the_past_due_of_each_day, an_account_has_one_rate_a_day, fiscal_periods_of_months_are_the_months,
# dimensions_add_up_to_receivables, dimensions_add_up_to_the_kpis and every_customer_on_the_worklist_has_one_proposal
# read them, or a month, in a build of all rows.
LARGE_VIEWS = {"customer_measures_monthly", "open_item_balances_monthly", "open_item_measures_monthly"}
LARGE_VIEWS |= {"customer_kpi_parts_monthly", "customer_kpis_monthly", "customer_countback_months"}
LARGE_VIEWS |= {"group_aging_monthly", "customer_groups", "aging_by_basis_monthly", "aging_by_dimension_monthly"}
LARGE_VIEWS |= {"measures_by_dimension_monthly", "kpis_by_dimension_monthly"}
LARGE_VIEWS |= {"arrears_spans", "account_interest_rates", "interest_on_arrears_monthly", "dunning_proposals"}
LARGE_VIEWS |= {"invoices_by_fiscal_period", "measures_by_fiscal_period", "kpis_by_fiscal_period"}
VIEWS = {
    *("contact_compliance_by_rule", "customers_by_risk_tier", "rollforward_steps_monthly"),
    *("dim_months", "account_measures_monthly", "dso_countback_months"),
    *("dim_fiscal_periods", "receivables_by_fiscal_period"),
    *LARGE_VIEWS,
}
# What the meta of a KPI's column may say besides.
MAY_SAY = {"shared_out_by", "counts"}
# Models that repeat rows on purpose: a log without a key, a list of people with or without accounts, amounts to add up.
WITHOUT_KEY = {
    "data_quality_results",
    *LARGE_VIEWS,
    "int_published_ledger",
    "int_ledger_before_this_run",
    "int_replaced_events",
    "int_ledger_changes_this_run",
    "int_dated_amounts",
    "int_aging_amounts",
    "int_invoice_months_before_this_run",
    "int_invoice_changes",
    "int_due_date_moves",
    "int_workload_monthly",
    "int_reporting_currency",
    "int_landed_tables",
    "int_landed_consumers",
}


def room_of(manifest: dict, unique_id: str) -> str:
    if unique_id.startswith("source."):
        return "source"
    node = manifest["nodes"][unique_id]
    return "reference" if node["resource_type"] == "seed" else node["fqn"][1]


def marts_of(models: dict) -> dict:
    return {name: node for name, node in models.items() if node["schema"] in {"marts", "personal"}}


def test_every_model_is_described(models: dict) -> None:
    assert [name for name, node in models.items() if len(node["description"]) < 20] == []


def test_every_mart_column_is_described_and_typed(models: dict) -> None:
    lacking = [
        f"{name}.{column['name']}"
        for name, node in marts_of(models).items()
        for column in node["columns"].values()
        if not column["description"] or not column["data_type"]
    ]
    assert lacking == []


def test_every_mart_has_an_enforced_contract(models: dict) -> None:
    assert [name for name, node in marts_of(models).items() if not node["config"]["contract"]["enforced"]] == []


def test_every_mart_is_exposed(manifest: dict, models: dict) -> None:
    exposed = {ref for exposure in manifest["exposures"].values() for ref in exposure["depends_on"]["nodes"]}
    assert {node["unique_id"] for node in marts_of(models).values()} - exposed == set()


def test_every_model_has_a_key_test(manifest: dict, models: dict) -> None:
    keyed = {
        node["attached_node"]
        for node in manifest["nodes"].values()
        if node["resource_type"] == "test" and (node.get("test_metadata") or {}).get("name") == "key_of"
    }
    without = {name for name, node in models.items() if node["unique_id"] not in keyed}
    assert without == WITHOUT_KEY


def test_a_model_that_keeps_its_rows_reads_one_model_that_says_what_a_run_takes_in(models: dict) -> None:
    unclear = []
    for name, node in models.items():
        if (
            node["config"]["materialized"] == "incremental"
            and node["config"]["incremental_strategy"] == "replace_this_run"
        ):
            of_run = {ref["name"] for ref in node["refs"] if ref["name"].endswith("_this_run")}
            if node["config"]["meta"].get("this_run", {}).get("model") in of_run:
                continue
            if len(of_run) != 1 and (of_run or len(node["sources"]) != 1):
                unclear.append(name)
    assert unclear == []


def test_what_a_run_takes_in_stands_in_one_folder(models: dict) -> None:
    in_folder = {name for name, node in models.items() if "this_run" in node["fqn"]}
    assert in_folder == {name for name in models if name.endswith("_this_run")}


def test_no_model_writes_by_a_hook(models: dict) -> None:
    assert [name for name, node in models.items() if node["config"]["pre-hook"]] == []
    after = {hook["sql"] for node in models.values() for hook in node["config"]["post-hook"]}
    assert after == {"{{ log_row_counts() }}", "{{ gather_statistics() }}"}


def test_every_mart_says_when_it_is_empty(manifest: dict, models: dict) -> None:
    counted = manifest["nodes"]["test.duebook.no_mart_is_empty_without_reason"]["depends_on"]["nodes"]
    without = {name for name, node in marts_of(models).items() if node["unique_id"] not in counted}
    # These are empty when all is well, or before the first refresh; the worklist, when it adds up to nothing past due;
    # views when the marts they read are; calibration until a day has passed by which a forecast invoice would be late;
    # texts when nobody writes any; names of masked dimensions where none is declared.
    assert without == {
        "quarantined_rows",
        "quarantined_cells",
        "written_texts",
        "dimension_names",
        "data_quality_results",
        "refresh_log",
        "audit_log",
        "schema_drift",
        "collections_worklist",
        "contact_findings",
        "forecast_calibration",
        *VIEWS,
    }


@pytest.mark.parametrize("room", MAY_READ)
def test_a_room_reads_only_the_rooms_before_it(manifest: dict, models: dict, room: str) -> None:
    wrong = [
        f"{name} reads {parent}"
        for name, node in models.items()
        if node["fqn"][1] == room and name not in READS_RAW | READS_THE_PUBLICATION
        for parent in node["depends_on"]["nodes"]
        if room_of(manifest, parent) not in MAY_READ[room]
        and not (room == "intermediate" and parent in READ_BY_INTERMEDIATE)
    ]
    assert wrong == []


def test_sources_are_read_by_staging_and_what_tells_of_raw_rows(manifest: dict, models: dict) -> None:
    reading = {
        node["name"]
        for node in manifest["nodes"].values()
        if any(parent.startswith("source.") for parent in node.get("depends_on", {}).get("nodes", []))
    }
    staging = {name for name, node in models.items() if node["fqn"][1] == "staging"}
    assert reading == staging | READS_RAW | READS_THE_PUBLICATION | {"every_landed_row_is_raw_or_quarantined"}


def test_what_is_published_is_the_marts_and_nothing_personal(models: dict) -> None:
    copied = {name for name, node in models.items() if node["database"] == MARTS_DATABASE}
    assert copied == {name for name, node in models.items() if node["schema"] == MARTS_SCHEMA}


CROSS_THEN_OUTER_JOIN = re.compile(r"\bcross join\b[^()]*?\b(left|full outer) join\b", re.IGNORECASE)


def test_a_view_joins_all_with_all_after_its_outer_joins(models: dict) -> None:
    """DuckDB writes a cross join of a stored view as a comma, which an outer join's condition can't look across.

    Who copies a view by its text (duebook/publication/copying.py) couldn't create it again.
    """
    assert [name for name in VIEWS if CROSS_THEN_OUTER_JOIN.search(models[name]["raw_code"])] == []
    assert CROSS_THEN_OUTER_JOIN.search("from a\n    cross join b\n    left join c on a.i = c.i")
    assert not CROSS_THEN_OUTER_JOIN.search("from a\n    left join c on a.i = c.i\n    cross join b\n\n)")


def test_a_view_calls_no_step_as_a_database_is_called(models: dict) -> None:
    """A publication would take it for a view of that database, and store its rows (duebook/publication/copying.py)."""
    databases = re.compile(rf"({LANDED_ALIAS}|published|duebook)[.]")
    assert [name for name in VIEWS if databases.search(models[name]["raw_code"])] == []
    assert databases.search("select landed.receipts from landed")


def test_marts_kept_by_month_have_a_date_for_it(models: dict) -> None:
    by_month = {name: node["config"]["meta"].get(BY_MONTH) for name, node in models.items()}
    dates = {name: models[name]["columns"][column]["data_type"] for name, column in by_month.items() if column}
    assert set(dates.values()) == {"date"}


def test_a_staging_model_reads_its_own_raw_table_and_no_other(models: dict) -> None:
    read = {
        name: ["stg_{}__{}".format(*parent.split(".")[-2:]) for parent in node["depends_on"]["nodes"]]
        for name, node in models.items()
        if node["fqn"][1] == "staging"
    }
    assert read == {name: [name] for name in read}


def test_every_table_of_the_contract_has_its_staging_model(manifest: dict, models: dict) -> None:
    expected = {
        f"stg_{source['source_name']}__{source['name']}"
        for source in manifest["sources"].values()
        if source["source_name"] in CONTRACT_SOURCES
    }
    assert {name for name, node in models.items() if node["fqn"][1] == "staging"} == expected


def test_staging_keys_are_the_contracts_keys(manifest: dict) -> None:
    keys = {
        f"stg_{source['source_name']}__{source['name']}": source["config"]["meta"]["key"]
        for source in manifest["sources"].values()
        if source["source_name"] in CONTRACT_SOURCES
    }
    tested = {
        node["attached_node"].rsplit(".", 1)[-1]: node["test_metadata"]["kwargs"]["columns"]
        for node in manifest["nodes"].values()
        if node["resource_type"] == "test"
        and (node.get("test_metadata") or {}).get("name") == "key_of"
        and ".stg_" in node["attached_node"]
    }
    assert tested == keys


def test_the_quarantine_mart_walks_every_table_of_the_contract(manifest: dict, models: dict) -> None:
    walked = {parent for parent in models["quarantined_rows"]["depends_on"]["nodes"] if parent.startswith("source.")}
    contract = {s["unique_id"] for s in manifest["sources"].values() if s["source_name"] in CONTRACT_SOURCES}
    assert contract - walked == set()


def test_every_seed_names_the_type_of_every_column(manifest: dict) -> None:
    lacking = [
        f"{node['name']}.{column}"
        for node in manifest["nodes"].values()
        if node["resource_type"] == "seed"
        for column in node["columns"]
        if column not in node["config"]["column_types"]
    ]
    assert lacking == []


def test_every_kpi_column_is_made_of_columns_of_its_mart(models: dict) -> None:
    incomplete = [
        f"{name}.{column['name']}"
        for name, node in marts_of(models).items()
        for column in node["columns"].values()
        if (kpi := column["config"]["meta"].get("kpi"))
        and (
            set(kpi) - {"shared_out_by", "counts"} != {"numerator", "denominator", "reason"}
            or kpi["reason"] not in node["columns"]
        )
    ]
    assert incomplete == []


def test_the_dashboard_reads_the_marts_its_exposure_names(manifest: dict) -> None:
    named = {
        node.rpartition(".")[2] for node in manifest["exposures"]["exposure.duebook.dashboard"]["depends_on"]["nodes"]
    }
    read = set()
    for module in (PROJECT_ROOT / "dashboard").glob("*.py"):
        read |= set(re.findall(r"\{marts\}\.(\w+)", module.read_text()))
    assert read | {*COUNTS, CHANGES} == named


def test_causes_of_changes_are_those_the_readers_name(models: dict) -> None:
    project = yaml.safe_load((DBT_PROJECT_DIR / "dbt_project.yml").read_text(encoding="utf-8"))
    listed = [*project["vars"]["kpi_causes"], "mix", "staffing"]
    columns = list(models["kpi_changes_monthly"]["columns"])
    assert columns[columns.index("value_change") + 1 : columns.index("reason")] == listed
    assert list(CAUSES) == listed


def test_rules_that_choose_an_invoice_or_a_day_are_rules_of_the_adapters() -> None:
    project = yaml.safe_load((DBT_PROJECT_DIR / "dbt_project.yml").read_text(encoding="utf-8"))
    of_lists = re.findall(r"then '(\w+)' end as rule", (FLAT_DIR / "invoice" / "applications.sql").read_text("utf-8"))
    assert set(project["vars"]["policy_rules"]) == {name for name in RULES if "oldest" in name} | set(of_lists)
    assert of_lists == ["parts_as_one"]


def test_personal_data_are_handed_on_in_the_schema_for_them_and_nowhere_else(models: dict) -> None:
    columns = [(table.name, column) for table in read_contract().tables for column in table.columns]
    hidden = {f"{table}.{column.name}" for table, column in columns if column.is_hidden}
    held: dict[str, set[str]] = {"marts": set(), "personal": set()}
    names: dict[str, set[str]] = {"marts": set(), "personal": set()}
    for node in marts_of(models).values():
        names[node["schema"]] |= set(node["columns"])
        for column in node["columns"].values():
            held[node["schema"]] |= set(column["config"]["meta"].get("holds", ()))
    assert hidden
    assert held["personal"] == hidden
    assert held["marts"] <= hidden
    assert names["marts"] & {column.name for _, column in columns if column.personal} == set()


def test_written_texts_are_of_all_columns_of_free_text_but_names(models: dict) -> None:
    read = re.findall(r"'stg_\w+?__(\w+)': \('\w+', (.*)\)", models["written_texts"]["raw_code"])
    found = {f"{table}.{column}" for table, columns in read for column in re.findall(r"'(\w+)'", columns)}
    free = {f"{table.name}.{one.name}" for table in read_contract().tables for one in table.columns if one.free_text}
    assert found == free - {"customers.customer_name"}
