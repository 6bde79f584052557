/** Series of charts that show more than one measure, a comparison, or how much the greatest make up together. */

const OVER_TIME = ["hour", "day", "xun", "week", "month", "quarter", "year", "hour_of_day", "weekday"];

/**
 * One series for each measure and its comparison; what has another unit than the first has the other axis.
 * @param {import("../words.js").Words} t @param {zc.Block} block @param {any[]} rows as drawn @param {any} data the answer
 * @param {(measure: zc.Measure | undefined, row: any) => number | null} valueOf
 */
export function several(t, block, rows, data, valueOf) {
  const measures = block.measures ?? [];
  const own = (/** @type {zc.Measure} */ one) => ({ name: one.label, ...onAxis(block, one), data: rows.map((row) => ({ value: valueOf(one, row), key: row[block.by ?? ""] })) });
  const found = measures.flatMap((one) => [own(one), ...compared(t, block, one, rows, data)]);
  return block.shape === "pareto" ? [...found, soFar(t, rows.map((row) => valueOf(measures[0], row)))] : found;
}

/** Which axis a measure has, and what tells it from bars: a line over time, else points. @param {zc.Block} block @param {zc.Measure} one */
function onAxis(block, one) {
  const other = axesOf(block)[1];
  return other !== undefined && one.unit === other ? { yAxisIndex: 1, type: "line", symbolSize: 8, lineStyle: { width: OVER_TIME.includes(block.by ?? "") ? 2 : 0 } } : {};
}

/** Beside each row what it is compared with: another line, thinner. @param {import("../words.js").Words} t @param {zc.Block} block @param {zc.Measure} one @param {any[]} rows @param {any} data */
function compared(t, block, one, rows, data) {
  return Object.entries(data.compared ?? {}).map(([name, found]) => ({
    name: t(`chart.${name}`, { label: one.label }),
    ...onAxis(block, one),
    type: "line",
    lineStyle: { type: "dashed", width: 1.5 },
    symbol: "emptyCircle",
    data: rows.map((row) => ({ value: /** @type {any} */ (found).rows[data.rows.indexOf(row)]?.base?.[one.name] ?? null, key: row[block.by ?? ""] })),
  }));
}

/** The share of all that the values up to each make up. @param {import("../words.js").Words} t @param {(number | null)[]} values */
function soFar(t, values) {
  const sum = values.reduce((/** @type {number} */ all, value) => all + (value ?? 0), 0);
  let running = 0;
  const shares = values.map((value) => ((running += value ?? 0), sum ? Math.round((1000 * running) / sum) / 10 : null));
  return { name: t("chart.share_so_far"), type: "line", yAxisIndex: 1, data: shares };
}

/** The units of the axes: that of the first measure, percent on the other where some are ratios and some not, else the
 * first unit that differs. @param {zc.Block} block @returns {string[]} */
export function axesOf(block) {
  const measures = block.measures ?? [];
  const first = measures.find((one) => !one.ratio) ?? measures[0];
  const others = measures.filter((one) => one.unit !== first?.unit);
  const other = others.find((one) => one.ratio) ?? others[0];
  const second = block.shape === "pareto" ? ["%"] : other ? [other.unit ?? ""] : [];
  return [first?.unit ?? "", ...second];
}

/** Whether one plain series will not do. @param {zc.Block} block */
export const isSeveral = (block) => (block.measures ?? []).length > 1 || Boolean(block.compare) || block.shape === "pareto";
