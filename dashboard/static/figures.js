/* The publication's figures. Here: finding one along the axes. Not here: how it looks, what a page does with it. */
"use strict";

duebook.figures = (() => {
  const data = duebook.data;
  const axes = data.axes;

  /* Groups and crews are numbered as dashboard/axes.py numbers them; -1 is an unset filter. */
  const groupOf = (company, segment) => (company + 1) * (axes.segments.length + 1) + segment + 1;
  const companyIndex = (id) => axes.companies.findIndex((company) => company.id === id);
  const segmentIndex = (name) => axes.segments.indexOf(name);
  /* Values of declared dimensions follow the groups. No id has a hyphen, so that no filter is called as another is. */
  const filterOf = ({ id }) => `by-${id}`;
  const filtersOfDimensions = axes.dimensions.map(filterOf);
  const crewOfTeam = (team) => axes.teams.indexOf(team) + 1;
  const crewOfEmployee = (number) => 1 + axes.teams.length + number;

  /* Rows of dashboard/tables.py as records. */
  const records = ({ columns, rows }) => rows.map((row) => Object.fromEntries(columns.map((column, at) => [column, row[at]])));

  /* Of a table that is by key (the same module), the records of one. */
  const recordsOf = (table, key) => records({ columns: table?.columns ?? [], rows: table?.rows[key] ?? [] });

  const along = (figures, place) => (figures && figures[place]) || axes.months.map(() => null);
  /* From which month to which a view's figures go: those of values are kept of the newest months. */
  const span = (view) => [view.by ? view.by.first_month : 0, view.month + 1];
  const at = (figures, place, month) => along(figures, place)[month] ?? null;

  /* The level a group stands at, as the marts call it. */
  function levelOf(view) {
    const level = [view.company >= 0 ? "company" : "", view.segment >= 0 ? "segment" : ""].filter(Boolean).join("_");
    return level || "portfolio";
  }

  /* The same with its member, in the marts' one word; null for both filters together, which only some marts have. */
  function scopeOf(view) {
    if (view.company >= 0 && view.segment >= 0) return null;
    return view.company >= 0 ? `company:${axes.companies[view.company].id}` : view.segment >= 0 ? `segment:${axes.segments[view.segment]}` : "portfolio";
  }

  /* Causes of a change since the month before, strongest first. */
  function causesOf(pairs) {
    const found = [];
    for (let part = 0; pairs && part < pairs.length; part += 2) found.push({ cause: data.changes.causes[pairs[part]], effect: pairs[part + 1] });
    return found;
  }

  /* What a month's values are held against, with its source and date; null where nothing is set. */
  function bar(bars, month) {
    const value = bars?.values[month] ?? null;
    return value === null ? null : { value, ...bars.sources[bars.source_of[month]] };
  }

  /* Everything about a KPI in a view: null where the publication doesn't have it at all. */
  function kpi(id, view) {
    const known = data.kpis[id];
    if (!known) return null;
    const ofPeople = known.of === "people";
    const isMade = !view.by || (!ofPeople && known.values[view.group]);
    const place = !isMade ? null : ofPeople ? view.crew : view.group;
    const level = ofPeople ? (view.crew > 0 ? "team" : "portfolio") : view.level;
    const month = view.month;
    const values = along(known.values, place);
    return {
      ...known,
      id,
      values,
      value: values[month] ?? null,
      previous: values[month - 1] ?? null,
      yearAgo: values[month - 12] ?? null,
      numerator: at(known.numerators, place, month),
      denominator: at(known.denominators, place, month),
      reason: isMade ? known.reasons[place]?.[month] ?? (view.by && values[month] === null ? "no_such_level" : null) : "not_by_dimension",
      target: bar(known.targets[level], month),
      targets: known.targets[level]?.values || axes.months.map(() => null),
      benchmark: bar(known.benchmarks, month),
      causes: causesOf(at(data.changes.strongest[id], place, month)),
    };
  }

  /* 1 when a KPI's value is better than `from`, -1 when worse, 0 when one is missing or they differ by less than is shown. */
  function verdict(kpi, from, to = kpi.value) {
    if (from === null || to === null || duebook.format.change(to - from, kpi.unit).startsWith("±")) return 0;
    return to < from === (kpi.better === "lower") ? 1 : -1;
  }

  const missesTarget = (kpi) => kpi.target !== null && verdict(kpi, kpi.target.value) < 0;

  return { data, axes, filterOf, filtersOfDimensions, span, groupOf, companyIndex, segmentIndex, crewOfTeam, crewOfEmployee, records, recordsOf, along, at, levelOf, scopeOf, kpi, verdict, missesTarget };
})();
