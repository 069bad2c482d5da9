/* What is looked at: page, month, company and segment or a value of a declared dimension, team, customer. It stands in
   the address, so a link says all of it. */
"use strict";

duebook.state = (() => {
  const { data, axes, companyIndex, segmentIndex, crewOfTeam, groupOf, levelOf, filterOf, filtersOfDimensions } = duebook.figures;
  const GROUPS = ["company", "segment"];
  const FILTERS = ["month", ...GROUPS, ...filtersOfDimensions, "team", "customer"];
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
      if (index < 0) unknown.push(`${said(name)} ${wanted}`);
      return index;
    };
    const askedFor = page === "account" ? asked.get("customer") : null;
    const found = chosen("month", (name) => axes.months.findIndex((end) => end.startsWith(name) && name.length === 7));
    const picked = {
      company: chosen("company", companyIndex),
      segment: chosen("segment", segmentIndex),
      ...Object.fromEntries(axes.dimensions.map((dimension) => [filterOf(dimension), chosen(filterOf(dimension), (name) => dimension.values.indexOf(name))])),
    };
    const report = (name, by) => unknown.push(`${said(name)} ${asked.get(name)} of ${inWords(by)}`);
    const month = has(page, valueOf(picked)) ? ofOneValue(picked, found, report) : found;
    return view({
      page,
      month: month >= 0 ? month : defaultMonth(),
      ...picked,
      team: chosen("team", (name) => axes.teams.indexOf(name)),
      customer: askedFor === null ? Math.min(0, customers.length - 1) : customers.indexOf(askedFor),
      askedFor,
      unknown,
    });
  }

  /* The value that is chosen, with what its dimension says of itself; null where none is. */
  function valueOf(chosen) {
    const dimension = axes.dimensions.find((one) => chosen[filterOf(one)] >= 0);
    return dimension ? { ...dimension, value: dimension.values[chosen[filterOf(dimension)]] } : null;
  }

  const inWords = ({ label, value }) => `${label} ${value}`;
  const said = (name) => name.replace(/^by-/, "");
  /* Whether a page has figures of a value. */
  const has = (page, value) => Boolean(value) && duebook.pages[page].filters.includes(filterOf(value));

  /* Figures of a value are of all companies and segments, of no second value, and of the newest months: the rest of
     what an address asks for is unset, and reported. Returns the month that is left. */
  function ofOneValue(picked, month, report) {
    const by = valueOf(picked);
    for (const name of [...GROUPS, ...filtersOfDimensions]) {
      if (picked[name] >= 0 && name !== filterOf(by)) {
        report(name, by);
        picked[name] = -1;
      }
    }
    if (month < 0 || month >= by.first_month) return month;
    report("month", by);
    return -1;
  }

  /* Chooses in a filter; what can't be beside it is unset. */
  function choose(shown, name, at) {
    const beside = filtersOfDimensions.includes(name) ? [...GROUPS, ...filtersOfDimensions] : GROUPS.includes(name) ? filtersOfDimensions : [];
    const unset = at >= 0 ? Object.fromEntries(beside.map((other) => [other, -1])) : {};
    go({ ...shown, ...unset, [name]: at });
  }

  /* Adds what follows from the choices. by: the value, if the page has figures of it; leftOut: if it hasn't. */
  function view(chosen) {
    const value = valueOf(chosen);
    const isMade = has(chosen.page, value);
    const group = isMade ? value.first_place + value.values.indexOf(value.value) : groupOf(chosen.company, chosen.segment);
    const crew = chosen.team >= 0 ? crewOfTeam(axes.teams[chosen.team]) : 0;
    return { ...chosen, by: isMade ? value : null, leftOut: isMade ? null : value, group, crew, level: isMade ? "value" : levelOf(chosen) };
  }

  function address(chosen) {
    const query = new URLSearchParams();
    if (chosen.month >= 0 && chosen.month !== defaultMonth()) query.set("month", axes.months[chosen.month].slice(0, 7));
    if (chosen.company >= 0) query.set("company", axes.companies[chosen.company].id);
    if (chosen.segment >= 0) query.set("segment", axes.segments[chosen.segment]);
    const value = valueOf(chosen);
    if (value) query.set(filterOf(value), value.value);
    if (chosen.team >= 0) query.set("team", axes.teams[chosen.team]);
    if (chosen.page === "account" && chosen.customer >= 0) query.set("customer", customers[chosen.customer]);
    const text = query.toString();
    return `#${chosen.page}${text ? `?${text}` : ""}`;
  }

  const go = (chosen) => {
    window.location.hash = address(chosen);
  };

  return { FILTERS, customers, read, view, address, choose, inWords };
})();
