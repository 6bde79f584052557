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
  const against = t(found.until ? `changed.${name}_hours` : `changed.${name}`, { until: Number(moment(found.until ?? "").split(/[ :]/)[1]), from: found.window.from, to: found.window.to });
  if (value === null) return [h("span", against), h("span", { class: "change", title: found.totals.why?.[measure] }, t("sign.none"))];
  const sign = value > 0 ? "up" : value < 0 ? "down" : "same";
  const unit = block.measure?.unit === "%" ? "changed.points" : "changed.percent";
  const text = `${t(`changed.${sign}`)} ${t(unit, { n: grouped(Math.abs(value)) })}`;
  return [h("span", against), h("span", { class: ["change", sign], title: t("changed.base", { n: grouped(found.totals.base[measure]) }) }, text)];
}
