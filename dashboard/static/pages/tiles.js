/* Tiles: a KPI's value with what it is to be held against. Here: how a tile reads. Not here: which tiles a page has. */
"use strict";

duebook.tiles = (() => {
  const { element, sparkline } = duebook.parts;
  const { figures, format } = duebook;
  const SHOWN_MONTHS = 25;
  const WORDS = { 1: "better", 0: "", "-1": "worse" };
  const MARKS = { 1: "good", 0: "even", "-1": "bad" };

  function changeLine(kpi, before, since) {
    if (kpi.value === null) return null;
    if (before === null) return element("li", {}, element("span", { class: "even" }, "–"), ` no figure a ${since} before`);
    const judged = figures.verdict(kpi, before);
    const text = format.change(kpi.value - before, kpi.unit);
    const arrow = { "+": "▲", "−": "▼" }[text[0]] || "=";
    return element("li", { class: MARKS[judged], "data-since": since },
      element("span", { "aria-hidden": "true" }, arrow), " ",
      element("span", { class: "change" }, text),
      ` on the ${since}`, WORDS[judged] ? `, ${WORDS[judged]}` : "");
  }

  /* A line for the target or the benchmark, whose source and date show when pointed at; words for a value that is worse, or at least as good. */
  function heldAgainst(kpi, bar, name, [worse, asGood]) {
    if (bar === null) return null;
    const text = `${name} ${format.value(bar.value, kpi.unit)}`;
    const title = `${bar.source}, ${format.day(bar.date)}`;
    if (kpi.value === null) return element("li", { class: `even ${name}`, title }, text);
    const misses = figures.verdict(kpi, bar.value) < 0;
    return element("li", { class: `${misses ? "bad" : "good"} ${name}`, title },
      element("span", { "aria-hidden": "true" }, misses ? "✕" : "✓"), ` ${text}: ${misses ? worse : asGood}`);
  }

  /* What moved it since the month before; effects too small to show are left out. */
  function why(kpi) {
    const seen = kpi.causes.map(({ cause, effect }) => ({ cause, text: format.change(effect, kpi.unit) })).filter(({ text }) => !text.startsWith("±"));
    return seen.length ? element("p", { class: "why" }, "Moved by ", seen.map(({ cause, text }) => `${format.words(cause)} ${text}`).join(", ")) : null;
  }

  function neither(kpi) {
    const missing = [kpi.target === null && "target", kpi.benchmark === null && "benchmark"].filter(Boolean);
    return missing.length ? element("li", { class: "even" }, `no ${missing.join(", no ")}`) : null;
  }

  /* The value with its unit smaller. */
  function valueOf(kpi) {
    const [, amount, unit] = format.value(kpi.value, kpi.unit).match(/^([^\u00a0]*)(.*)$/);
    return element("p", { class: "value", title: kpi.formula }, amount, unit ? element("span", { class: "unit" }, unit) : null);
  }

  /* An amount of a KPI's parts: money and counts alike without needless decimals. */
  const part = (amount) => (Math.abs(amount) >= 1000 ? format.count(amount) : format.number(amount, Number.isInteger(amount) ? 0 : 1));

  function madeOf(kpi) {
    if (kpi.numerator === null || kpi.denominator === null) return null;
    if (kpi.denominator === 1 && kpi.numerator === kpi.value) return kpi.formula;
    return `${kpi.numerator_name} ${part(kpi.numerator)} / ${kpi.denominator_name} ${part(kpi.denominator)}`;
  }

  function recent(kpi, view) {
    const from = Math.max(figures.span(view)[0], view.month + 1 - SHOWN_MONTHS);
    const values = kpi.values.slice(from, view.month + 1);
    const known = values.filter((value) => value !== null);
    const label = known.length
      ? `${kpi.name}, ${format.shortMonth(figures.axes.months[from])} to ${format.shortMonth(figures.axes.months[view.month])}: ` +
        `lowest ${format.value(Math.min(...known), kpi.unit)}, highest ${format.value(Math.max(...known), kpi.unit)}`
      : `${kpi.name}: no values yet`;
    return sparkline(values, label);
  }

  /* One tile. companions: ids of KPIs named in a line of it; note: what scope it has when not the view's. */
  function tile(id, view, { companions = [], note = "" } = {}) {
    const kpi = figures.kpi(id, view);
    if (!kpi) return null;
    const beside = companions.map((other) => figures.kpi(other, view)).filter(Boolean);
    const misses = figures.missesTarget(kpi);
    return element("article", { class: `tile${misses ? " misses" : ""}`, "data-kpi": id, "aria-labelledby": `tile-${id}` },
      element("h3", { id: `tile-${id}` }, kpi.name),
      element("div", { class: "top" }, valueOf(kpi), recent(kpi, view)),
      kpi.reason ? element("p", { class: "reason" }, format.reason(kpi.reason)) : null,
      beside.length
        ? element("dl", { class: "beside" }, beside.map((other) => [element("dt", {}, other.name), element("dd", { "data-kpi": other.id }, format.value(other.value, other.unit))]))
        : null,
      element("ul", { class: "changes" },
        changeLine(kpi, kpi.previous, "month"),
        changeLine(kpi, kpi.yearAgo, "year"),
        heldAgainst(kpi, kpi.target, "target", ["missed", "met"]),
        heldAgainst(kpi, kpi.benchmark, "benchmark", ["worse", "met"]),
        neither(kpi)),
      why(kpi),
      element("p", { class: "made-of" }, [note, madeOf(kpi)].filter(Boolean).join(" · ")));
  }

  return { tile };
})();
