/* What is looked at: page, month, company, segment, team, customer. It stands in the address, so a link says all of it. */
"use strict";

duebook.state = (() => {
  const { data, axes, companyIndex, segmentIndex, crewOfTeam, groupOf, levelOf } = duebook.figures;
  const FILTERS = ["month", "company", "segment", "team", "customer"];
  const customers = data.customers.kept.rows.map(([id]) => id);
  const FIRST_PAGE = "overview";

  /* The last month that is over, or else the last there is. */
  function defaultMonth() {
    const whole = axes.running.lastIndexOf(false);
    return whole >= 0 ? whole : axes.months.length - 1;
  }

  /* Reads the address; names that don't exist are left out and reported. */
  function read(hash = window.location.hash) {
    const [path, query = ""] = hash.replace(/^#\/?/, "").split("?");
    const asked = new URLSearchParams(query);
    const unknown = [];
    const page = duebook.pages[path] ? path : FIRST_PAGE;
    if (path && page !== path) unknown.push(`page ${path}`);
    const chosen = (name, found) => {
      const wanted = asked.get(name);
      if (wanted === null) return -1;
      const index = found(wanted);
      if (index < 0) unknown.push(`${name} ${wanted}`);
      return index;
    };
    const askedFor = page === "account" ? asked.get("customer") : null;
    const month = chosen("month", (name) => axes.months.findIndex((end) => end.startsWith(name) && name.length === 7));
    return view({
      page,
      month: month >= 0 ? month : defaultMonth(),
      company: chosen("company", companyIndex),
      segment: chosen("segment", segmentIndex),
      team: chosen("team", (name) => axes.teams.indexOf(name)),
      customer: askedFor === null ? Math.min(0, customers.length - 1) : customers.indexOf(askedFor),
      askedFor,
      unknown,
    });
  }

  /* Adds what follows from the choices. */
  function view(chosen) {
    const group = groupOf(chosen.company, chosen.segment);
    const crew = chosen.team >= 0 ? crewOfTeam(axes.teams[chosen.team]) : 0;
    return { ...chosen, group, crew, level: levelOf(chosen) };
  }

  function address(chosen) {
    const query = new URLSearchParams();
    if (chosen.month >= 0 && chosen.month !== defaultMonth()) query.set("month", axes.months[chosen.month].slice(0, 7));
    if (chosen.company >= 0) query.set("company", axes.companies[chosen.company].id);
    if (chosen.segment >= 0) query.set("segment", axes.segments[chosen.segment]);
    if (chosen.team >= 0) query.set("team", axes.teams[chosen.team]);
    if (chosen.page === "account" && chosen.customer >= 0) query.set("customer", customers[chosen.customer]);
    const text = query.toString();
    return `#${chosen.page}${text ? `?${text}` : ""}`;
  }

  const go = (chosen) => {
    window.location.hash = address(chosen);
  };

  return { FILTERS, customers, read, view, address, go };
})();
