/* Compliance: which contacts break a contact rule, and which are they? */
"use strict";

duebook.pages.compliance = (() => {
  const { element, table, nothing, card } = duebook.parts;
  const { figures, format, charts, accounts } = duebook;
  const { axes, data } = figures;
  const { rules, contacts, findings_there_are: thereAre } = data.compliance;
  const FIRST_ROWS = 10;
  const VIOLATION = "presumed_violation";
  const VERDICTS = { presumed_violation: "Presumed violations", exception: "Exceptions", insufficient_data: "Can't be told", pass: "Passed", not_in_scope: "Not in scope" };
  const BASES = { law: "the law", policy: "policy" };
  const COLOURS = ["loud", "calm", "third", "fourth", "fifth", "quiet", "text"];
  const nameOf = Object.fromEntries(rules.map(({ id, name }) => [id, name]));
  const counts = (basis, rule, verdict, view) => figures.along(contacts[basis]?.[rule]?.[verdict], view.group);
  const total = (rows) => rows.reduce((sum, count) => sum + (count ?? 0), 0);

  /* Violations by rule along the months up to the one that is looked at; rules without any are left out. */
  function violations(basis, view) {
    return rules.map(({ id, name }, at) => ({ id, name, colour: COLOURS[at % COLOURS.length], values: counts(basis, id, VIOLATION, view).slice(0, view.month + 1) })).filter(({ values }) => total(values));
  }

  function byRule(view) {
    const month = format.month(axes.months[view.month]);
    const rows = Object.keys(BASES).flatMap((basis) => rules.map((rule) => ({ rule, basis, counts: Object.keys(VERDICTS).map((verdict) => counts(basis, rule.id, verdict, view)[view.month]) })))
      .filter((row) => row.counts.some((count) => count !== null));
    const about = "What the contact log shows, held against the computable rules of Regulation F and 15 USC 1692c(c). It is not legal advice: a presumed violation can be rebutted, and other rules and other countries' law are not checked.";
    if (!rows.length) return card(`No contact in ${month}`, about, nothing("Nobody of this selection was contacted."));
    const found = rows.map((row) => ({ ...row, count: row.counts[0] ?? 0 })).sort((one, other) => other.count - one.count);
    const all = total(found.map(({ count }) => count));
    const underLaw = total(found.filter(({ basis }) => basis === "law").map(({ count }) => count));
    const title = all
      ? `${format.plural(all, "presumed violation", "presumed violations")} in ${month}, ${underLaw ? format.count(underLaw) : "none"} of contacts that the law binds; most: ${found[0].rule.name.toLowerCase()}`
      : `No presumed violation in ${month}`;
    return card(title, about,
      table("Contacts by rule and verdict", [{ name: "Rule" }, { name: "Held to" }, ...Object.values(VERDICTS).map((name) => ({ name, numeric: true }))],
        rows.map(({ rule, basis, counts: some }) => [[rule.name, element("span", { class: "line" }, rule.citation)], BASES[basis], ...some.map((count) => format.count(count ?? 0))]), { class: "cards" }));
  }

  function overTime(basis, view) {
    const series = violations(basis, view);
    const upTo = axes.months.slice(0, view.month + 1);
    const months = upTo.map(format.shortMonth);
    const now = total(series.map(({ values }) => values[view.month]));
    const before = total(series.map(({ values }) => values[view.month - 1]));
    const bound = basis === "law" ? "Contacts that the law binds: about consumers' debts placed with a third party." : "All other contacts, held to the same rules as policy.";
    if (!series.length) return card(`No presumed violation of ${BASES[basis]} up to ${format.month(axes.months[view.month])}`, bound);
    return charts.chart({
      id: `violations-of-${basis}`,
      title: `Presumed violations of ${BASES[basis]}: ${format.count(now)} in the month${view.month ? `, ${format.count(before)} in the month before` : ""}`,
      note: `${bound} Contacts by rule and month; a contact counts once for each rule.`,
      draw: () => ({
        traces: series.map(({ name, values, colour }) => ({ type: "bar", name: charts.narrow() ? charts.broken(name) : name, x: months, y: values, marker: { color: charts.colour(colour) }, hovertemplate: `%{x}: %{y}<extra>${name}</extra>` })),
        layout: { height: 320 + (charts.narrow() ? 36 : 22) * series.length, barmode: "stack", bargap: 0.2, xaxis: charts.monthAxis({ half: true }), yaxis: { title: { text: "Contacts" }, rangemode: "tozero" } },
      }),
      columns: [{ name: "Month" }, ...series.map(({ name }) => ({ name, numeric: true }))],
      rows: () => upTo.map((month, at) => [format.month(month), ...series.map(({ values }) => format.count(values[at] ?? 0))]).reverse(),
    });
  }

  const verdictOf = (code) => ({ presumed_violation: "Presumed violation", exception: "Exception", insufficient_data: "Can't be told" })[code] || format.words(code);

  function asRow(view, row) {
    const line = (text) => element("span", { class: "line" }, text);
    const restsOn = row.contacts === 1 ? null : line(`Rests on ${format.plural(row.contacts, "contact", "contacts")}, ${row.first} to ${row.last}`);
    return [
      [nameOf[row.rule] || format.words(row.rule), line(`held to ${BASES[row.basis]}`)],
      verdictOf(row.verdict),
      [accounts.link(view, row.customer, row.name), line(row.name === row.customer ? "" : row.customer), row.invoice ? line(`about ${row.invoice}`) : null],
      [`${format.day(row.day)}, ${format.words(row.channel)}`, line([row.contact, row.employee && `by ${row.employee}`].filter(Boolean).join(", "))],
      [row.reason, restsOn],
    ];
  }

  function behind(view) {
    const month = axes.months[view.month];
    const company = view.company >= 0 ? axes.companies[view.company].id : null;
    const segment = view.segment >= 0 ? axes.segments[view.segment] : null;
    const found = accounts.findings().filter((row) => row.month_end === month && (!company || row.company === company) && (!segment || row.segment === segment));
    const inMart = Object.keys(BASES).flatMap((basis) => rules.flatMap(({ id }) => [VIOLATION, "exception", "insufficient_data"].map((verdict) => counts(basis, id, verdict, view)[view.month])));
    const kept = `${format.count(found.length)} of ${format.count(total(inMart))} findings of the month are kept here: of each rule presumed violations first, the newest before others. The mart contact_findings has all ${format.count(thereAre)} of all months.`;
    if (!total(inMart)) return card(`No finding in ${format.month(month)}`, "Every contact of the month passed, or no rule speaks of it.");
    if (!found.length) return card(`The contacts behind the findings of ${format.month(month)} are not kept here`, kept);
    const columns = [{ name: "Rule" }, { name: "Verdict" }, { name: "Customer" }, { name: "Contact" }, { name: "Why" }];
    const caption = "The contacts behind the findings";
    const holder = element("div", {}, table(caption, columns, found.slice(0, FIRST_ROWS).map((row) => asRow(view, row)), { class: "cards" }));
    const more = found.length > FIRST_ROWS ? element("button", { type: "button" }, `Show all ${format.count(found.length)}`) : null;
    more?.addEventListener("click", () => {
      holder.replaceChildren(table(caption, columns, found.map((row) => asRow(view, row)), { class: "cards" }));
      more.remove();
      holder.firstElementChild.focus();
    });
    return card(`The contacts behind the findings of ${format.month(month)}`, kept, holder, more);
  }

  function render(view) {
    return { content: [byRule(view), element("div", { class: "two" }, overTime("law", view), overTime("policy", view)), behind(view)] };
  }

  return { name: "Compliance", filters: ["month", "company", "segment"], needs: accounts.file, render };
})();
