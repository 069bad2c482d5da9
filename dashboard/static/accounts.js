/* Single customers. Here: the file of rows about them, finding one's, links to its account. Not here: how an account looks
   (pages/account.js). */
"use strict";

duebook.accounts = (() => {
  const { element } = duebook.parts;
  const { figures, state } = duebook;
  const { kept, there_are: thereAre } = figures.data.customers;

  /* They come last: only the pages that show some wait for them. */
  const loaded = new Promise((resolve, reject) => {
    const script = element("script", { src: document.currentScript.src.replace(/accounts\.js$/, "rows.data.js") });
    script.addEventListener("load", resolve);
    script.addEventListener("error", () => reject(new Error("The rows of single customers can't be shown: rows.data.js is missing.")));
    document.head.append(script);
  });
  /* Who needs them says that they are missing; until then nobody does. */
  loaded.catch(() => {});
  const file = { loaded, isThere: () => Boolean(window.duebookRows) };
  const findings = () => figures.records(window.duebookRows.findings);

  /* A customer's rows of a list as records, and how many the mart has. */
  function list(name, id) {
    const rows = figures.recordsOf(window.duebookRows[name], id);
    return { rows, thereAre: rows[0]?.there_are ?? rows.length };
  }

  /* A customer's name that leads to its account; the pages name no customer without one. */
  function link(view, id, name) {
    const customer = state.customers.indexOf(id);
    return customer < 0 ? name : element("a", { href: state.address({ ...view, page: "account", customer }) }, name);
  }

  return { file, findings, list, link, kept: kept.rows.length, thereAre };
})();
