/* Single customers. Here: the file of rows about them, finding one's, links to its account, why it has its rank.
   Not here: how an account looks (pages/account.js). */
"use strict";

duebook.accounts = (() => {
  const { element } = duebook.parts;
  const { figures, format, state } = duebook;
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

  /* Why a customer with a forecast has its rank on the worklist. */
  function expected({ expected_loss: loss, expected_late_money: late }) {
    return loss === null ? `${format.money(late)} expected to be 30 days late, no loss rate is known` : `${format.money(loss)} expected to be lost`;
  }

  /* The mart's words why, and the early warning that they end with, which stands out; no words without a forecast. */
  function why({ early_warning: warning, expected_rank: rank, why_expected: words }) {
    return [
      warning ? element("strong", { class: "line warning" }, `Early warning: ${warning}`) : null,
      rank === null ? null : element("span", { class: "line" }, words.replace(`; ${warning}`, "")),
    ];
  }

  return { file, findings, list, link, expected, why, kept: kept.rows.length, thereAre };
})();
