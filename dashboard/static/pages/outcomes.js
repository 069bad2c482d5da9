/* Cash by week and how good forecasts were. Here: charts of the page Forecast that set what was said beside what came.
   Not here: the page (forecast.js). */
"use strict";

duebook.outcomes = (() => {
  const { element, table, nothing, card } = duebook.parts;
  const { figures, format, charts } = duebook;
  const weekly = figures.data.weekly_cash;
  const asOf = format.day(figures.data.publication.as_of);
  const percent = (fraction) => fraction * 100;
  const between = ({ p10, p90 }) => (p10 === null ? format.NO_VALUE : `${format.money(p10)} to ${format.money(p90)}`);
  const of = (name, view) => figures.recordsOf(weekly?.[name], figures.scopeOf(view));

  /* How each measure is called and shown; errors are better when they are small. */
  const inDays = (value) => format.value(value, "days");
  const asIs = (value) => format.number(value, 3);
  const MEASURES = {
    mae_days: ["Days off, on average", inDays, "items"],
    bias_days: ["The same with its sign, above zero where paid earlier", inDays, "items"],
    within_7_days: ["Paid within 7 days of the day expected", format.share, "items"],
    coverage_p10_p90: ["Paid within the interval (80 % is right)", format.share, "items"],
    brier_late_0: ["Error of the probability to be late (Brier)", asIs, "items"],
    brier_late_30: ["Error of the probability to be 30 days late (Brier)", asIs, "items"],
    auc_late_0: ["Late and in time told apart (AUC, 0.5 is a guess)", asIs, "items"],
    auc_late_30: ["The same of 30 days late", asIs, "items"],
    wape_cash_4w: ["Error of a week's cash, 4 weeks, of the cash", format.share, "weeks"],
    wape_cash_13w: ["The same, 13 weeks", format.share, "weeks"],
    coverage_cash: ["Weeks whose cash was in the interval (80 % is right)", format.share, "weeks"],
  };
  const nameOf = (measure) => (MEASURES[measure] ?? [format.words(measure)])[0];
  const show = (measure, value) => (value === null ? format.NO_VALUE : (MEASURES[measure]?.[1] ?? asIs)(value));

  /* Why nothing stands here for a selection; null where something does. */
  function missing(view, what) {
    if (!weekly) return card(`${what}: not in this publication`, "It was made by an older version of Duebook: the next refresh has it.");
    if (figures.scopeOf(view) === null) return card(`${what}: of a company or of a segment, not of both together`, "Choose one of the two only.");
    return null;
  }

  /* A past week is a line from p10 to p90; the weeks ahead are a band. */
  function lines(weeks) {
    return { type: "scatter", mode: "lines", name: "10 % to 90 %, said before the week", x: weeks.flatMap(({ last }) => [last, last, null]), y: weeks.flatMap(({ p10, p90 }) => [p10, p90, null]), line: { color: charts.colour("quiet"), width: charts.narrow() ? 2 : 6 }, hoverinfo: "skip" };
  }

  function band(weeks) {
    const edge = { type: "scatter", mode: "lines", x: weeks.map(({ last }) => last), line: { color: charts.colour("quiet"), width: 1 }, hoverinfo: "skip" };
    return [
      { ...edge, y: weeks.map(({ p10 }) => p10), showlegend: false },
      { ...edge, y: weeks.map(({ p90 }) => p90), name: "10 % to 90 %, ahead", fill: "tonexty", fillcolor: `${charts.colour("quiet")}66` },
    ];
  }

  function fan(view) {
    const without = missing(view, "Cash by week");
    if (without) return without;
    const ahead = of("ahead", view);
    const over = of("over", view);
    const next = ahead[0];
    if (!next || next.expected === null) return card("Cash by week can't be forecast", next ? format.reason(next.reason) : "", nothing(next ? "The open invoices are listed below." : `No invoice of this selection is open on ${asOf}.`));
    const within = over.filter((week) => week.within).length;
    const past = over.length
      ? `Of ${format.plural(over.length, "week", "weeks")} that are over ${format.count(within)} brought an amount between the 10 % and the 90 % that were said before the week; four of five should.`
      : "Weeks that are over stand here once a forecast was frozen before them: each Monday's is.";
    const toCome = next.to_come === null ? format.reason(next.reason) : "Apart from it what invoices not issued yet will bring if customers go on buying as they did.";
    const hover = (text) => `Week to %{x|%-d %B %Y}: ${format.currency} %{y:,.0f}<extra>${text}</extra>`;
    const series = (name, rows, column, colour, marker = {}) => ({ type: "scatter", mode: "lines+markers", name, x: rows.map(({ last }) => last), y: rows.map((row) => row[column]), line: { color: charts.colour(colour), width: 2 }, marker: { size: 6, ...marker }, hovertemplate: hover(name) });
    return charts.chart({
      id: "cash-by-week",
      title: `The next seven days bring ${format.shortMoney(next.expected)} from open invoices, with 80 % probability between ${format.shortMoney(next.p10)} and ${format.shortMoney(next.p90)}`,
      note: `${format.currency}, by the week's last day; the line is ${asOf}. ${past} ${toCome}`,
      draw: () => ({
        traces: [
          ...(over.length ? [lines(over)] : []), ...band(ahead), series("Expected of open invoices", [...over, ...ahead], "expected", "calm"),
          ...(over.length ? [{ ...series("Came in", over, "cash", "loud", { symbol: "diamond", size: 8 }), mode: "markers" }] : []),
          ...(next.to_come === null ? [] : [{ ...series("Expected of invoices to come", ahead, "to_come", "third"), line: { color: charts.colour("third"), width: 2, dash: "dot" } }]),
        ],
        layout: {
          height: charts.narrow() ? 460 : 400, xaxis: { type: "date", title: { text: "Week to" }, tickformat: "%-d %b %y", nticks: charts.narrow() ? 3 : charts.paper() ? 5 : 8 }, yaxis: { title: { text: `A week's cash, ${format.currency}` }, tickformat: "~s", rangemode: "tozero" },
          shapes: [{ type: "line", x0: figures.data.publication.as_of, x1: figures.data.publication.as_of, yref: "paper", y0: 0, y1: 1, line: { color: charts.colour("text"), dash: "dash", width: 1 } }],
        },
      }),
      columns: [{ name: "Week" }, { name: "Expected of open invoices", numeric: true }, { name: "10 % to 90 %", numeric: true }, { name: "Came in", numeric: true }, { name: "Expected of invoices to come", numeric: true }],
      rows: () => [...over, ...ahead].map((week) => [`${format.day(week.first)} to ${format.day(week.last)}`, format.money(week.expected, 2), between(week), format.money(week.cash, 2), format.money(week.to_come, 2)]),
    });
  }

  /* Said aloud where the simplest forecast does as well. */
  function verdict(view) {
    const worse = of("scores", view).filter(({ beats }) => beats === false);
    if (!worse.length) return null;
    return element("p", { class: "unknown", id: "no-better-than-baseline" },
      `The forecast does not beat its baseline, each customer's median, in: ${worse.map(({ measure, value, baseline, frozen }) => `${nameOf(measure).toLowerCase()} (${show(measure, value)} beside ${show(measure, baseline)}, frozen on ${format.day(frozen)})`).join("; ")}.`);
  }

  function errors(view) {
    const rows = of("errors", view);
    if (!rows.length) return card("How far off forecasts were isn't known yet", "Forecasts are frozen at each month's end, by the first publication for or after it; how far off they were is known as their invoices are paid.");
    const last = rows[rows.length - 1];
    const x = rows.map(({ frozen }) => format.shortDay(frozen));
    const trace = (name, column, colour, dash) => ({ type: "scatter", mode: "lines+markers", name, x, y: rows.map((row) => row[column]), line: { color: charts.colour(colour), width: 2, dash }, marker: { size: 6 }, hovertemplate: "Frozen on %{x}: %{y:.1f} days<extra>%{fullData.name}</extra>" });
    return charts.chart({
      id: "error-over-time",
      title: `Frozen on ${format.day(last.frozen)}, the forecast was ${inDays(last.value)} off on average, each customer's median ${inDays(last.baseline)}`,
      note: "Days between the day expected and the day paid, of what is paid since; of the last months only what was paid early is known.",
      draw: () => ({
        traces: [trace("Forecast", "value", "calm", "solid"), trace("Baseline: each customer's median", "baseline", "loud", "dash")],
        layout: { xaxis: { ...charts.monthAxis({ half: true }), title: { text: "Frozen on" } }, yaxis: { title: { text: "Days off, on average" }, rangemode: "tozero" } },
      }),
      columns: [{ name: "Frozen on" }, { name: "Paid since", numeric: true }, { name: "Still open", numeric: true }, { name: "Forecast", numeric: true }, { name: "Baseline", numeric: true }],
      rows: () => rows.map((row) => [format.day(row.frozen), format.count(row.n), format.count(row.open_still), inDays(row.value), inDays(row.baseline)]).reverse(),
    });
  }

  const LATE_BY = { 0: { name: "Past the due date", colour: "calm", symbol: "circle" }, 30: { name: "More than 30 days late", colour: "loud", symbol: "diamond" } };
  const lateName = (days) => LATE_BY[days]?.name ?? `More than ${days} days late`;

  function reliability(view) {
    const rows = of("calibration", view);
    if (!rows.length) return card("Whether probabilities hold isn't known yet", "They are held against what came true when the day has passed by which an invoice of a frozen forecast would be late.");
    const most = [...rows].sort((one, other) => other.n - one.n)[0];
    return charts.chart({
      id: "reliability",
      title: `${lateName(most.late_by)}: said of ${format.plural(most.n, "item", "items")} with ${format.share(most.said)} on average, true of ${format.share(most.late)}`,
      note: "All forecasts frozen in the last 400 days, in tenths of the probability. Points on the diagonal came true as often as was said; below it less often.",
      draw: () => ({
        traces: [
          { type: "scatter", mode: "lines", name: "As said", x: [0, 100], y: [0, 100], line: { color: charts.colour("muted"), width: 1, dash: "dash" }, hoverinfo: "skip" },
          ...Object.keys(LATE_BY).map(Number).map((days) => {
            const points = rows.filter(({ late_by: late }) => late === days);
            const { name, colour, symbol } = LATE_BY[days];
            return { type: "scatter", mode: "lines+markers", name, x: points.map(({ said }) => percent(said)), y: points.map(({ late }) => percent(late)), customdata: points.map(({ n }) => n), line: { color: charts.colour(colour), width: 2 }, marker: { size: 8, symbol }, hovertemplate: "Said %{x:.1f} %, true %{y:.1f} % of %{customdata} items<extra>%{fullData.name}</extra>" };
          }),
        ],
        layout: { xaxis: { title: { text: "Probability that was said, %" }, range: [-3, 103] }, yaxis: { title: { text: "Share that was late, %" }, range: [-3, 103] } },
      }),
      columns: [{ name: "Late" }, { name: "Items", numeric: true }, { name: "Said", numeric: true }, { name: "Came true", numeric: true }],
      rows: () => rows.map((row) => [lateName(row.late_by), format.count(row.n), format.share(row.said), format.share(row.late)]),
    });
  }

  function scores(view) {
    const without = missing(view, "How good forecasts were");
    if (without) return without;
    const rows = of("scores", view);
    if (!rows.length) return card("No frozen forecast has been scored yet", "Forecasts are frozen by the first publication at or after each month's end, of weekly cash each Monday. How good they were stands here when their invoices are paid and their weeks are over.");
    const compared = rows.filter(({ beats }) => beats !== null);
    const better = compared.filter(({ beats }) => beats).length;
    const title = compared.length ? `The forecast beats its baseline in ${format.count(better)} of ${format.plural(compared.length, "measure", "measures")} of error` : "No error of a forecast can be held against its baseline yet";
    const kind = (measure, count) => (MEASURES[measure]?.[2] === "weeks" ? format.plural(count, "week", "weeks") : format.plural(count, "item", "items"));
    return card(title, "Measure by measure, the newest frozen forecast of which four of five outcomes are known, or else the newest. The baseline: each customer pays as late as it did in the median. The mart forecast_accuracy has all days.",
      table("How good forecasts were", [{ name: "Measure" }, { name: "Frozen on" }, { name: "Known of", numeric: true }, { name: "Forecast", numeric: true }, { name: "Baseline", numeric: true }, { name: "Beats it" }],
        Object.keys(MEASURES).flatMap((measure) => rows.filter((row) => row.measure === measure)).map((row) => [
          nameOf(row.measure), format.day(row.frozen), kind(row.measure, row.n), row.value === null ? format.reason(row.reason) : show(row.measure, row.value), show(row.measure, row.baseline), row.beats === null ? "" : row.beats ? "Yes" : "No",
        ]), { class: "cards wrapped" }));
  }

  /* Both charts of past forecasts; nothing where the card of the scores says why there are none. */
  function past(view) {
    const known = figures.scopeOf(view) !== null && (of("errors", view).length || of("calibration", view).length);
    return known ? element("div", { class: "two" }, errors(view), reliability(view)) : null;
  }

  return { fan, verdict, past, scores };
})();
