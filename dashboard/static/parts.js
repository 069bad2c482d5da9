/* Pieces of pages. Here: elements, tables, cards, tiles' sparklines. Not here: charts by plotly (charts.js). */
"use strict";

duebook.parts = (() => {
  const SVG = "http://www.w3.org/2000/svg";

  /* Makes an element; children are elements or text, nothing is ever read as HTML. */
  function element(tag, attributes = {}, ...children) {
    const made = document.createElement(tag);
    set(made, attributes);
    made.append(...children.flat(Infinity).filter((child) => child !== null && child !== undefined && child !== ""));
    return made;
  }

  function set(made, attributes) {
    for (const [name, value] of Object.entries(attributes)) {
      if (value === null || value === undefined || value === false) continue;
      made.setAttribute(name, value === true ? "" : value);
    }
    return made;
  }

  /* A table of {name, numeric} columns and rows of text or elements; scrolls by itself when it is too wide.
     Roles are spelled out: a table that a phone shows as cards is still read as a table. */
  function table(caption, columns, rows, attributes = {}) {
    const head = columns.map((column) => element("th", { scope: "col", role: "columnheader", class: column.numeric ? "number" : null }, column.name));
    const body = rows.map((cells) =>
      element("tr", { role: "row" }, cells.map((cell, at) => {
        const common = { class: columns[at].numeric ? "number" : null, "data-label": columns[at].name };
        return at === 0 ? element("th", { scope: "row", role: "rowheader", ...common }, cell) : element("td", { role: "cell", ...common }, cell);
      })),
    );
    return element("div", { class: "scroll", tabindex: "0", role: "region", "aria-label": caption },
      element("table", { role: "table", ...attributes }, element("caption", {}, caption),
        element("thead", { role: "rowgroup" }, element("tr", { role: "row" }, head)), element("tbody", { role: "rowgroup" }, body)));
  }

  /* A section with a heading that says what it says, and a line under it. */
  function card(title, note, ...content) {
    return element("section", { class: "card" }, element("h2", {}, title), note ? element("p", { class: "note" }, note) : null, ...content);
  }

  const nothing = (text) => element("p", { class: "nothing" }, text);

  /* In the place of what isn't made by the value that is chosen. */
  const notBy = ({ label, value }, what) => card(`${what}: not by ${label.toLowerCase()}`, "", nothing(`There is no such figure of ${value} alone. Choose All at ${label} to see it.`));

  /* A small line of the last values, gaps left open, the last point marked. */
  function sparkline(values, label) {
    const [width, height, margin] = [120, 32, 3];
    const known = values.filter((value) => value !== null);
    const drawing = set(document.createElementNS(SVG, "svg"), {
      class: "sparkline", viewBox: `0 0 ${width} ${height}`, role: "img", "aria-label": label, preserveAspectRatio: "none",
    });
    if (!known.length) return drawing;
    const [low, high] = [Math.min(...known), Math.max(...known)];
    const x = (at) => margin + (at * (width - 2 * margin)) / Math.max(values.length - 1, 1);
    const y = (value) => height - margin - ((value - low) * (height - 2 * margin)) / (high - low || 1);
    let path = "";
    values.forEach((value, at) => {
      if (value !== null) path += `${at && values[at - 1] !== null ? "L" : "M"}${x(at).toFixed(1)} ${y(value).toFixed(1)}`;
    });
    drawing.append(set(document.createElementNS(SVG, "path"), { d: path }));
    const last = values.length - 1;
    if (values[last] !== null) {
      /* A line of no length with round ends: a point that stays round however the drawing is stretched. */
      drawing.append(set(document.createElementNS(SVG, "path"), { class: "last", d: `M${x(last).toFixed(1)} ${y(values[last]).toFixed(1)}h0` }));
    }
    return drawing;
  }

  /* A figure with its name above it, a unit behind it in small letters, and a note below. */
  function fact(name, value, note, unit = "") {
    const shown = element("p", { class: "value" }, value, unit ? element("span", { class: "unit" }, `\u00a0${unit}`) : null);
    return element("article", { class: "tile fact" }, element("h3", {}, name), shown, element("p", { class: "made-of" }, note));
  }

  /* The ways to the pages about this refresh, and about all of them. */
  function reports() {
    const { page, list } = duebook.data.report;
    return element("span", {}, element("a", { href: page }, "This refresh"), ", ", element("a", { href: list }, "all refreshes"));
  }

  return { element, table, card, nothing, notBy, fact, sparkline, reports };
})();
