/* What needs attention in a month. Here: the rule that picks it, and its sentences. Not here: tiles and charts.

   A KPI is listed when it misses its target, or when it is worse than both a month and a year before. Missed targets
   come first, the widest miss on top. Then what the data itself asks: failed checks, rows in quarantine, no tie-out. */
"use strict";

duebook.attention = (() => {
  const { element } = duebook.parts;
  const { figures, format } = duebook;

  const relative = (from, to) => Math.abs(to - from) / (Math.abs(from) || 1);

  /* The cause that did most to make a KPI worse than the month before, as the end of a sentence. */
  function because(kpi) {
    const worst = kpi.causes.find(({ effect }) => effect > 0 === (kpi.better === "lower") && !format.change(effect, kpi.unit).startsWith("±"));
    return worst ? `; held back most by ${format.words(worst.cause)} (${format.change(worst.effect, kpi.unit)})` : "";
  }

  function findings(ids, view) {
    const found = [];
    for (const { id, page } of ids) {
      const kpi = figures.kpi(id, view);
      if (!kpi || kpi.value === null) continue;
      const value = format.value(kpi.value, kpi.unit);
      if (figures.missesTarget(kpi)) {
        const miss = format.change(Math.abs(kpi.value - kpi.target.value), kpi.unit).slice(1);
        found.push({ page, rank: 1 + relative(kpi.target.value, kpi.value), bad: true, kpi: id,
          text: `${kpi.name} is ${value}: ${miss} ${kpi.value > kpi.target.value ? "above" : "below"} its target of ${format.value(kpi.target.value, kpi.unit)}${because(kpi)}` });
      } else if (figures.verdict(kpi, kpi.previous) < 0 && figures.verdict(kpi, kpi.yearAgo) < 0) {
        found.push({ page, rank: Math.min(relative(kpi.yearAgo, kpi.value), 0.99), bad: false, kpi: id,
          text: `${kpi.name} is ${value}: worse than the month before (${format.value(kpi.previous, kpi.unit)}) and the year before (${format.value(kpi.yearAgo, kpi.unit)})${because(kpi)}` });
      }
    }
    return found.sort((one, other) => other.rank - one.rank);
  }

  function aboutData() {
    const { quality } = figures.data;
    const failed = quality.checks.reduce((sum, { failed: some }) => sum + some, 0);
    const open = quality.tie_out.filter(({ is_tied_out: tied }) => !tied).length;
    return [
      failed && `${format.plural(failed, "check", "checks")} of the data failed`,
      quality.quarantined_rows && `${format.plural(quality.quarantined_rows, "landed row waits", "landed rows wait")} in quarantine and ${quality.quarantined_rows === 1 ? "is" : "are"} in no figure`,
      open && `${format.plural(open, "control balance doesn't", "control balances don't")} tie out to the ledger`,
    ].filter(Boolean).map((text) => ({ text, page: "quality", bad: false }));
  }

  /* The list. extra: findings a page adds, in front of those about the data. */
  function list(ids, view, extra = []) {
    const all = [...findings(ids, view), ...extra, ...aboutData()];
    const missed = all.filter(({ bad }) => bad).length;
    const title = all.length
      ? `${missed ? `${format.plural(missed, "target is", "targets are")} missed` : "No target is missed"}; ${format.plural(all.length, "point needs", "points need")} attention`
      : "Nothing needs attention: no target is missed, nothing is worse than a month and a year before";
    const rows = all.map(({ text, page, bad, kpi, where }) =>
      element("li", { class: bad ? "bad" : "warn", "data-kpi": kpi },
        element("span", { "aria-hidden": "true", class: "mark" }, bad ? "✕" : "!"), " ",
        element("a", { href: duebook.state.address({ ...view, page, ...where }) }, text)));
    return {
      title,
      section: element("section", { class: `card attention${missed ? " misses" : ""}`, "aria-labelledby": "attention" },
        element("h2", { id: "attention" }, title), element("ol", {}, rows)),
    };
  }

  return { list };
})();
