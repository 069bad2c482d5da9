/* Charts by plotly. Here: one way to draw, look and describe them all. Not here: what each shows (pages/). */
"use strict";

duebook.charts = (() => {
  const { element, table } = duebook.parts;
  const CONFIG = { displayModeBar: false, responsive: true, scrollZoom: false, doubleClick: "reset" };
  let drawn = [];
  let tables = 0;

  /* Plotly comes last: the page is read while it loads. */
  const plotly = new Promise((resolve, reject) => {
    const script = document.querySelector("script[src$='plotly.min.js']");
    if (window.Plotly) resolve(window.Plotly);
    script.addEventListener("load", () => resolve(window.Plotly));
    script.addEventListener("error", () => reject(new Error("The charts can't be drawn: plotly.min.js is missing. Their tables can be read.")));
  });

  const colour = (name) => getComputedStyle(document.documentElement).getPropertyValue(`--${name}`).trim();
  const narrow = () => window.matchMedia("(max-width: 40rem)").matches;
  /* A sheet has no window to measure: a chart gets the width that a card has on A4 and on Letter. */
  const paper = () => window.matchMedia("print").matches;
  const PAPER_WIDTH = 640;

  /* The colour of each aging bucket: quiet while not past due, then stronger with age. */
  function bucketColour(bucket) {
    const late = duebook.data.buckets.filter((other) => other.is_past_due);
    if (!bucket.is_past_due) return colour(bucket.id === "current" ? "aging-current" : "aging-none");
    const place = late.length > 1 ? late.indexOf(bucket) / (late.length - 1) : 1;
    return colour(`aging-${1 + Math.round(place * 4)}`);
  }

  const onAxis = (common, own = {}) => ({ ...common, ...own, title: { ...common.title, ...own.title } });

  function layout(own) {
    const axis = { automargin: true, title: { font: { size: 13 } }, gridcolor: colour("grid"), linecolor: colour("grid"), zerolinecolor: colour("muted"), fixedrange: true, ...(narrow() ? { nticks: 4 } : {}) };
    const { xaxis, yaxis, ...rest } = own;
    return {
      height: 320,
      ...(paper() ? { width: PAPER_WIDTH } : { autosize: true }),
      margin: { t: 8, r: 12, b: 32, l: 12 },
      font: { family: "system-ui, sans-serif", size: 13, color: colour("text") },
      paper_bgcolor: "rgba(0,0,0,0)",
      plot_bgcolor: "rgba(0,0,0,0)",
      hovermode: "closest",
      hoverlabel: { bgcolor: colour("card"), bordercolor: colour("muted"), font: { color: colour("text") } },
      legend: { orientation: "h", y: 1.02, yanchor: "bottom", x: 0, traceorder: "normal" },
      xaxis: onAxis(axis, xaxis),
      yaxis: onAxis(axis, yaxis),
      ...rest,
    };
  }

  /* A label in two lines, broken near its middle, for an axis with little room. */
  function broken(label) {
    const spaces = [...label.matchAll(/ /g)].map(({ index }) => index);
    const [middle] = spaces.sort((one, other) => Math.abs(one - label.length / 2) - Math.abs(other - label.length / 2));
    return middle === undefined ? label : `${label.slice(0, middle)}<br>${label.slice(middle + 1)}`;
  }

  /* Puts a chart on a page.
     title: what it says, in words. note: scope and units. draw: () => {traces, layout}, called again when colours change.
     columns, rows: the same figures as a table, made when it is opened. */
  function chart({ title, note, label, draw, columns, rows, id }) {
    const plot = element("div", { class: "plot", role: "img", "aria-label": `${label || "Chart"}: ${title} The figures are in the table below it.` });
    const details = element("details", {}, element("summary", {}, "The figures as a table"));
    details.addEventListener("toggle", () => {
      if (details.open && details.children.length === 1) {
        details.append(table(title, columns, rows(), { id: `table-${++tables}` }));
      }
    });
    const figure = element("figure", { class: "card chart", id, "aria-labelledby": `${id}-title` },
      element("figcaption", {}, element("h2", { id: `${id}-title` }, title), note ? element("p", { class: "note" }, note) : null),
      plot, details);
    drawn.push({ plot, draw });
    return figure;
  }

  async function render({ plot, draw }) {
    const Plotly = await plotly;
    if (!plot.isConnected) return;
    const { traces, layout: own } = draw();
    await Plotly.react(plot, traces, layout(own), CONFIG);
  }

  /* Draws what stands on the page now. */
  const renderAll = () => Promise.all(drawn.map(render));

  function forgetAll() {
    for (const { plot } of drawn) if (window.Plotly && plot.data) window.Plotly.purge(plot);
    drawn = [];
  }

  /* Labels of a month axis: text, so that months stand evenly and no time zone moves them. */
  const monthAxis = ({ half = false } = {}) => ({ type: "category", nticks: narrow() ? 4 : half || paper() ? 7 : 13, tickangle: 0 });

  return { chart, renderAll, forgetAll, colour, bucketColour, monthAxis, broken, narrow, paper };
})();
