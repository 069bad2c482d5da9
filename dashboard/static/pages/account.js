/* Account: what does one customer owe, when will it pay, what was promised and said? */
"use strict";

duebook.pages.account = (() => {
  const { element, table, nothing, card, fact } = duebook.parts;
  const { figures, format, charts, accounts, state } = duebook;
  const { data } = figures;
  const asOf = format.day(data.publication.as_of);
  const CREDITS = { receipt: "Receipt not applied", credit_memo: "Credit memo not applied", overpayment: "Paid beyond the invoice" };
  const line = (text) => (text ? element("span", { class: "line" }, text) : null);
  const amount = (value, currency) => (value === null ? format.NO_VALUE : `${currency}\u00a0${format.number(value, 2)}`);
  const kept = (shown, thereAre, mart) => (thereAre > shown ? ` The first ${format.count(shown)} of ${format.count(thereAre)}; the mart ${mart} has them all.` : "");

  function tiles(facts, habit) {
    return element("section", { class: "tiles four", "aria-label": "The account's figures" }, [
      fact("Receivables", format.money(facts.receivables), facts.credits ? `Credits not applied are in it: ${format.money(facts.credits)}` : "No credits to apply"),
      fact("Past due", format.money(facts.past_due), facts.oldest ? `The oldest ${format.plural(facts.oldest, "day", "days")}` : "Nothing is late"),
      fact("Credit limit used", format.share(facts.used), facts.credit_limit === null ? "No limit is set" : `Of ${format.money(facts.credit_limit)}`),
      fact("Habit", habit ? format.number(Math.abs(habit.habit), 1) : format.NO_VALUE, habit ? `${data.forecast.habit.replace(/^./, (letter) => letter.toUpperCase())}. Its own paid invoices: ${format.number(habit.own_invoices, 1)}, older ones count less` : "Nothing open that is forecast", habit ? (habit.habit < 0 ? "days early" : "days late") : ""),
    ]);
  }

  const days = (number) => (number === null ? "" : format.number(number, 1));

  function about(facts, outlook) {
    const known = (money) => (money === null ? "" : format.money(money));
    const rows = [
      ["Segment", facts.segment], ["Country", facts.country], ["Payment terms", facts.terms === null ? "" : format.plural(facts.terms, "day", "days")],
      ["Risk tier", facts.tier], ["Priority by money at risk", facts.priority ? `${format.count(facts.priority)} (${format.money(facts.money_at_risk)})` : ""],
      ...(facts.expected_rank || !outlook ? [] : [["Expected to be lost", known(outlook.expected_loss)], ["Expected to be 30 days late", known(outlook.expected_late_money)]]),
      ["With", facts.owner], ["Contact allowed by", facts.allowed_channels],
      ["Days late, by amount, last 3 months", days(facts.days_late_3m)], ["Days late, by amount, last 12 months", days(facts.days_late_12m)],
      ["Cash of 12 months that came late", facts.paid_late === null ? "" : format.share(facts.paid_late)],
      ["Promises broken in 12 months", format.count(facts.broken_promises)], ["Open disputes", format.count(facts.disputes)],
    ].filter(([, value]) => value);
    const title = !facts.priority ? "Not on the worklist: nothing is past due"
      : facts.expected_rank ? `Rank ${format.count(facts.expected_rank)} of the worklist: ${accounts.expected(facts)}`
        : `Priority ${format.count(facts.priority)} of the worklist: ${format.money(facts.money_at_risk)} at risk`;
    const why = accounts.why({ ...facts, early_warning: outlook?.early_warning ?? facts.early_warning });
    return card(title, facts.warnings || "No warnings.", why.some(Boolean) ? element("p", {}, why) : null, element("dl", { class: "beside" }, rows.map(([name, value]) => [element("dt", {}, name), element("dd", {}, value)])));
  }

  function history(rows, named) {
    const months = rows.map(({ month }) => format.shortMonth(month));
    const last = rows[rows.length - 1];
    if (!rows.length) return card("Nothing was owed in the last months", "", nothing("The customer has no balance and no movement in them."));
    return charts.chart({
      id: "owed-over-time",
      title: `${named} owed ${format.shortMoney(last.receivables)} at the end of ${format.month(last.month)}, ${format.shortMoney(last.past_due)} past due`,
      note: `${format.currency}. Receivables and what of them is past due at each month's end.`,
      draw: () => ({
        traces: [
          { type: "bar", name: "Receivables", x: months, y: rows.map(({ receivables }) => receivables), marker: { color: charts.colour("quiet") }, hovertemplate: "%{x}: %{y:,.0f}<extra>%{fullData.name}</extra>" },
          { type: "bar", name: "Past due", x: months, y: rows.map(({ past_due: amountLate }) => amountLate), width: 0.4, marker: { color: charts.colour("loud") }, hovertemplate: "%{x}: %{y:,.0f}<extra>%{fullData.name}</extra>" },
        ],
        layout: { barmode: "overlay", bargap: 0.25, xaxis: charts.monthAxis({ half: true }), yaxis: { title: { text: `Owed, ${format.currency}` }, tickformat: "~s" } },
      }),
      columns: [{ name: "Month" }, { name: "Receivables", numeric: true }, { name: "Past due", numeric: true }],
      rows: () => rows.map((row) => [format.month(row.month), format.money(row.receivables, 2), format.money(row.past_due, 2)]).reverse(),
    });
  }

  const partOf = ({ invoice, part, parts }) => (parts > 1 ? `${invoice}, part ${part}` : invoice);
  const between = ({ p10, p90 }) => (p10 ? `${format.day(p10)} to ${p90 ? format.day(p90) : "more than 365 days after its due date"}` : "");

  function expected(rows, thereAre) {
    const dated = rows.filter((row) => row.expected);
    if (!dated.length) return card("No open invoice has a date to expect it", "", nothing(rows.length ? "The table of open items says why." : `No invoice is open on ${asOf}.`));
    const first = dated[0];
    return charts.chart({
      id: "expected-payments",
      title: `Next, ${partOf(first)} is expected by ${format.day(first.expected)}`,
      note: `The line goes from the day by which it is paid with 10 % to that with 90 % probability; ${asOf} is the day of the forecast.${kept(rows.length, thereAre, "payment_forecast")}`,
      draw: () => {
        const shown = [...dated].reverse();
        return {
          traces: [
            { type: "scatter", mode: "lines", name: "10 % to 90 %", x: shown.flatMap(({ p10, expected: day, p90 }) => [p10, p90 ?? day, null]), y: shown.flatMap((row) => [partOf(row), partOf(row), null]), line: { color: charts.colour("quiet"), width: 6 }, hoverinfo: "skip" },
            { type: "scatter", mode: "markers", name: "Due", x: shown.map(({ due }) => due), y: shown.map(partOf), marker: { color: charts.colour("text"), symbol: "line-ns-open", size: 12, line: { width: 2 } }, hovertemplate: "%{y}, due %{x|%-d %B %Y}<extra></extra>" },
            { type: "scatter", mode: "markers", name: "Expected", x: shown.map(({ expected: day }) => day), y: shown.map(partOf), marker: { color: charts.colour("calm"), size: 10 }, hovertemplate: "%{y}, expected by %{x|%-d %B %Y}<extra></extra>" },
          ],
          layout: { height: 120 + 30 * shown.length, xaxis: { type: "date", title: { text: "Day" }, tickformat: "%-d %b %y", nticks: charts.narrow() ? 3 : 5 }, yaxis: { type: "category", nticks: 0 } },
        };
      },
      columns: [{ name: "Invoice" }, { name: "Due" }, { name: "Expected" }, { name: "10 % to 90 %" }],
      rows: () => dated.map((row) => [partOf(row), format.day(row.due), format.day(row.expected), between(row)]),
    });
  }

  const daysLate = (days) => (days === null ? "after more than a year" : days < 0 ? `${format.plural(-days, "day", "days")} before the due date` : days ? `${format.plural(days, "day", "days")} after the due date` : "by the due date");

  /* By when it pays, beside customers like it: the curves that its forecasts are read off. */
  function habitCurve(rows, habit, forecast, named) {
    if (!rows.length) return card("No curve of its habit is drawn", "", nothing(forecast?.reason === "landing_too_young" ? format.reason(forecast.reason) : `Curves are those of customers with an open invoice; ${named} has none on ${asOf}.`));
    const lines = [{ name: named, column: "own", colour: "calm", dash: "solid" }, { name: "Customers like it", column: "group_share", colour: "loud", dash: "dash" }, { name: "Everyone", column: "everyone", colour: "text", dash: "dot" }];
    return charts.chart({
      id: "habit-curve",
      title: forecast ? `Half of its invoices are paid ${daysLate(forecast.days_late_of_customer)}, ${forecast.days_late_of_customer === forecast.days_late_of_group ? "as are those of customers like it" : `half of those of customers like it ${daysLate(forecast.days_late_of_group)}`}` : "By when its invoices are paid, beside customers like it",
      note: `Percent of invoices paid by so many days after the due date.${habit ? ` Its own paid invoices weigh ${format.share(habit.weight)}, the rest are typical ones of customers that pay about as early or late.` : ""}`,
      draw: () => ({
        traces: lines.map(({ name, column, colour, dash }) => ({ type: "scatter", mode: "lines+markers", name, x: rows.map(({ days_late: day }) => day), y: rows.map((row) => row[column] * 100), line: { color: charts.colour(colour), width: column === "own" ? 3 : 2, dash }, marker: { size: 5 }, hovertemplate: "%{x} days after the due date: %{y:.1f} %<extra>%{fullData.name}</extra>" })),
        layout: { xaxis: { title: { text: "Days after the due date" }, zeroline: true }, yaxis: { title: { text: "Paid, %" }, range: [0, 103] } },
      }),
      columns: [{ name: "Days after the due date" }, ...lines.map(({ name }) => ({ name, numeric: true }))],
      rows: () => rows.map((row) => [format.number(row.days_late, 0), ...lines.map(({ column }) => format.share(row[column]))]),
    });
  }

  function statement(items, forecasts) {
    const { rows, thereAre } = items;
    if (!rows.length) return card(`Nothing is open on ${asOf}`, "", nothing("The customer has no open invoice and no credit to apply."));
    const ofInvoice = (id) => forecasts.filter(({ invoice }) => invoice === id);
    const forecast = (row) => (row.type === "invoice"
      ? ofInvoice(row.id).map((part) => line([part.parts > 1 && `Part ${part.part}:`, part.expected ? `by ${format.day(part.expected)} (${between(part)});` : format.reason(part.reason),
        part.expected && `more than 30 days late with a probability of ${format.share(part.p_late_30)}`].filter(Boolean).join(" ")))
      : null);
    return card(`${format.plural(thereAre, "item is", "items are")} open on ${asOf}`, `By days past due, credits last; balances in their own currency.${kept(rows.length, thereAre, "open_items")}`,
      table("Statement", [{ name: "Document" }, { name: "Company" }, { name: "Dated" }, { name: "Due" }, { name: "Balance", numeric: true }, { name: "Expected" }],
        rows.map((row) => [
          [row.id, line(CREDITS[row.type])], row.company, format.day(row.day),
          [row.due ? format.day(row.due) : row.type === "invoice" ? "No due date" : "", line(row.days_past_due ? `${format.plural(row.days_past_due, "day", "days")} past due` : ""), line(row.disputed ? "disputed" : ""), line(row.promised_for ? `promised for ${format.day(row.promised_for)}` : "")],
          amount(row.balance, row.currency), forecast(row),
        ]), { class: "cards" }));
  }

  /* The steps that explain each forecast: the first, then what each adds. */
  function why(rows) {
    const explained = rows.filter((row) => row.expected);
    if (!explained.length) return null;
    const steps = Object.entries(data.forecast.steps);
    return card("Why these days: days late, step by step", "Each column is the days late by which half are paid, as far as the step knows; the last is the forecast. make explain INVOICE= says what each step adds.",
      table("Why these days", [{ name: "Invoice" }, ...steps.map(([, name]) => ({ name: name.replace(/^./, (letter) => letter.toUpperCase()), numeric: true })), { name: "Expected" }],
        explained.map((row) => [[partOf(row), line(row.reason ? format.reason(row.reason) : "")], ...steps.map(([column]) => format.count(row[column])), format.day(row.expected)]), { class: "wrapped" }));
  }

  function aging({ rows }) {
    if (!rows.length) return null;
    return card(`Aging on ${asOf}`, "Invoice balances by days past due, and credits not applied; in their own currency.",
      table("Aging", [{ name: "Days past due" }, ...rows.map((row) => ({ name: `${row.company_id}, ${row.currency_code}`, numeric: true }))],
        [...data.buckets.map(({ id, label }) => [label, `aging_${id}`]), ["Credits", "unapplied_credits"], ["Receivables", "receivables"]]
          .map(([label, column]) => [label, ...rows.map((row) => format.number(row[column], 2))])));
  }

  function promises({ rows, thereAre }) {
    const outcome = (row) => (row.cancelled ? `Cancelled on ${format.day(row.cancelled)}` : row.kept === null ? "Open" : row.kept ? "Kept" : "Not kept");
    if (!rows.length) return card("No promise was ever made", "");
    return card(`${format.plural(thereAre, "promise", "promises")} to pay, the last on ${format.day(rows[0].made)}`, `The newest first.${kept(rows.length, thereAre, "fct_promises")}`,
      table("Promises", [{ name: "Made" }, { name: "For" }, { name: "Amount", numeric: true }, { name: "About" }, { name: "Outcome" }],
        rows.map((row) => [format.day(row.made), format.day(row.due), amount(row.amount, row.currency), row.invoice || "No invoice in particular", [outcome(row), line(row.received ? `received on ${format.day(row.received)}` : "")]]), { class: "cards" }));
  }

  function contacts({ rows, thereAre }) {
    if (!rows.length) return card("Never contacted", "");
    const ruleName = (id) => data.compliance.rules.find((rule) => rule.id === id)?.name || format.words(id);
    return card(`${format.plural(thereAre, "contact", "contacts")}, the last on ${format.day(rows[0].day)}`, `Tries at contact, too; days in UTC, the newest first.${kept(rows.length, thereAre, "fct_activities")}`,
      table("Contacts", [{ name: "Day" }, { name: "How" }, { name: "Outcome" }, { name: "By" }, { name: "About" }, { name: "Presumed violation of" }],
        rows.map((row) => [format.day(row.day), `${format.words(row.direction)} ${format.words(row.channel)}`, format.words(row.outcome), row.employee || "", row.invoice || "", row.rules ? row.rules.split(", ").map((id) => line(ruleName(id))) : ""]), { class: "cards" }));
  }

  function render(view) {
    const others = `${format.count(accounts.kept)} of ${format.plural(accounts.thereAre, "customer", "customers")} have their account here: those that another page names. Of the others the marts have the same: customer_risk, open_items, payment_forecast, fct_promises, fct_activities.`;
    if (view.askedFor !== null && view.customer < 0) return { content: [card(`Customer ${view.askedFor} has no account here`, others)] };
    if (view.customer < 0) return { content: [card("No customer has an account here", "No page names a customer.")] };
    const id = state.customers[view.customer];
    const [, name] = data.customers.kept.rows[view.customer];
    const of = (list) => accounts.list(list, id);
    const [facts] = of("facts").rows;
    const items = of("items");
    const forecasts = of("forecasts");
    const parts = (invoice) => forecasts.rows.filter((row) => row.invoice === invoice).length;
    const rows = forecasts.rows.map((row) => ({ ...row, parts: Math.max(parts(row.invoice), row.part) }));
    return {
      summary: facts ? `${format.money(facts.receivables)} owed, ${format.money(facts.past_due)} past due.` : "",
      content: [
        facts && tiles(facts, of("habits").rows[0]),
        element("div", { class: "two" }, history(of("history").rows, name), expected(rows, forecasts.thereAre)),
        statement(items, rows), why(rows),
        element("div", { class: "two" }, habitCurve(of("curves").rows, of("habits").rows[0], forecasts.rows[0], name), facts && about(facts, of("outlooks").rows[0])),
        aging(of("aging")), promises(of("promises")), contacts(of("contacts")),
        element("p", { class: "note" }, others),
      ],
    };
  }

  return { name: "Account", filters: ["customer"], needs: accounts.file, render };
})();
