/** Texts of a drawing in the size of the page's: a wall's are larger. ECharts knows pixels only. */

const USUAL = 14; // pixels of the page's text at a desk
const TEXT = 12;

/** @param {any} option what ECharts draws @returns {any} the same with its texts in size */
export function sized(option) {
  const scale = parseFloat(getComputedStyle(document.documentElement).fontSize) / USUAL;
  if (scale === 1) return option;
  const fontSize = Math.round(TEXT * scale);
  const larger = (/** @type {any} */ axis) => axis && { ...axis, axisLabel: { ...axis.axisLabel, fontSize }, nameTextStyle: { ...axis.nameTextStyle, fontSize } };
  const legend = option.legend && { ...option.legend, itemWidth: 18 * scale, itemHeight: 12 * scale, textStyle: { ...option.legend.textStyle, fontSize } };
  const series = option.series?.map((/** @type {any} */ one) => ({ ...one, label: one.label && { ...one.label, fontSize } }));
  const grid = option.grid && { ...option.grid, top: option.grid.top * scale, bottom: option.grid.bottom * scale };
  return { ...option, ...(option.xAxis ? { xAxis: larger(option.xAxis), yAxis: larger(option.yAxis), grid } : {}), legend, series };
}
