/** Texts of a drawing in the size of the page's: a wall's are larger. ECharts knows pixels only. */

const USUAL = 14; // pixels of the page's text at a desk
const TEXT = 12;

/** How much larger than at a desk texts are. */
export const scaleOf = () => parseFloat(getComputedStyle(document.documentElement).fontSize) / USUAL;

/** @param {any} option what ECharts draws, for a place as wide as at a desk @returns {any} the same with its texts in size */
export function sized(option) {
  const scale = scaleOf();
  if (scale === 1) return option;
  const fontSize = Math.round(TEXT * scale);
  const larger = (/** @type {any} */ axis) => axis && { ...axis, axisLabel: { ...axis.axisLabel, fontSize, ...(axis.axisLabel.width ? { width: axis.axisLabel.width * scale } : {}) }, nameTextStyle: { ...axis.nameTextStyle, fontSize } };
  const legend = option.legend && { ...option.legend, itemWidth: 18 * scale, itemHeight: 12 * scale, textStyle: { ...option.legend.textStyle, fontSize } };
  const series = option.series?.map((/** @type {any} */ one) => ({ ...one, ...(one.bottom ? { bottom: one.bottom * scale } : {}), label: one.label && { ...one.label, fontSize } }));
  const grid = option.grid && { ...option.grid, top: option.grid.top * scale, bottom: option.grid.bottom * scale };
  return { ...option, ...(option.xAxis ? { xAxis: larger(option.xAxis), yAxis: [option.yAxis].flat().map(larger), grid } : {}), legend, series };
}
