/* Receivables: how old is what is owed, what moved it, and what rolls on? */
"use strict";

duebook.pages.receivables = (() => {
  const { element, nothing, card, notBy } = duebook.parts;
  const { figures, format, charts } = duebook;
  const { axes, data } = figures;

  /* The smallest step of the roll-forward with a bar of its own, as a share of the largest. */
  const VISIBLE = 0.01;
  /* Values of a declared dimension that are drawn, from the largest. */
  const MOST_VALUES = 20;

  function agingChart(view) {
    const rate = figures.kpi("delinquency_rate_amount", view);
    const upTo = axes.months.slice(...figures.span(view));
    const months = upTo.map(format.shortMonth);
    const series = data.buckets.map((bucket) => ({ bucket, values: figures.along(data.aging[bucket.id], view.group).slice(...figures.span(view)) }));
    const before = rate.previous;
    const verb = before === null || rate.value === null ? "is" : Math.abs(rate.value - before) < 0.0005 ? "stayed at" : rate.value > before ? "rose to" : "fell to";
    const title = rate.value === null
      ? `No invoice was open at the end of ${format.month(axes.months[view.month])}`
      : `Past due ${verb} ${format.share(rate.value)}: ${format.shortMoney(rate.numerator)} of ${format.shortMoney(rate.denominator)} open`;
    return charts.chart({
      id: "aging-over-time",
      title,
      note: `${format.currency}. Open invoices at each month's end by days past due.`,
      draw: () => ({
        traces: series.map(({ bucket, values }) => ({
          type: "bar", name: bucket.label, x: months, y: values, marker: { color: charts.bucketColour(bucket) },
          hovertemplate: `%{x}: ${format.currency} %{y:,.0f}<extra>%{fullData.name}</extra>`,
        })),
        layout: { height: 380, barmode: "relative", bargap: 0.15, xaxis: charts.monthAxis(), yaxis: { title: { text: `Open invoices, ${format.currency}` }, tickformat: "~s" } },
      }),
      columns: [{ name: "Month" }, ...data.buckets.map(({ label }) => ({ name: label, numeric: true }))],
      rows: () => upTo.map((month, at) => [format.month(month), ...series.map(({ values }) => format.money(values[at]))]).reverse(),
    });
  }

  function waterfall(view) {
    if (view.by) return notBy(view.by, "What changed receivables");
    const { steps, opening, closing, movements } = data.roll_forward;
    const end = figures.at(closing, view.group, view.month);
    const month = format.month(axes.months[view.month]);
    if (end === null) return card(`No receivables in ${month}`, "", nothing("Nothing has happened in this group by then."));
    const start = figures.at(opening, view.group, view.month);
    const moved = steps.map((name, at) => ({ name, amount: figures.at(movements[at], view.group, view.month) ?? 0 })).filter(({ amount }) => Math.abs(amount) >= 0.005);
    const change = end - start;
    /* Steps too small to see go together; the table has them all. */
    const size = Math.max(...moved.map(({ amount }) => Math.abs(amount)), 0);
    const seen = moved.filter(({ amount }) => Math.abs(amount) >= size * VISIBLE);
    const rest = moved.filter((step) => !seen.includes(step));
    if (rest.length) seen.push({ name: rest.length === 1 ? rest[0].name : `${rest.length} other steps`, amount: rest.reduce((sum, { amount }) => sum + amount, 0) });
    const largest = [...moved].sort((one, other) => Math.abs(other.amount) - Math.abs(one.amount)).slice(0, 2);
    const title = `Receivables ${Math.abs(change) < 0.5 ? "stayed at" : change > 0 ? `rose by ${format.shortMoney(change)} to` : `fell by ${format.shortMoney(-change)} to`} ${format.shortMoney(end)}` +
      (largest.length ? `: ${largest.map(({ name, amount }) => `${name.toLowerCase()} ${format.shortMoney(Math.abs(amount))}`).join(", ")}` : "");
    return charts.chart({
      id: "roll-forward",
      title,
      note: `${format.currency}. From the month before's closing balance to that of ${month}; each flow at its own day's rate.`,
      draw: () => {
        const names = ["Opening", ...seen.map(({ name }) => name), "Closing"];
        return {
          traces: [{
            type: "waterfall", orientation: "h", y: names, measure: ["absolute", ...seen.map(() => "relative"), "total"], x: [start, ...seen.map(({ amount }) => amount), 0],
            increasing: { marker: { color: charts.colour("calm") } }, decreasing: { marker: { color: charts.colour("third") } }, totals: { marker: { color: charts.colour("quiet") } },
            connector: { line: { color: charts.colour("muted"), width: 1 } },
            text: [start, ...seen.map(({ amount }) => amount), end].map((amount) => format.shortMoney(amount).replace(`${format.currency}\u00a0`, "")), textposition: "outside", constraintext: "none", cliponaxis: false,
            hovertemplate: `%{y}: ${format.currency} %{text}<extra></extra>`,
          }],
          layout: { height: 100 + 34 * names.length, showlegend: false, margin: { t: 8, r: 56, b: 32, l: 12 }, yaxis: { type: "category", nticks: 0, autorange: "reversed" }, xaxis: { title: { text: format.currency }, tickformat: "~s" } },
        };
      },
      columns: [{ name: "Step" }, { name: format.currency || "Amount", numeric: true }],
      rows: () => [["Opening", format.money(start, 2)], ...moved.map(({ name, amount }) => [name, format.money(amount, 2)]), ["Closing", format.money(end, 2)]],
    });
  }

  function rollRates(view) {
    if (view.by) return notBy(view.by, "Roll rates");
    const group = figures.groupOf(view.company, -1);
    const { states, opening, share, rolled_on: older } = data.roll_rates;
    const label = (id) => states.find((state) => state.id === id).label;
    const from = data.buckets.filter(({ id }) => (figures.at(opening[id], group, view.month) ?? 0) > 0);
    const month = format.month(axes.months[view.month]);
    if (!from.length) return card(`Nothing could roll in ${month}`, "", nothing("No bucket held a balance at the end of the month before."));
    const rate = (bucket, state) => figures.at(share[bucket.id]?.[state.id], group, view.month);
    /* Of each late bucket, what went on to an older one; the one with most money that did is the headline. */
    const rolled = from.filter(({ is_past_due: late }) => late).map((bucket) => {
      const [gone, money] = ["share", "balance"].map((figure) => figures.at(older[bucket.id]?.[figure], group, view.month) ?? 0);
      return { bucket, gone, money };
    }).sort((one, other) => other.money - one.money)[0];
    const title = rolled && rolled.gone > 0
      ? `${format.share(rolled.gone)} of what was ${label(rolled.bucket.id).replace(/-/g, "\u2011")} late rolled on to an older bucket: ${format.shortMoney(rolled.money)}`
      : "No late money rolled on to an older bucket";
    return charts.chart({
      id: "roll-rates",
      title,
      note: `Percent of each bucket's balance at the end of the month before, by its bucket or state at the end of ${month}. Rows add up to 100 %.${view.segment >= 0 ? " All segments: roll rates are made by company." : ""}`,
      draw: () => {
        const rows = [...from].reverse();
        const states = data.roll_rates.states.filter((state) => from.some((bucket) => rate(bucket, state) !== null));
        const z = rows.map((bucket) => states.map((state) => { const value = rate(bucket, state); return value === null ? null : value * 100; }));
        return {
          traces: [{
            type: "heatmap", x: states.map((state) => (charts.narrow() ? state.label : charts.broken(state.label))), y: rows.map(({ id, label: name }) => `${name}<br>${format.shortMoney(figures.at(opening[id], group, view.month))}`), z, zmin: 0, zmax: 100, xgap: 2, ygap: 2,
            colorscale: [[0, charts.colour("heat-low")], [1, charts.colour("heat-high")]], showscale: false, hoverongaps: false,
            text: z.map((cells) => cells.map((value) => (value === null ? "" : value > 0 && value < 0.05 ? "< 0.1" : format.number(value, charts.narrow() ? 0 : 1)))), texttemplate: "%{text}",
            hovertemplate: "%{y} → %{x}: %{text} %<extra></extra>",
          }],
          layout: { height: 120 + 44 * rows.length, xaxis: { side: "top", title: { text: "Bucket or state a month later" }, showgrid: false, nticks: 0, ...(charts.narrow() ? { tickangle: -60 } : { autotickangles: [0, -90] }) }, yaxis: { title: { text: "From" }, showgrid: false, nticks: 0, ticks: "" }, margin: { t: 60, r: 12, b: 8, l: 12 } },
        };
      },
      columns: [{ name: "From" }, { name: "Balance", numeric: true }, ...states.map((state) => ({ name: state.label, numeric: true }))],
      rows: () => from.map((bucket) => [bucket.label, format.money(figures.at(opening[bucket.id], group, view.month)), ...states.map((state) => { const value = rate(bucket, state); return value === null ? "" : format.share(value); })]),
    });
  }

  /* A dimension that the home declares: who has what is open today, and how much of it is late. */
  function byDimension(view, { id, label, values }) {
    if (view.by) return id === view.by.id ? null : notBy(view.by, label);
    const of = (amounts) => amounts[view.group] ?? 0;
    const all = values.filter(({ open }) => of(open) !== 0).sort((one, other) => of(other.open) - of(one.open));
    if (!all.length) return card(`${label}: nothing is open`, "", nothing(`No invoice has a balance on ${format.day(data.publication.as_of)}.`));
    const shown = all.slice(0, MOST_VALUES);
    const latest = [...all].sort((one, other) => of(other.past_due) - of(one.past_due))[0];
    const title = of(latest.past_due) > 0
      ? `${label}: ${latest.name} has most past due, ${format.shortMoney(of(latest.past_due))} of ${format.shortMoney(of(latest.open))} open`
      : `${label}: nothing is past due`;
    return charts.chart({
      id: `by-${id}`,
      title,
      note: `${format.currency}. Open invoices on ${format.day(data.publication.as_of)} by their ${label.toLowerCase()}, and what of them is past due.${all.length > shown.length ? ` The ${shown.length} with most of ${all.length}; the table has all.` : ""}`,
      draw: () => {
        const bars = [...shown].reverse();
        const names = bars.map(({ name }) => name);
        return {
          traces: [
            { type: "bar", orientation: "h", name: "Open", y: names, x: bars.map(({ open }) => of(open)), marker: { color: charts.colour("quiet") }, hovertemplate: "%{y}, open: %{x:,.0f}<extra></extra>" },
            { type: "bar", orientation: "h", name: "Past due", y: names, x: bars.map(({ past_due: late }) => of(late)), marker: { color: charts.colour("loud") }, hovertemplate: "%{y}, past due: %{x:,.0f}<extra></extra>" },
          ],
          layout: { height: 110 + 28 * bars.length, barmode: "overlay", bargap: 0.25, xaxis: { title: { text: `Open invoices, ${format.currency}` }, tickformat: "~s" }, yaxis: { type: "category", nticks: 0 } },
        };
      },
      columns: [{ name: label }, { name: "Open", numeric: true }, { name: "Past due", numeric: true }],
      rows: () => all.map(({ name, open, past_due: late }) => [name, format.money(of(open)), format.money(of(late))]),
    });
  }

  function render(view) {
    const tiles = ["delinquency_rate_amount", "serious_delinquency_rate", "cei", "collection_rate"].map((id) => duebook.tiles.tile(id, view));
    return {
      content: [agingChart(view), element("div", { class: "two" }, waterfall(view), rollRates(view)),
        element("section", { class: "tiles four", "aria-label": "KPIs of receivables" }, tiles), ...data.dimensions.map((dimension) => byDimension(view, dimension))],
    };
  }

  return { name: "Receivables", filters: ["month", "company", "segment", ...figures.filtersOfDimensions], render };
})();
