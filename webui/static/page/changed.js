/** By how much a figure changed: against the period before, against the same of the year before. */
import { grouped, moment } from "./shown.js";
const { h } = Vue;

/** @param {import("../words.js").Words} t @param {zc.Block} block @param {any} data the answer */
export function changes(t, block, data) {
  const names = block.compare ?? [];
  if (!names.length) return null;
  return h("ul", { class: "changes" }, names.map((name) => h("li", { key: name }, data ? changed(t, block, name, data.compared[name]) : t("sign.waiting"))));
}

/** @param {import("../words.js").Words} t @param {zc.Block} block @param {string} name @param {any} found */
function changed(t, block, name, found) {
  const measure = block.measure?.name ?? "count";
  const value = found.totals[measure];
  const against = found.until ? t(`changed.${name}_hours`, { until: Number(moment(found.until).split(/[ :]/)[1]) }) : t(`changed.${name}`);
  if (value === null) return [h("span", against), h("span", [t("sign.none"), h("small", found.totals.why?.[measure])])];
  const base = t("changed.base", { n: grouped(found.totals.base[measure]) });
  return [h("span", against), h("span", { class: "change", title: base }, signed(t, value, block.measure?.unit === "%"))];
}

/** @param {import("../words.js").Words} t @param {number} value @param {boolean} isRatio in points */
function signed(t, value, isRatio) {
  if (value === 0) return t("changed.same");
  return `${t(value > 0 ? "changed.up" : "changed.down")} ${t(isRatio ? "changed.points" : "changed.percent", { n: grouped(Math.round(Math.abs(value) * 10) / 10) })}`;
}
