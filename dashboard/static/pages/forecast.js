/* Forecast: how much cash is expected and when, what comes next week, what may be late? */
"use strict";

duebook.pages.forecast = (() => {
  const { element, table, nothing, card, fact } = duebook.parts;
  const { figures, format, charts, accounts, outcomes } = duebook;
  const { axes, data } = figures;
  const { forecast } = data;
  const FIRST_ROWS = 10;
  const asOf = format.day(data.publication.as_of);
  /* What is expected within so many days is part of what is expected within more, and that of what is open. */
  const WITHIN = [{ column: "days_7", name: "Within 7 days", colour: "calm" }, { column: "days_30", name: "Within 30 days", colour: "third" }, { column: "days_90", name: "Within 90 days", colour: "fifth" }, { column: "open", name: "Open", colour: "quiet" }];
  const line = (text) => (text ? element("span", { class: "line" }, text) : null);
  const cashOf = (group) => forecast.cash[group] || [];
  const allOf = (group) => cashOf(group).find(({ currency }) => currency === null);

  function tiles(all) {
    const without = all.without_rate;
    const note = `${format.plural(all.parts, "open invoice or instalment", "open invoices and instalments")}${without ? `; ${format.count(without)} without an exchange rate are left out` : ""}`;
    return element("section", { class: "tiles four", "aria-label": "Expected cash" }, [
      ...WITHIN.slice(0, 3).map(({ column, name }) => fact(`Expected ${name.toLowerCase()}`, format.money(all[column]), all[column] === null ? "No forecast: the reasons are below" : `after ${asOf}`)),
      fact("Open", format.money(all.open), note),
    ]);
  }

  /* Bars of expected cash for each of `rows`: {name, ...sums}. */
  function bars(id, title, note, heading, rows) {
    return charts.chart({
      id, title, note,
      draw: () => ({
        traces: WITHIN.map(({ column, name, colour }) => ({ type: "bar", name, x: rows.map((row) => (charts.narrow() ? charts.broken(row.name) : row.name)), y: rows.map((row) => row[column]), marker: { color: charts.colour(colour) }, hovertemplate: "%{x}: %{y:,.0f}<extra>%{fullData.name}</extra>" })),
        layout: { barmode: "group", bargap: 0.25, xaxis: { type: "category", nticks: 0, tickangle: rows.length > 4 ? -30 : 0 }, yaxis: { title: { text: `Expected, ${format.currency}` }, tickformat: "~s", rangemode: "tozero" } },
      }),
      columns: [{ name: heading }, ...WITHIN.map(({ name }) => ({ name, numeric: true }))],
      rows: () => rows.map((row) => [row.name, ...WITHIN.map(({ column }) => format.money(row[column], 2))]),
    });
  }

  function byCurrency(view) {
    const rows = cashOf(view.group).filter(({ currency }) => currency !== null).map((row) => ({ ...row, name: row.currency }));
    const first = rows[0];
    return bars("cash-by-currency", `Of invoices in ${first.name}, ${format.shortMoney(first.days_30)} is expected within 30 days${rows.length > 1 ? `, of ${format.plural(rows.length - 1, "other currency", "other currencies")} less` : ""}`,
      `${format.currency}, by the currency of the invoice.`, "Currency", rows);
  }

  function byPart(view) {
    const companies = view.company < 0 && axes.companies.length > 1;
    const members = companies
      ? axes.companies.map(({ name }, at) => ({ name, group: figures.groupOf(at, view.segment) }))
      : axes.segments.map((name, at) => ({ name, group: figures.groupOf(view.company, view.segment < 0 ? at : view.segment) })).filter(({ group }) => view.segment < 0 || group === view.group).slice(0, view.segment < 0 ? undefined : 1);
    const rows = members.map(({ name, group }) => ({ name: view.segment >= 0 && !companies ? axes.segments[view.segment] : name, ...allOf(group) })).filter(({ open }) => open !== undefined);
    const first = [...rows].sort((one, other) => (other.days_30 ?? 0) - (one.days_30 ?? 0))[0];
    return bars(companies ? "cash-by-company" : "cash-by-segment", `Most of the next 30 days is expected in ${first.name}: ${format.shortMoney(first.days_30)}`, `${format.currency}. What customers are expected to pay if they go on paying as they did.`, companies ? "Company" : "Segment", rows);
  }

  function chosen(name, view) {
    const company = view.company >= 0 ? axes.companies[view.company].id : null;
    const segment = view.segment >= 0 ? axes.segments[view.segment] : null;
    return figures.records(forecast.lists[name]).filter((row) => (!company || row.company === company) && (!segment || row.segment === segment));
  }

  const COLUMNS = {
    customer: { name: "Customer", cell: (row, view) => [accounts.link(view, row.customer, row.name), line(row.name === row.customer ? "" : row.customer)] },
    invoice: { name: "Invoice", cell: (row) => [row.invoice, line(row.part > 1 ? `part ${row.part}` : ""), line(row.disputed ? "disputed" : "")] },
    due: { name: "Due", cell: (row) => (row.due ? format.day(row.due) : "No due date") },
    expected: { name: "Expected by", cell: (row) => (row.expected ? [format.day(row.expected), line(`${format.day(row.p10)} to ${row.p90 ? format.day(row.p90) : "more than a year late"}`)] : format.reason(row.reason)) },
    open: { name: "Open", numeric: true, cell: (row) => [format.money(row.open), row.currency === format.currency ? null : line(`in ${row.currency}`)] },
    days_7: { name: "Expected within 7 days", numeric: true, cell: (row) => format.money(row.days_7) },
    p_late_30: { name: "More than 30 days late", numeric: true, cell: (row) => format.share(row.p_late_30) },
    reason: { name: "Why", cell: (row) => format.reason(row.reason) },
  };

  function list(name, view, columns, caption, title, note) {
    const found = chosen(name, view);
    const shown = columns.map((column) => COLUMNS[column]);
    const thereAre = forecast.there_are[name];
    const cut = thereAre > forecast.lists[name].rows.length ? ` Kept here are ${format.count(forecast.lists[name].rows.length)} of ${format.count(thereAre)}: the first ${format.count(forecast.kept.of_all)} of all and the first ${format.count(forecast.kept.of_one)} of each company and segment; the mart payment_forecast has them all.` : "";
    if (!found.length) return card(`${caption}: none ${cut ? "is kept here of this selection" : "of this selection"}`, cut.trim());
    const rows = (some) => table(caption, shown, some.map((row) => shown.map(({ cell }) => cell(row, view))), { class: "cards" });
    const holder = element("div", {}, rows(found.slice(0, FIRST_ROWS)));
    const more = found.length > FIRST_ROWS ? element("button", { type: "button" }, `Show all ${format.count(found.length)}`) : null;
    more?.addEventListener("click", () => {
      holder.replaceChildren(rows(found));
      more.remove();
      holder.firstElementChild.focus();
    });
    return card(title(found[0]), `${note}${cut}`, holder, more);
  }

  function reasons(view) {
    const rows = forecast.reasons[view.group] || [];
    if (!rows.length) return card("Every open invoice has a forecast by its customer's own history", "");
    const undated = rows.reduce((sum, { undated }) => sum + undated, 0);
    return card(undated ? `${format.plural(undated, "open invoice or instalment has", "open invoices and instalments have")} no day on which to expect it` : "Every open invoice has a day on which to expect it",
      "Why a forecast is missing, or rests on customers alike.",
      table("Reasons", [{ name: "Reason" }, { name: "Invoices and instalments", numeric: true }, { name: "Without a day", numeric: true }, { name: "Open", numeric: true }],
        rows.map((row) => [format.reason(row.reason), format.count(row.parts), format.count(row.undated), format.money(row.open)]), { class: "cards" }));
  }

  function render(view) {
    if (!forecast) return { content: [card("There is no forecast in this publication", "It was made by an older version of Duebook: the next refresh has one.")] };
    const all = allOf(view.group);
    if (!all) return { content: [card("Nothing to forecast", "", nothing(`No invoice of this selection is open on ${asOf}.`))] };
    const hasForecast = all.days_30 !== null;
    return {
      summary: `${format.money(all.days_30)} expected within 30 days.`,
      content: [
        tiles(all),
        outcomes.verdict(view),
        outcomes.fan(view),
        hasForecast ? element("div", { class: "two" }, byCurrency(view), byPart(view)) : null,
        hasForecast ? list("next_week", view, ["customer", "invoice", "due", "expected", "open", "days_7"], "What moves next week", (first) => `Next week ${first.name} moves most: ${format.shortMoney(first.days_7)} expected of ${first.invoice}`, "Open invoices and instalments by what is expected of them within 7 days.") : null,
        hasForecast ? list("may_be_late", view, ["customer", "invoice", "due", "expected", "open", "p_late_30"], "What may be late", (first) => `At risk: ${first.invoice} of ${first.name}, ${format.shortMoney(first.open)}, is more than 30 days late with a probability of ${format.share(first.p_late_30)}`, "Not yet 30 days late, but as likely as not will be; the largest balance first.") : null,
        outcomes.past(view), outcomes.scores(view),
        reasons(view),
        list("without_a_date", view, ["customer", "invoice", "due", "open", "reason"], "Without a day", (first) => `The largest without a day: ${first.invoice} of ${first.name}`, "Open invoices and instalments without a day on which to expect them, the largest first."),
      ],
    };
  }

  return { name: "Forecast", filters: ["company", "segment"], render };
})();
