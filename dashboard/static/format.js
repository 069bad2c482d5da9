/* Numbers, months and changes as text. Here: how a value looks in its unit. Not here: where values come from. */
"use strict";

duebook.format = (() => {
  const NO_VALUE = "n/a";
  const currency = duebook.data.publication.currency || "";
  const numbers = new Map();

  function number(value, digits) {
    if (!numbers.has(digits)) {
      numbers.set(digits, new Intl.NumberFormat("en-GB", { minimumFractionDigits: digits, maximumFractionDigits: digits }));
    }
    return numbers.get(digits).format(value).replace(/^-(?=[0.,]*$)/, "").replace("-", "−");
  }

  /* How a unit of the registry is shown. */
  const unit = (name) => duebook.data.units[name];

  function value(amount, unitName) {
    if (amount === null || amount === undefined) return NO_VALUE;
    const { factor, digits, suffix } = unit(unitName);
    return number(amount * factor, digits) + suffix.replace(" ", "\u00a0");
  }

  /* A difference, with its sign; of shares in points. */
  function change(amount, unitName) {
    const { factor, digits, change: suffix } = unit(unitName);
    const text = number(Math.abs(amount * factor), digits);
    const sign = Number(text.replace(/,/g, "")) === 0 ? "±" : amount > 0 ? "+" : "−";
    return sign + text + suffix.replace(" ", "\u00a0");
  }

  function money(amount, digits = 0) {
    if (amount === null || amount === undefined) return NO_VALUE;
    return `${currency}\u00a0${number(amount, digits)}`.trim();
  }

  /* Short enough for a label: 1.4 M, 286 k. */
  function shortMoney(amount) {
    const size = Math.abs(amount);
    if (size >= 999500) return `${currency}\u00a0${number(amount / 1e6, size >= 1e7 ? 1 : 2)}\u00a0M`.trim();
    if (size >= 1000) return `${currency}\u00a0${number(amount / 1e3, 0)}\u00a0k`.trim();
    return money(amount);
  }

  const share = (fraction) => value(fraction, "fraction");
  const count = (amount) => (amount === null || amount === undefined ? NO_VALUE : number(amount, 0));
  const plural = (amount, one, many) => `${count(amount)}\u00a0${amount === 1 ? one : many}`;

  const parsed = (day) => new Date(`${day.slice(0, 10)}T00:00:00Z`);
  const spelled = (options, locale = "en-GB") => {
    const formatter = new Intl.DateTimeFormat(locale, { timeZone: "UTC", ...options });
    return (day) => (day ? formatter.format(parsed(day)) : "");
  };
  const month = spelled({ month: "long", year: "numeric" });
  const shortMonth = spelled({ month: "short", year: "numeric" }, "en-US");
  const day = spelled({ day: "numeric", month: "long", year: "numeric" });
  const shortDay = spelled({ day: "numeric", month: "short", year: "2-digit" });
  const time = (moment) => (moment ? `${day(moment)}, ${moment.slice(11, 16)} UTC` : "");

  /* A code in words. */
  const words = (code) => (code ? code.replace(/_/g, " ") : "");
  const reason = (code) => duebook.data.reasons[code] || `${words(code)}.`.replace(/^./, (first) => first.toUpperCase());

  return { NO_VALUE, currency, number, unit, value, change, money, shortMoney, share, count, plural, month, shortMonth, day, shortDay, time, words, reason };
})();
