/** The table of an answer: a row for each group, its measures and their changes, the totals below. */
import { drilled } from "../page/drill.js";
import { pageLink } from "../page/link.js";
import { grouped, moment } from "../page/shown.js";
const { h } = Vue;

/**
 * @param {import("../words.js").Words} t @param {zc.Block} block @param {zc.Query} query what was asked
 * @param {any} data the answer @param {import("../page/link.js").Opened} opened
 */
export function figureTable(t, block, query, data, opened) {
  const dimensions = data.columns.filter((/** @type {any} */ one) => one.kind === "dimension");
  const measures = data.columns.filter((/** @type {any} */ one) => one.kind !== "dimension");
  const comparisons = Object.keys(data.compared);
  const compared = (/** @type {any} */ one) => (one.kind === "measure" ? comparisons : []);
  const heads = [
    ...dimensions.map((/** @type {any} */ one) => h("th", { key: one.name, scope: "col" }, one.label)),
    ...measures.flatMap((/** @type {any} */ one) => [
      h("th", { key: one.name, scope: "col", class: "right" }, one.unit ? t("sign.unit", { label: one.label, unit: one.unit }) : one.label),
      ...compared(one).map((name) => h("th", { key: one.name + name, scope: "col", class: "right change" }, t(`figures.${name}`))),
    ]),
  ];
  const rows = data.rows.map((/** @type {any} */ row, /** @type {number} */ at) => h("tr", { key: at }, [
    ...dimensions.map((/** @type {any} */ one) => h("td", text(block, data, one.name, row[one.name], t))),
    ...cells(row, Object.fromEntries(dimensions.map((/** @type {any} */ one) => [one.name, row[one.name]])), (name) => data.compared[name].rows[at]),
  ]));
  const totals = h("tr", [h("td", { colspan: dimensions.length }, t("table.sums")), ...cells(data.totals, {}, (name) => data.compared[name].totals)]);
  return h("div", { class: "table-scroll figures-scroll", tabindex: "0", role: "region", "aria-label": block.title || block.statistic?.title }, [
    h("table", { class: "records", "data-testid": "figures" }, [
      h("thead", [h("tr", heads)]),
      h("tbody", rows.length ? rows : [h("tr", [h("td", { colspan: heads.length, class: "empty" }, t("chart.none"))])]),
      h("tfoot", [totals]),
    ]),
  ]);

  /** @param {any} row @param {Record<string, any>} values @param {(comparison: string) => any} change */
  function cells(row, values, change) {
    return measures.flatMap((/** @type {any} */ one) => [
      h("td", { key: one.name, class: "right" }, one.kind === "measure" ? figure(row, values, one.name) : besides(t, row[one.name])),
      ...compared(one).map((name) => h("td", { key: one.name + name, class: "right change" }, changed(change(name), one.name))),
    ]);
  }
  /** @param {any} row @param {Record<string, any>} values @param {string} name */
  function figure(row, values, name) {
    const value = row[name];
    if (value === null || value === undefined) return h("span", { title: row.why?.[name] }, t("sign.none"));
    const link = drilled(block.drill, query, values, name, data.definition.window);
    return link ? pageLink(opened, link.page, link.query, grouped(value)) : grouped(value);
  }
  /** @param {any} change @param {string} name */
  function changed(change, name) {
    const value = change?.[name] ?? null;
    const isRatio = block.measures?.find((one) => one.name === name)?.ratio;
    return value === null ? h("span", { title: change?.why?.[name] }, t("sign.none")) : moved(value) + t(isRatio ? "figures.points" : "figures.percent");
  }
}

/** What is told of a place beside its measures: hours, a share, a moment. @param {import("../words.js").Words} t @param {any} value */
const besides = (t, value) => (value === null ? t("sign.none") : typeof value === "number" ? grouped(value) : moment(value));

/** A change with its sign. @param {number} value */
const moved = (value) => (value > 0 ? `+${grouped(value)}` : grouped(value));

/** What a value of a dimension is called. @param {zc.Block} block @param {any} data @param {string} name @param {any} value @param {import("../words.js").Words} t */
function text(block, data, name, value, t) {
  if (value === null || value === undefined) return t("sign.none");
  return block.dimensions?.[name]?.dictionary?.[value]?.label ?? data.labels[name]?.[value] ?? String(value);
}
