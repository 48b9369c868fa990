/* Headings and cells of tables in words, and rows as CSV. */
"use strict";

window.WORDS = (() => {
  const UNITS = [[/_ug_m3$/, " (µg/m³)"], [/_musd$/, " (million US$)"], [/_persons$/, " (persons)"], [/_pp$/, " (points)"], [/_t$/, " (t)"]];

  function heading(column) {
    const unit = UNITS.find(([pattern]) => pattern.test(column));
    return (unit ? column.replace(unit[0], unit[1]) : column).replaceAll("_", " ");
  }

  function text(column, value) {
    if (value === null || value === undefined) return "";
    if (value === true) return "yes";
    if (value === false) return "no";
    if (typeof value !== "number") return String(value);
    if (/(^|_)share(_|$)/.test(column)) return `${(100 * value).toFixed(Math.abs(value) < 0.01 ? 2 : 1)}%`;
    if (/year$/.test(column)) return String(value);
    if (value !== 0 && Math.abs(value) < 0.001) return value.toExponential(1);
    return value.toLocaleString("en-US", Math.abs(value) >= 1000 ? { maximumFractionDigits: 0 } : { maximumSignificantDigits: 4 });
  }

  function csv(rows) {
    if (!rows.length) return "";
    const columns = Object.keys(rows[0]);
    const quoted = (value) => {
      let content = value === null || value === undefined ? "" : String(value);
      // A spreadsheet takes a text that begins so for a formula, and runs it.
      if (typeof value === "string" && /^[=+\-@\t\r]/.test(content)) content = `'${content}`;
      return /[",\n]/.test(content) ? `"${content.replaceAll('"', '""')}"` : content;
    };
    const lines = rows.map((row) => columns.map((column) => quoted(row[column])).join(","));
    return `${[columns.join(","), ...lines].join("\n")}\n`;
  }

  return { heading, text, csv };
})();
