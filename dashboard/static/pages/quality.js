/* Quality: can the figures be trusted, and what is left out of them? */
"use strict";

duebook.pages.quality = (() => {
  const { element, table, nothing, card, reports } = duebook.parts;
  const { figures, format } = duebook;
  const { axes, data } = figures;
  const quality = data.quality;

  const total = (rows, column) => rows.reduce((sum, row) => sum + row[column], 0);

  function checks() {
    const [all, failed, warnings, accepted] = ["checks", "failed", "warnings", "accepted"].map((column) => total(quality.checks, column));
    if (!all) return card("No check has run", "", nothing("The publication holds no results of checks."));
    const title = failed ? `${format.count(failed)} of ${format.plural(all, "check", "checks")} failed` : warnings || accepted ? `No check of ${format.count(all)} failed` : `All ${format.plural(all, "check", "checks")} passed`;
    const besides = [warnings ? format.plural(warnings, "warning", "warnings") : "", accepted ? `${format.count(accepted)} accepted by a person for one refresh` : ""].filter(Boolean);
    const subtitle = ["At the two gates: landed tables, and marts before they are published.", besides.length ? `Also ${besides.join(", ")}.` : ""].join(" ").trim();
    const failures = quality.failed.length
      ? table("What is not as expected", [{ name: "Table" }, { name: "Column" }, { name: "Expectation" }, { name: "Seen" }, { name: "Rows", numeric: true }, { name: "Gate" }, { name: "Outcome" }, { name: "When" }, { name: "Refresh" }],
        quality.failed.map((row) => [row.table_name, row.column_name || "", format.words(row.expectation), row.observed || "", format.count(row.unexpected_count), format.words(row.gate), row.outcome, format.time(row.checked_at), row.refresh_id || ""]))
      : null;
    const byTable = element("details", {}, element("summary", {}, "Checks by table"),
      table("Checks by table", [{ name: "Table" }, { name: "Gate" }, { name: "Checks", numeric: true }, { name: "Failed", numeric: true }, { name: "Accepted", numeric: true }, { name: "Warnings", numeric: true }, { name: "Last run" }],
        quality.checks.map((row) => [row.table_name, format.words(row.gate), format.count(row.checks), format.count(row.failed), format.count(row.accepted), format.count(row.warnings), format.time(row.checked_at)])));
    return card(title, subtitle, failures, byTable);
  }

  function quarantine() {
    if (!quality.quarantine.length) return card("No row waits in quarantine", "Every landed row is in the figures.");
    return card(`${format.plural(quality.quarantined_rows, "landed row waits", "landed rows wait")} in quarantine`,
      "They are in no figure until they are corrected and landed again; duebook quarantine writes those to correct to a file.",
      table("Rows in quarantine by reason", [{ name: "Table" }, { name: "Column" }, { name: "Reason" }, { name: "Rows", numeric: true }, { name: "For example" }],
        quality.quarantine.map((row) => [row.table_name, row.column_name || "", row.reason, format.count(row.rows), `${row.file}, row ${row.row}`])));
  }

  function drift() {
    if (!quality.drift.length) return card("Columns and words are as agreed", "No landed file has other columns or words than the contract, or than the files before.");
    const now = quality.drift.filter(({ is_current: current }) => current);
    const before = quality.drift.filter(({ is_current: current }) => !current);
    const columns = [{ name: "Table" }, { name: "Column" }, { name: "Finding" }, { name: "Found" }, { name: "Rows", numeric: true }, { name: "First" }, { name: "Last" }, { name: "Last in" }];
    const rows = (some) => some.map((row) => [row.table_name, row.column_name, format.words(row.finding), row.found, format.count(row.row_count), format.time(row.first_seen_at), format.time(row.last_seen_at), row.source_file]);
    return card(now.length ? `The last loads show ${format.plural(now.length, "change", "changes")} of columns or words` : "The last loads are as agreed",
      "Columns that are new, gone or of another type, and words that nobody listed. What can't be used waits in quarantine.",
      now.length ? table("Schema drift", columns, rows(now)) : null,
      before.length ? element("details", {}, element("summary", {}, "In loads before"), table("Schema drift of loads before", columns, rows(before))) : null);
  }

  function tieOut(view) {
    const company = view.company >= 0 ? axes.companies[view.company].id : null;
    const balances = quality.tie_out.filter((row) => !company || row.company_id === company);
    if (!balances.length) return card("No control balances were landed", "", nothing("Without the general ledger's control account nothing can be tied out."));
    const open = balances.filter(({ is_tied_out: tied }) => !tied);
    const last = format.day(balances[0].balance_date);
    const columns = [{ name: "Day" }, { name: "Company" }, { name: "Currency" }, { name: "Control account", numeric: true }, { name: "Ledger", numeric: true }, { name: "Difference", numeric: true }];
    const rows = (some) => some.map((row) => [format.day(row.balance_date), row.company_id, row.currency_code, ...[row.control_balance, row.ledger_balance, row.difference].map((amount) => format.number(amount, 2))]);
    const title = open.length ? `${format.count(open.length)} of ${format.plural(balances.length, "control balance", "control balances")} don't tie out` : `The ledger ties out to all ${format.plural(balances.length, "control balance", "control balances")}`;
    return card(title, `The ledger compared with the general ledger's control account, up to ${last}; transaction currency.`,
      open.length ? table("Balances that don't tie out", columns, rows(open)) : null,
      element("details", {}, element("summary", {}, "The last balances"), table("The last control balances", columns, rows(balances.slice(0, 60)))));
  }

  function restatements() {
    const rows = quality.restatements;
    const others = quality.restatements_of_levels;
    const below = others ? `Of companies, segments, teams and people ${format.plural(others, "figure was", "figures were")} restated (kpi_restatements).` : "";
    if (!rows.length && others) return card("No figure of the portfolio was restated", below);
    if (!rows.length) return card("No reported figure was restated", "What was reported for past months still holds.");
    return card(`${format.plural(rows.length, "reported figure was", "reported figures were")} restated`, `The portfolio's KPIs as they were frozen, and as they are now. ${below}`.trim(),
      table("Restated KPIs", [{ name: "Month" }, { name: "KPI" }, { name: "Reported", numeric: true }, { name: "Now", numeric: true }, { name: "Difference", numeric: true }, { name: "Cause" }],
        rows.map((row) => {
          const kpi = quality.kpi_units[row.kpi_id] || { name: row.kpi_id, unit: "" };
          const figure = (value, reason) => `${format.value(value, kpi.unit)}${value === null && reason ? `: ${format.words(reason)}` : ""}`;
          return [format.month(row.month_end), kpi.name, figure(row.reported_value, row.reported_reason), figure(row.restated_value, row.restated_reason), row.difference === null ? "" : format.change(row.difference, kpi.unit), row.cause || ""];
        })));
  }

  function refreshes() {
    if (!quality.refreshes.length) return null;
    return card(`Published ${format.time(data.publication.published_at)}`, `As of ${format.day(data.publication.as_of)}, by Duebook ${data.publication.version}.`,
      table("The last refreshes", [{ name: "Started" }, { name: "As of" }, { name: "Status" }, { name: "Rows landed", numeric: true }, { name: "To quarantine", numeric: true }, { name: "Detail" }],
        quality.refreshes.map((row) => [format.time(row.started_at), format.day(row.as_of_date), row.status, format.count(row.landed_rows), format.count(row.quarantined_rows), row.detail || ""])),
      data.report ? element("p", {}, reports(), ": what came in, was held back, was checked, moved and ties out.") : null);
  }

  function render(view) {
    const restated = quality.restatements.length > 0;
    const beside = element("div", { class: "two" }, checks(), quarantine(), drift(), tieOut(view), restated ? null : restatements());
    return { content: [beside, restated ? restatements() : null, refreshes()] };
  }

  return { name: "Quality", filters: ["company"], render };
})();
