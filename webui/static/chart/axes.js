/** The axes of a chart: what the bars or points stand along, and one or two of values. Bars whose names are too long to
 * stand below them lie, with their names beside them. */
import { below, beside, legendOf, lies } from "./fitting.js";
import { axesOf, isSeveral } from "./several.js";

const MOMENTS = ["day", "hour"];
const IN_TURN = [...MOMENTS, "hour_of_day"]; // some of their names tell the others
const MANY = 40; // points that are drawn as a line alone
const STEPS = 4; // of values along lying bars: their numbers stand beside each other

/** @param {string} text a day, or an hour of one */
const withoutYear = (text) => text.slice(5);

/** @param {zc.Block} block @param {string[]} categories @param {any[]} series @param {CSSStyleDeclaration} style @param {number} width */
export function axes(block, categories, series, style, width) {
  const ink = style.getPropertyValue("--ink-soft").trim();
  const type = block.shape === "line" ? "line" : "bar";
  const { legend, height } = block.series || isSeveral(block) ? legendOf(series.map((one) => one.name), width, ink) : { legend: undefined, height: 8 };
  const told = series.map((one) => ({ type, barMaxWidth: 36, smooth: false, showSymbol: categories.length < MANY, ...one }));
  const along = alongOf(block, categories, style, width);
  const values = valuesOf(block, style, along.inverse ? STEPS : undefined);
  const room = { left: 8, bottom: height, outerBoundsMode: "same", outerBoundsContain: "axisLabel" };
  const base = { tooltip: { trigger: "axis", axisPointer: { type: type === "line" ? "line" : "shadow" } }, legend };
  if (!along.inverse) return { ...base, grid: { ...room, right: 16, top: values.some((one) => one.name) ? 32 : 12 }, xAxis: along, yAxis: values, series: told };
  const lying = told.map(({ yAxisIndex, ...one }) => ({ ...one, xAxisIndex: yAxisIndex }));
  return { ...base, grid: { ...room, right: 36, top: values.length > 1 ? 24 : 8 }, yAxis: along, xAxis: values, series: lying };
}

/** @param {zc.Block} block @param {string[]} categories @param {CSSStyleDeclaration} style @param {number} width */
function alongOf(block, categories, style, width) {
  const by = block.by ?? "";
  const inverse = !IN_TURN.includes(by) && block.shape !== "line" && lies(categories, width);
  const names = IN_TURN.includes(by) ? { hideOverlap: true } : inverse ? beside(categories, width) : below(categories, width);
  const formatter = MOMENTS.includes(by) ? { alignMaxLabel: "right", formatter: withoutYear } : {};
  const [ink, line] = [style.getPropertyValue("--ink-soft").trim(), style.getPropertyValue("--line").trim()];
  return { type: "category", inverse, data: categories, axisLabel: { color: ink, ...names, ...formatter }, axisLine: { lineStyle: { color: line } }, axisTick: { show: false } };
}

/** @param {zc.Block} block @param {CSSStyleDeclaration} style @param {number | undefined} splitNumber */
function valuesOf(block, style, splitNumber) {
  const [ink, line] = [style.getPropertyValue("--ink-soft").trim(), style.getPropertyValue("--line").trim()];
  return axesOf(block).map((unit, at) => ({
    type: "value",
    splitNumber,
    name: unit,
    nameTextStyle: { color: ink },
    axisLabel: { color: ink, hideOverlap: true, formatter: unit === "%" ? "{value}%" : undefined },
    splitLine: { show: !at, lineStyle: { color: line } },
    minInterval: unit === "%" ? undefined : 1,
    max: at && block.shape === "pareto" ? 100 : undefined,
  }));
}
