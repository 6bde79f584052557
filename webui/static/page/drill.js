/** From a figure to the list of the records that it counts: its conditions as those of the list, or nothing where the
 * list cannot be asked for just these. */

const FINEST_FIRST = ["hour", "day", "xun", "week", "month", "quarter", "year"];
const TESTS = ["is", "not", "above", "below", "from", "to", "between", "in", "like", "starts", "within", "present"];
const OWN = ["by", "measure", "within", "compare", "order", "top", "completeness", "online", "as_of"];
const ROLLING = /^\d+ (day|week)s?$/;
const OF_HOURS = /hour|minute/;
const HOUR_MS = 3_600_000;

/** @typedef {Map<string, string[]>} Asked */

/**
 * @param {zc.Drill | null | undefined} drill @param {zc.Query} query what was asked @param {Record<string, any>} values of the row
 * @param {string} measure @param {{from: string, to: string} | null | undefined} days of the window
 * @returns {{page: string, query: zc.Query} | null}
 */
export function drilled(drill, query, values, measure, days) {
  if (!drill?.measures[measure]) return null;
  const asked = /** @type {Asked} */ (new Map());
  const conditions = [...Object.entries(query).filter(([name]) => !OWN.includes(name)).map(([name, given]) => parted(name, given)), ...clicked(values)];
  const periods = /** @type {Record<string, string>} */ (Object.fromEntries(conditions.filter((one) => FINEST_FIRST.includes(one.name)).map((one) => [one.name, one.values[0]])));
  const isAsked = conditions.every((one) => take(asked, drill.dimensions[one.name], one.test, one.values));
  const isCounted = [drill.query, drill.measures[measure]].every((told) => Object.entries(told).every(([name, given]) => put(asked, name, given)));
  const isInTime = isAsked && isCounted && inTime(asked, drill.time, periods, query.within?.[0], days);
  return isInTime ? { page: drill.page, query: Object.fromEntries(asked) } : null;
}

/** The values of a row as conditions; nobody can ask a list for those that have none. @param {Record<string, any>} values */
const clicked = (values) => Object.entries(values).map(([name, value]) => ({ name, test: "is", values: value === null || value === undefined ? [] : [String(value)] }));

/** A condition as the address has it: the last part is a test where it is one. @param {string} key @param {string[]} values */
function parted(key, values) {
  const at = key.lastIndexOf(".");
  const test = key.slice(at + 1);
  const isTest = at > 0 && TESTS.includes(test);
  return { name: isTest ? key.slice(0, at) : key, test: isTest ? test : values.length > 1 ? "in" : "is", values };
}

/** @param {Asked} asked @param {zc.Way | undefined} way @param {string} test @param {string[]} values */
function take(asked, way, test, values) {
  if (!way || !values.length) return false;
  if (way.way === "is") return put(asked, test === "is" ? way.field : `${way.field}.${test}`, values);
  if (way.way === "tree") return ["is", "within"].includes(test) && put(asked, `${way.field}.within`, values);
  if (test !== "is") return false;
  if (way.way === "starts") return put(asked, `${way.field}.starts`, values);
  return way.way === "bins" ? between(asked, way, values[0]) : true;
}

/** The bounds of a bin. @param {Asked} asked @param {zc.Way} way @param {string} code */
function between(asked, way, code) {
  const bin = way.bins?.[code];
  return Boolean(bin) && Object.entries(bin ?? {}).every(([side, value]) => put(asked, `${way.field}.${side}`, [String(value)]));
}

/** Ask for this too; of two bounds the narrower one, of two different values there is no list. @param {Asked} asked @param {string} name @param {string[]} values */
function put(asked, name, values) {
  const there = asked.get(name);
  if (!there || there.join("\n") === values.join("\n")) return Boolean(asked.set(name, values));
  const test = name.split(".").at(-1) ?? "";
  if (!["from", "below"].includes(test)) return false;
  const pick = test === "from" ? Math.max : Math.min;
  return Boolean(asked.set(name, [String(pick(Number(there[0]), Number(values[0])))]));
}

/** The window, and the period of the row where it has one. @param {Asked} asked @param {string | null} time null where records have none @param {Record<string, string>} periods @param {string | undefined} within @param {{from: string, to: string} | null | undefined} days */
function inTime(asked, time, periods, within, days) {
  const finest = FINEST_FIRST.find((name) => periods[name]);
  if (!finest) return inWindow(asked, time, within, days);
  if (finest === "hour") return inHour(asked, time, periods.hour);
  const isPart = finest !== "day" && Object.keys(periods).length > 1; // a week and a month may each have a part of the other
  if (isPart || OF_HOURS.test(within ?? "")) return false;
  if (finest !== "day" && days) {
    asked.set(`${time}.from`, [`${days.from} 00:00:00`]);
    asked.set(`${time}.to`, [`${days.to} 23:59:59.999`]);
  }
  return put(asked, `${time}.within`, [periods[finest]]);
}

/** Statistics count the last days as whole days, lists to the moment. @param {Asked} asked @param {string | null} time @param {string | undefined} within @param {{from: string, to: string} | null | undefined} days */
function inWindow(asked, time, within, days) {
  const window = days && ROLLING.test(within ?? "") ? `${days.from}..${days.to}` : within;
  return !window || (time !== null && put(asked, `${time}.within`, [window]));
}

/** @param {Asked} asked @param {string | null} time @param {string} begins */
function inHour(asked, time, begins) {
  const end = new Date(Date.parse(begins) + HOUR_MS).toISOString();
  return put(asked, `${time}.from`, [begins]) && put(asked, `${time}.below`, [end]);
}
