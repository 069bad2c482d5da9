/* The overview: is there a problem this month, and where? */
"use strict";

duebook.pages = duebook.pages || {};
duebook.pages.overview = (() => {
  const { element, nothing, notBy } = duebook.parts;
  const { figures, format, charts } = duebook;
  const { axes } = figures;
  const HEADLINES = [
    { id: "dso", page: "receivables" },
    { id: "delinquency_rate_amount", page: "receivables" },
    { id: "cei", page: "receivables" },
    { id: "collection_rate", page: "receivables" },
    { id: "bad_debt_to_sales", page: "customers" },
    { id: "accounts_per_employee", page: "team" },
  ];
  const BARS = 10;

  function dsoChart(view) {
    const dso = figures.kpi("dso", view);
    const possible = figures.kpi("best_possible_dso", view);
    const late = figures.kpi("average_days_delinquent", view);
    const upTo = axes.months.slice(...figures.span(view));
    const months = upTo.map(format.shortMonth);
    const series = (kpi) => kpi.values.slice(...figures.span(view));
    const title = dso.value === null
      ? `No DSO for ${format.month(axes.months[view.month])}: ${dso.reason ? format.reason(dso.reason) : "no figures"}`
      : `DSO is ${format.value(dso.value, dso.unit)}; ${format.value(late.value, late.unit)} of it ${late.value === 1 ? "is" : "are"} late money`;
    const targets = series({ values: dso.targets });
    return charts.chart({
      id: "dso-over-time",
      title,
      note: "Days. Best possible DSO and average days delinquent add up to DSO.",
      draw: () => ({
        traces: [
          { type: "bar", name: possible.name, x: months, y: series(possible), marker: { color: charts.colour("quiet") }, hovertemplate: "%{x}: %{y:.1f} days<extra>%{fullData.name}</extra>" },
          { type: "bar", name: late.name, x: months, y: series(late), marker: { color: charts.colour("loud") }, hovertemplate: "%{x}: %{y:.1f} days<extra>%{fullData.name}</extra>" },
          ...(targets.some((target) => target !== null)
            ? [{ type: "scatter", mode: "lines", name: "DSO target", x: months, y: targets, line: { color: charts.colour("text"), width: 2, dash: "dash" }, hovertemplate: "%{x}: target %{y:.1f} days<extra></extra>" }]
            : []),
        ],
        layout: { height: 400, barmode: "stack", bargap: 0.25, xaxis: charts.monthAxis({ half: true }), yaxis: { title: { text: "Days" }, rangemode: "tozero" } },
      }),
      columns: [{ name: "Month" }, { name: dso.name, numeric: true }, { name: possible.name, numeric: true }, { name: late.name, numeric: true }, { name: "Target", numeric: true }],
      rows: () => upTo.map((month, at) => [format.month(month), ...[dso, possible, late].map((kpi) => format.value(series(kpi)[at], kpi.unit)), format.value(targets[at], dso.unit)]).reverse(),
    });
  }

  /* The finest groups below a view, with what is past due in each now and a month before. */
  function parts(view) {
    const { numerators, values } = figures.data.kpis.delinquency_rate_amount;
    const found = [];
    axes.companies.forEach((company, companyAt) => {
      if (view.company >= 0 && view.company !== companyAt) return;
      axes.segments.forEach((segment, segmentAt) => {
        if (view.segment >= 0 && view.segment !== segmentAt) return;
        const group = figures.groupOf(companyAt, segmentAt);
        const pastDue = figures.at(numerators, group, view.month);
        if (pastDue === null) return;
        const names = [view.company >= 0 ? "" : company.name, view.segment >= 0 ? "" : segment].filter(Boolean);
        found.push({
          company: companyAt, segment: segmentAt, name: names.join(", ") || `${company.name}, ${segment}`,
          pastDue, before: figures.at(numerators, group, view.month - 1), rate: figures.at(values, group, view.month),
        });
      });
    });
    return found.sort((one, other) => other.pastDue - one.pastDue);
  }

  function whereChart(view) {
    if (view.by) return notBy(view.by, "Past due by company and segment");
    const all = parts(view).filter(({ pastDue, before }) => pastDue || before);
    const total = all.reduce((sum, { pastDue }) => sum + pastDue, 0);
    if (!all.length || total <= 0) {
      return element("section", { class: "card" }, element("h2", {}, "Nothing is past due"), nothing("No group holds money past its due date in this month."));
    }
    const shown = all.slice(0, BARS);
    const top = shown[0];
    return charts.chart({
      id: "where-past-due",
      title: all.length > 1
        ? `${top.name} holds ${format.share(top.pastDue / total)} of the ${format.shortMoney(total)} past due`
        : `${format.shortMoney(total)} is past due in ${top.name}`,
      note: `${format.currency}. Past-due receivables by company and segment, largest first${all.length > BARS ? `; the first ${BARS} of ${all.length}` : ""}. Lines mark the month before; percentages are of the group's own invoices.`,
      draw: () => {
        const bars = [...shown].reverse();
        const names = bars.map(({ name }) => name.replace(", ", "<br>"));
        return {
          traces: [
            { type: "bar", orientation: "h", name: "Past due", y: names, x: bars.map(({ pastDue }) => pastDue), marker: { color: bars.map((bar) => charts.colour(bar === top ? "loud" : "quiet")) },
              hovertemplate: "%{y}: %{x:,.0f}<extra></extra>" },
            { type: "scatter", mode: "markers", name: "The month before", y: names, x: bars.map(({ before }) => before), marker: { symbol: "line-ns", size: 16, line: { width: 2.5, color: charts.colour("text") } },
              hovertemplate: "%{y}, the month before: %{x:,.0f}<extra></extra>" },
            { type: "scatter", mode: "text", y: names, x: bars.map(({ pastDue, before }) => Math.max(pastDue, before ?? 0)), text: bars.map(({ rate }) => (rate === null ? "" : `  ${format.share(rate)}`)), textposition: "middle right", hoverinfo: "skip", cliponaxis: false },
          ],
          layout: { height: 90 + 34 * bars.length, showlegend: false, margin: { t: 8, r: 56, b: 32, l: 12 }, xaxis: { title: { text: `Past due, ${format.currency}` }, rangemode: "tozero", tickformat: "~s" }, yaxis: { type: "category", nticks: 0 } },
        };
      },
      columns: [{ name: "Group" }, { name: "Past due", numeric: true }, { name: "The month before", numeric: true }, { name: "Share of all past due", numeric: true }, { name: "Share of its own invoices", numeric: true }],
      rows: () => all.map((part) => [part.name, format.money(part.pastDue), format.money(part.before), format.share(part.pastDue / total), format.share(part.rate)]),
    });
  }

  /* The group whose past-due money grew most since the month before. */
  function grewMost(view) {
    const grown = parts(view).filter(({ before }) => before !== null).map((part) => ({ ...part, growth: part.pastDue - part.before })).sort((one, other) => other.growth - one.growth)[0];
    if (view.by || !grown || grown.growth <= 0 || (view.company >= 0 && view.segment >= 0)) return [];
    return [{ page: "receivables", bad: false, where: { company: grown.company, segment: grown.segment },
      text: `Past-due money grew most in ${grown.name}: by ${format.money(grown.growth)} to ${format.money(grown.pastDue)}` }];
  }

  function render(view) {
    const peopleNote = view.company >= 0 || view.segment >= 0 ? "All companies and segments" : "";
    const { title, section } = duebook.attention.list(HEADLINES, view, grewMost(view));
    const tiles = HEADLINES.map(({ id }) =>
      duebook.tiles.tile(id, view, {
        companions: id === "dso" ? ["best_possible_dso", "average_days_delinquent"] : [],
        note: id === "accounts_per_employee" ? peopleNote : "",
      }));
    return {
      summary: title,
      content: [section, element("section", { class: "tiles", "aria-label": "Headline KPIs" }, tiles),
        element("div", { class: "two" }, whereChart(view), figures.kpi("dso", view) ? dsoChart(view) : null)],
    };
  }

  return { name: "Overview", filters: ["month", "company", "segment", ...figures.filtersOfDimensions, "team"], render };
})();
