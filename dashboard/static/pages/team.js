/* Team: is the work done, does it bear promises, is it spread fairly? */
"use strict";

duebook.pages.team = (() => {
  const { element, nothing, card } = duebook.parts;
  const { figures, format, charts } = duebook;
  const { axes, data } = figures;
  const BARS = 30;
  const crewName = (view) => (view.team >= 0 ? axes.teams[view.team] : "All teams");

  function effort(view) {
    const upTo = axes.months.slice(0, view.month + 1);
    const months = upTo.map(format.shortMonth);
    const series = (column) => figures.along(data.team[column], view.crew).slice(0, view.month + 1);
    const [calls, reached] = [series("outbound_calls"), series("right_party_contacts")];
    const rate = figures.kpi("right_party_contact_rate", view);
    const title = rate && rate.value !== null
      ? `${format.share(rate.value)} of ${format.plural(calls[view.month], "call", "calls")} reached the right person${rate.yearAgo === null ? "" : `, ${format.share(rate.yearAgo)} a year before`}`
      : `No outbound calls in ${format.month(axes.months[view.month])}`;
    return charts.chart({
      id: "effort",
      title,
      note: `${crewName(view)}. Outbound calls a month.`,
      draw: () => ({
        traces: [
          { type: "bar", name: "Reached the right person", x: months, y: reached, marker: { color: charts.colour("calm") }, hovertemplate: "%{x}: %{y:,.0f}<extra>%{fullData.name}</extra>" },
          { type: "bar", name: "Did not", x: months, y: calls.map((all, at) => (all === null ? null : all - (reached[at] ?? 0))), marker: { color: charts.colour("quiet") }, hovertemplate: "%{x}: %{y:,.0f}<extra>%{fullData.name}</extra>" },
        ],
        layout: { barmode: "stack", bargap: 0.2, xaxis: charts.monthAxis({ half: true }), yaxis: { title: { text: "Outbound calls" }, rangemode: "tozero" } },
      }),
      columns: [{ name: "Month" }, { name: "Outbound calls", numeric: true }, { name: "Right person reached", numeric: true }],
      rows: () => upTo.map((month, at) => [format.month(month), format.count(calls[at]), format.count(reached[at])]).reverse(),
    });
  }

  function promises(view) {
    const kpi = figures.kpi("promise_kept_rate", view);
    if (!kpi) return null;
    const upTo = axes.months.slice(0, view.month + 1);
    const months = upTo.map(format.shortMonth);
    const percent = (values) => values.slice(0, view.month + 1).map((value) => (value === null ? null : value * 100));
    const crews = view.team >= 0 ? [{ name: axes.teams[view.team], crew: view.crew }] : axes.teams.map((team) => ({ name: team, crew: figures.crewOfTeam(team) }));
    const lines = [{ name: "All teams", crew: 0 }, ...crews];
    const made = figures.at(data.team.promises_due, view.crew, view.month);
    const weakest = crews.map(({ name, crew }) => ({ name, value: figures.at(kpi ? data.kpis.promise_kept_rate.values : null, crew, view.month) })).filter(({ value }) => value !== null).sort((one, other) => one.value - other.value)[0];
    const title = kpi.value === null
      ? `No promises to keep: ${kpi.reason ? format.reason(kpi.reason) : "no figures"}`
      : `${format.share(kpi.value)} of ${format.plural(made, "promise", "promises")} due were kept` + (view.team < 0 && crews.length > 1 && weakest ? `; fewest in ${weakest.name}, ${format.share(weakest.value)}` : "");
    const palette = ["text", "calm", "loud", "third", "fourth", "fifth"];
    const dashes = ["solid", "solid", "dash", "dot", "dashdot", "longdash"];
    return charts.chart({
      id: "promises",
      title,
      note: "Percent of promises due in the month that cash kept.",
      draw: () => ({
        traces: lines.map(({ name, crew }, at) => ({
          type: "scatter", mode: "lines+markers", name, x: months, y: percent(figures.along(data.kpis.promise_kept_rate.values, crew)),
          line: { color: charts.colour(palette[at % palette.length]), width: at ? 2 : 3, dash: dashes[at % dashes.length] }, marker: { size: 4 }, connectgaps: false,
          hovertemplate: "%{x}: %{y:.1f} %<extra>%{fullData.name}</extra>",
        })),
        layout: { xaxis: charts.monthAxis({ half: true }), yaxis: { title: { text: "Promises kept, %" }, rangemode: "tozero" } },
      }),
      columns: [{ name: "Month" }, ...lines.map(({ name }) => ({ name, numeric: true }))],
      rows: () => upTo.map((month, at) => [format.month(month), ...lines.map(({ crew }) => format.share(figures.at(data.kpis.promise_kept_rate.values, crew, at)))]).reverse(),
    });
  }

  function workload(view) {
    const team = view.team >= 0 ? axes.teams[view.team] : null;
    const people = axes.employees.map((employee, at) => {
      const crew = figures.crewOfEmployee(at);
      const column = (name) => figures.at(data.team[name], crew, view.month);
      return { ...employee, accounts: column("active_accounts"), fte: column("average_fte"), calls: column("outbound_calls"), promises: column("promises_made"), cash: column("cash_received"), rate: figures.at(data.kpis.accounts_per_employee?.values, crew, view.month) };
    }).filter((person) => person.accounts !== null && (!team || person.team === team)).sort((one, other) => other.accounts - one.accounts);
    if (!people.length) return card("No accounts are assigned", "", nothing(`Nobody had an active account in ${format.month(axes.months[view.month])}.`));
    const of = (name) => figures.at(data.team[name], view.crew, view.month);
    const [mean, heads] = [of("workload_mean"), of("headcount")];
    const timesTheMean = figures.kpi("workload_max_to_mean", view)?.value ?? null;
    const top = people[0];
    const shown = people.slice(0, BARS);
    return charts.chart({
      id: "workload",
      title: people.length > 1 ? `${top.name} has ${format.plural(top.accounts, "account", "accounts")}${timesTheMean === null ? "" : `, ${format.number(timesTheMean, 1)} times the mean`}` : `${top.name} has all ${format.plural(top.accounts, "account", "accounts")}`,
      note: `${crewName(view)}. Active accounts assigned on the month's last day${mean === null ? "" : `; the line is the mean of ${format.plural(heads, "employee", "employees")} in a credit and collection role, ${format.number(mean, 1)}`}.${people.length > BARS ? ` The first ${BARS}; the table has all.` : ""}`,
      draw: () => {
        const bars = [...shown].reverse();
        return {
          traces: [{ type: "bar", orientation: "h", y: bars.map(({ name }) => name), x: bars.map(({ accounts }) => accounts), marker: { color: bars.map((bar) => charts.colour(bar === top && people.length > 1 ? "loud" : "quiet")) }, hovertemplate: "%{y}: %{x} accounts<extra></extra>" }],
          layout: { height: 100 + 28 * bars.length, showlegend: false, xaxis: { title: { text: "Active accounts" }, rangemode: "tozero" }, yaxis: { type: "category", nticks: 0 },
            shapes: mean === null ? [] : [{ type: "line", x0: mean, x1: mean, yref: "paper", y0: 0, y1: 1, line: { color: charts.colour("text"), dash: "dash", width: 2 } }] },
        };
      },
      columns: [{ name: "Employee" }, { name: "Team" }, { name: "Accounts", numeric: true }, { name: "FTE", numeric: true }, { name: "Accounts per FTE", numeric: true }, { name: "Calls", numeric: true }, { name: "Promises", numeric: true }, { name: "Cash attributed", numeric: true }],
      rows: () => people.map((person) => [person.name, person.team || "", format.count(person.accounts), person.fte === null ? format.NO_VALUE : format.number(person.fte, 2), person.rate === null ? format.NO_VALUE : format.number(person.rate, 1), format.count(person.calls ?? 0), format.count(person.promises ?? 0), format.money(person.cash ?? 0)]),
    });
  }

  function render(view) {
    const tiles = ["accounts_per_employee", "right_party_contact_rate", "call_to_promise_ratio", "promise_kept_rate", "workload_max_to_mean", "workload_gini"].map((id) => duebook.tiles.tile(id, view));
    return {
      content: [element("section", { class: "tiles", "aria-label": "KPIs of the team" }, tiles), element("div", { class: "two" }, promises(view), effort(view)), workload(view)],
    };
  }

  return { name: "Team", filters: ["month", "team"], render };
})();
