/* The page as a whole. Here: navigation, filters, drawing on every change of the address or the colours. */
"use strict";

(() => {
  const { state, parts, format, figures, charts, pages } = duebook;
  const { element } = parts;
  const { axes, data } = figures;
  const main = document.getElementById("main");
  const CHOICES = {
    month: { label: "Month", options: () => axes.months.map((month, at) => ({ at, text: format.month(month) + (axes.running[at] ? " (running)" : "") })).reverse() },
    company: { label: "Company", all: "All companies", options: () => axes.companies.map(({ name }, at) => ({ at, text: name })) },
    segment: { label: "Segment", all: "All segments", options: () => axes.segments.map((text, at) => ({ at, text })) },
    ...Object.fromEntries(axes.dimensions.map((dimension) => [figures.filterOf(dimension), {
      label: dimension.label,
      all: dimension.values.length < dimension.there_are ? `All (the ${dimension.values.length} with most open of ${format.count(dimension.there_are)} are here)` : "All",
      options: () => dimension.values.map((text, at) => ({ at, text })),
    }])),
    team: { label: "Team", all: "All teams", options: () => axes.teams.map((text, at) => ({ at, text })) },
    customer: { label: "Customer", options: () => figures.records(data.customers.kept).map(({ id, name }, at) => ({ at, text: name === id ? id : `${name} (${id})` })) },
  };
  let shown = null;

  function navigation() {
    document.getElementById("pages").replaceChildren(...Object.keys(pages).map((page) =>
      element("li", {}, element("a", { "data-page": page }, pages[page].name))));
  }

  function filters() {
    const form = document.getElementById("filters");
    form.replaceChildren(...state.FILTERS.map((name) => {
      const { label, all, options } = CHOICES[name];
      const choices = [...(all ? [{ at: -1, text: all }] : []), ...options()];
      const select = element("select", { id: `filter-${name}`, name }, choices.map(({ at, text }) => element("option", { value: at }, text)));
      select.addEventListener("change", () => state.choose(shown, name, Number(select.value)));
      return element("div", { class: "filter" }, element("label", { for: `filter-${name}` }, label), select);
    }));
    form.addEventListener("submit", (event) => event.preventDefault());
    const reset = element("button", { type: "button", id: "reset" }, "Reset");
    reset.addEventListener("click", () => { window.location.hash = `#${shown.page}`; });
    form.append(reset);
  }

  /* What is looked at, in words: on paper the filters can't be seen. */
  function scope(view) {
    const uses = (name) => pages[view.page].filters.includes(name);
    const account = uses("customer") && view.customer >= 0 && CHOICES.customer.options()[view.customer].text;
    return [
      account,
      uses("month") && axes.months.length ? format.month(axes.months[view.month]) + (axes.running[view.month] ? " (still running)" : "") : `as of ${format.day(data.publication.as_of)}`,
      uses("company") && (view.company >= 0 ? axes.companies[view.company].name : "all companies"),
      uses("segment") && (view.segment >= 0 ? axes.segments[view.segment] : "all segments"),
      view.by && state.inWords(view.by),
      uses("team") && view.team >= 0 && axes.teams[view.team],
    ].filter(Boolean).join(", ");
  }

  function show() {
    const before = shown;
    const view = (shown = state.read());
    const page = pages[view.page];
    document.title = `${page.name}, ${scope(view)} · Duebook`;
    for (const link of document.querySelectorAll("#pages a")) {
      link.href = state.address({ ...view, page: link.dataset.page });
      if (link.dataset.page === view.page) link.setAttribute("aria-current", "page");
      else link.removeAttribute("aria-current");
    }
    for (const name of state.FILTERS) {
      const select = document.getElementById(`filter-${name}`);
      select.value = String(view[name]);
      select.disabled = !page.filters.includes(name) || select.options.length < 2;
      select.closest(".filter").hidden = !page.filters.includes(name);
    }
    charts.forgetAll();
    const heading = element("div", { class: "heading" }, element("h1", { id: "title" }, page.name), element("p", { class: "scope" }, scope(view)));
    const isLoading = page.needs && !page.needs.isThere();
    const { content, summary } = isLoading
      ? { content: [parts.nothing("The rows of single customers are being loaded.")], summary: "Loading" }
      : axes.months.length ? page.render(view) : { content: view.page === "quality" ? page.render(view).content : [parts.nothing("Nothing has been landed yet: there are no months to show.")], summary: "Nothing has been landed yet" };
    const unknown = view.unknown.length ? `Not in this publication, so left out: ${view.unknown.join(", ")}.` : "";
    const leftOut = view.leftOut ? `Not by ${view.leftOut.label.toLowerCase()}: this page shows the figures of all, not of ${view.leftOut.value}.` : "";
    main.replaceChildren(heading, ...[unknown, leftOut].filter(Boolean).map((text) => element("p", { class: "unknown" }, text)), ...content.filter(Boolean));
    document.getElementById("status").textContent = [`${page.name}, ${scope(view)}.`, summary, unknown, leftOut].filter(Boolean).join(" ");
    if (before && before.page !== view.page) {
      window.scrollTo(0, 0);
      main.focus({ preventScroll: true });
    }
    if (isLoading) load(page.needs);
    else draw();
  }

  /* A page that needs another file is shown again when that is there. */
  async function load(file) {
    delete document.documentElement.dataset.ready;
    try {
      await file.loaded;
      show();
    } catch (error) {
      main.prepend(element("p", { class: "unknown", role: "alert" }, error.message));
      document.documentElement.dataset.ready = window.location.hash;
    }
  }

  async function draw() {
    const page = shown;
    const address = window.location.hash;
    delete document.documentElement.dataset.ready;
    try {
      await charts.renderAll();
    } catch (error) {
      main.prepend(element("p", { class: "unknown", role: "alert" }, error.message));
    }
    if (shown === page) document.documentElement.dataset.ready = address;
  }

  document.getElementById("publication").textContent =
    `As of ${format.day(data.publication.as_of)}${data.publication.known_as_of ? `, as known on ${format.day(data.publication.known_as_of)}` : ""}${format.currency ? `, in ${format.currency}` : ""}`;
  const footer = document.getElementById("footer");
  footer.textContent = `Duebook ${data.publication.version}, published ${format.time(data.publication.published_at)}. Figures are the marts' of this publication.`;
  if (data.report) footer.append(" ", parts.reports());
  document.querySelector(".skip").addEventListener("click", (event) => {
    event.preventDefault();
    main.focus();
    main.scrollIntoView();
  });
  navigation();
  filters();
  show();
  window.addEventListener("hashchange", show);
  for (const query of ["(prefers-color-scheme: dark)", "print", "(max-width: 40rem)"]) {
    window.matchMedia(query).addEventListener("change", draw);
  }
})();
