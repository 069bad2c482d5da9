/* Customers: who owes most, who is at risk, whom to contact first? */
"use strict";

duebook.pages.customers = (() => {
  const { element, table, nothing, card } = duebook.parts;
  const { figures, format, charts } = duebook;
  const { axes, data } = figures;
  const LARGEST = 15;
  const FIRST_ROWS = 10;
  const asOf = format.day(data.publication.as_of);
  const named = (view) => (view.segment >= 0 ? axes.segments[view.segment] : null);

  function largestChart(view) {
    const segment = named(view);
    const shown = data.largest.filter((customer) => !segment || customer.segment === segment).slice(0, LARGEST);
    if (!shown.length) return card("Nobody owes anything", "", nothing(`No customer has a balance on ${asOf}.`));
    const latest = [...shown].sort((one, other) => other.past_due - one.past_due)[0];
    const first = shown[0];
    const title = latest.past_due > 0
      ? `${latest.name} has most past due among the largest: ${format.shortMoney(latest.past_due)} of ${format.shortMoney(latest.receivables)} past due`
      : `${first.name} owes most, ${format.shortMoney(first.receivables)}; none of the largest is late`;
    return charts.chart({
      id: "largest-customers",
      title,
      note: `${format.currency}. The ${shown.length} customers who owe most on ${asOf}${segment ? `, ${segment}` : ""}; all companies.`,
      draw: () => {
        const bars = [...shown].reverse();
        /* Two customers of one name are two bars: the place is the id's, the name its label. */
        const ids = bars.map(({ id }) => id);
        const names = bars.map(({ name }) => name);
        const late = bars.map(({ past_due: amount, receivables }) => Math.min(amount, receivables));
        return {
          traces: [
            { type: "bar", orientation: "h", name: "Past due", y: ids, x: late, customdata: names, marker: { color: charts.colour("loud") }, hovertemplate: "%{customdata} (%{y}), past due: %{x:,.0f}<extra></extra>" },
            { type: "bar", orientation: "h", name: "Not past due", y: ids, x: bars.map(({ receivables }, at) => receivables - late[at]), customdata: names, marker: { color: charts.colour("quiet") }, hovertemplate: "%{customdata} (%{y}), not past due: %{x:,.0f}<extra></extra>" },
          ],
          layout: { height: 110 + 24 * bars.length, barmode: "stack", bargap: 0.25, xaxis: { title: { text: `Receivables, ${format.currency}` }, tickformat: "~s" }, yaxis: { type: "category", tickmode: "array", tickvals: ids, ticktext: names } },
        };
      },
      columns: [{ name: "Customer" }, { name: "Segment" }, { name: "Risk" }, { name: "Receivables", numeric: true }, { name: "Past due", numeric: true }],
      rows: () => shown.map(({ name, id, segment: of, tier, receivables, past_due: late }) => [duebook.accounts.link(view, id, `${name} (${id})`), of, tier, format.money(receivables), format.money(late)]),
    });
  }

  function concentration(view) {
    const kpi = figures.kpi("top_10_share", view);
    if (!kpi) return null;
    const upTo = axes.months.slice(0, view.month + 1);
    const months = upTo.map(format.shortMonth);
    const ago = kpi.yearAgo === null ? "" : `, ${format.share(kpi.yearAgo)} a year before`;
    return charts.chart({
      id: "concentration",
      title: kpi.value === null ? `No concentration: ${kpi.reason ? format.reason(kpi.reason) : "no figures"}` : `The ten largest customers owe ${format.share(kpi.value)} of receivables${ago}`,
      note: "Percent of what is owed at each month's end.",
      draw: () => ({
        traces: [{ type: "scatter", mode: "lines+markers", name: kpi.name, x: months, y: kpi.values.slice(0, view.month + 1).map((value) => (value === null ? null : value * 100)), line: { color: charts.colour("calm"), width: 2 }, marker: { size: 5 }, hovertemplate: "%{x}: %{y:.1f} %<extra></extra>" }],
        layout: { xaxis: charts.monthAxis(), yaxis: { title: { text: "Share of receivables, %" }, rangemode: "tozero" } },
      }),
      columns: [{ name: "Month" }, { name: kpi.name, numeric: true }],
      rows: () => upTo.map((month, at) => [format.month(month), format.value(kpi.values[at], kpi.unit)]).reverse(),
    });
  }

  function tiers(view) {
    const segment = named(view);
    const shown = data.tiers.filter((tier) => tier.segment === segment);
    if (!shown.length) return card("No customers", "", nothing(`No customer is known on ${asOf}.`));
    const risky = shown.filter(({ is_higher_risk: higher }) => higher);
    const names = risky.map(({ tier }) => tier).join(" and ");
    const people = risky.reduce((sum, { customers }) => sum + customers, 0);
    const isPastDue = shown.some(({ share_of_past_due: share }) => share !== null);
    const late = risky.reduce((sum, { share_of_past_due: share }) => sum + share, 0);
    return charts.chart({
      id: "risk-tiers",
      title: isPastDue ? `${format.plural(people, "customer", "customers")} of ${names || "higher"} risk hold ${format.share(late)} of past-due money` : `${format.plural(people, "customer", "customers")} of ${names || "higher"} risk; nothing is past due`,
      note: `${format.currency}. Past-due receivables by risk tier on ${asOf}${segment ? `, ${segment}` : ""}; all companies.`,
      draw: () => ({
        traces: [{ type: "bar", orientation: "h", y: shown.map(({ tier, customers }) => `${tier}<br>${format.plural(customers, "customer", "customers")}`), x: shown.map(({ past_due: amount }) => amount),
          marker: { color: shown.map(({ is_higher_risk: higher }) => charts.colour(higher ? "loud" : "quiet")) }, text: shown.map(({ past_due: amount }) => format.shortMoney(amount)), textposition: "outside", constraintext: "none", cliponaxis: false,
          hovertemplate: "%{text}<extra></extra>" }],
        layout: { height: 100 + 56 * shown.length, showlegend: false, margin: { t: 8, r: 72, b: 32, l: 12 }, yaxis: { type: "category", nticks: 0 }, xaxis: { title: { text: `Past due, ${format.currency}` }, rangemode: "tozero", tickformat: "~s" } },
      }),
      columns: [{ name: "Tier" }, { name: "Customers", numeric: true }, { name: "Receivables", numeric: true }, { name: "Past due", numeric: true }, { name: "Loss expected of it", numeric: true }],
      rows: () => shown.map(({ tier, customers, receivables, past_due: amount, loss }) => [tier, format.count(customers), format.money(receivables), format.money(amount), format.share(loss)]),
    });
  }

  function worklist(view) {
    const segment = named(view);
    const team = view.team >= 0 ? axes.teams[view.team] : null;
    const { rows, top, past_due: all } = data.worklist;
    const found = top.filter((row) => (!segment || row.segment === segment) && (!team || row.team === team));
    if (!found.length) return card("Nobody to contact", "", nothing(`No customer of this selection has a past-due balance on ${asOf}.`));
    const first = found[0];
    const isForecast = top.some(({ expected_rank: rank }) => rank !== null);
    const asRow = (row) => [
      format.count(isForecast ? row.expected_rank : row.priority),
      [element("strong", {}, duebook.accounts.link(view, row.id, row.name)), element("span", { class: "line" }, `${row.id}, ${row.tier} risk`), element("span", { class: "line" }, row.owner ? `with ${row.owner}` : "with nobody")],
      ...(isForecast ? [format.money(row.expected_loss), format.count(row.priority)] : []), format.money(row.money_at_risk), format.money(row.past_due), format.plural(row.oldest ?? 0, "day", "days"),
      [element("span", { class: "line" }, row.last_contact ? `Last ${format.day(row.last_contact)}: ${format.words(row.outcome)}` : "Never contacted"),
        row.next_promise ? element("span", { class: "line" }, `Promised ${format.money(row.promised)} for ${format.day(row.next_promise)}`) : null],
      isForecast ? [duebook.accounts.why(row), element("span", { class: "line" }, row.warnings || row.why)] : row.warnings || row.why,
    ];
    const expected = isForecast ? [{ name: "Expected loss", numeric: true }, { name: "Priority", numeric: true }] : [];
    const columns = [{ name: isForecast ? "Rank" : "Priority", numeric: true }, { name: "Customer" }, ...expected, { name: "Money at risk", numeric: true }, { name: "Past due", numeric: true }, { name: "Oldest", numeric: true }, { name: "Contact" }, { name: isForecast ? "Why" : "Warnings" }];
    const holder = element("div", {}, table("Worklist", columns, found.slice(0, FIRST_ROWS).map(asRow), { class: "worklist wrapped" }));
    const more = found.length > FIRST_ROWS ? element("button", { type: "button" }, `Show all ${format.count(found.length)}`) : null;
    more?.addEventListener("click", () => {
      holder.replaceChildren(table("Worklist", columns, found.map(asRow), { class: "worklist wrapped" }));
      more.remove();
      holder.firstElementChild.focus();
    });
    const kept = rows > top.length ? ` The first ${format.count(top.length)} of ${format.count(rows)} are kept here; the mart collections_worklist has them all.` : "";
    const reason = first.expected_rank === null ? `${format.shortMoney(first.money_at_risk)} at risk` : duebook.accounts.expected(first);
    const by = isForecast ? `By expected loss on ${asOf}, then by what is expected to be 30 days late; Priority is the order by money at risk.` : `By money at risk on ${asOf}:`;
    return card(`Contact ${first.name} first: ${reason}, the oldest ${format.plural(first.oldest ?? 0, "day", "days")} late`,
      `${by} ${format.plural(found.length, "customer", "customers")} here; ${format.money(all)} is past due over all.${kept}`, holder, more);
  }

  function render(view) {
    return { content: [worklist(view), element("div", { class: "two" }, largestChart(view), tiers(view)), concentration(view)] };
  }

  return { name: "Customers", filters: ["month", "company", "segment", "team"], render };
})();
