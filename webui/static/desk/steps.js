/** The five steps of a post, one below the other, and the exact reply. */
import { grouped, moment } from "../page/shown.js";
const { h } = Vue;

/** @param {import("../words.js").Words} t @param {any} said what the server told of the steps */
export function steps(t, said) {
  return h("div", { class: "steps", role: "status", "data-testid": "steps" }, [read(t, said.read), map(t, said), derive(t, said), store(t, said), answer(t, said.answer)]);
}

/** @param {import("../words.js").Words} t @param {string} name @param {string} summary @param {string} state good, bad or idle @param {any[]} inside */
function step(t, name, summary, state, inside) {
  return h("section", { class: ["step", state], "aria-label": t(`steps.${name}`) }, [h("h3", [t(`steps.${name}`), h("small", summary)]), ...inside]);
}

/** @param {import("../words.js").Words} t @param {any} said */
function read(t, said) {
  const summary = t(said.stopped ? "steps.read_stopped" : "steps.read_said", { n: said.count, bytes: grouped(said.bytes), format: said.format, charset: said.charset, where: said.where || t("steps.whole"), at: moment(said.at) });
  const inside = said.records.length ? [h("pre", { tabindex: 0 }, said.records.map((/** @type {any} */ one, /** @type {number} */ at) => `[${at}] ${JSON.stringify(one)}`).join("\n")), more(t, said.more)] : [];
  return step(t, "read", summary, said.stopped ? "bad" : "good", inside);
}

/** @param {import("../words.js").Words} t @param {any} said */
function map(t, { read: before, map: said }) {
  if (before.stopped) return idle(t, "map");
  const faults = said.faults.map((/** @type {any} */ one, /** @type {number} */ at) => h("li", { key: at, class: "fault" }, t("steps.fault", { index: one.index, why: one.message || one.outcome })));
  return step(t, "map", t("steps.map_said", { mapped: said.mapped, refused: said.refused }), said.refused ? "bad" : "good", [...said.rows.map((/** @type {any} */ row) => values(t, row)), faults.length ? h("ul", faults) : null, more(t, said.more)]);
}

/** @param {import("../words.js").Words} t @param {any} said */
function derive(t, { map: before, derive: said }) {
  if (!before.mapped || !said.used.length) return idle(t, "derive");
  const summary = said.pending ? t("steps.pending", { n: said.pending }) : said.used.join(t("sign.list"));
  return step(t, "derive", summary, said.pending ? "bad" : "good", [...said.rows.map((/** @type {any} */ row) => values(t, row)), more(t, said.more)]);
}

/** @param {import("../words.js").Words} t @param {any} said */
function store(t, { store: said }) {
  const states = Object.entries(said.states).map(([state, n]) => t(`steps.state_${state}`, { n }));
  if (said.refused) states.push(t("steps.kept", { n: said.refused }));
  if (!states.length) return idle(t, "store");
  const good = Object.keys(said.states).every((state) => state === "stored" || state === "duplicate") && !said.refused;
  return step(t, "store", t("steps.store_said", { list: states.join(t("sign.list")) }), good ? "good" : "bad", []);
}

/** @param {import("../words.js").Words} t @param {any} said */
function answer(t, said) {
  return step(t, "answer", `HTTP ${said.http} · ${said.meaning}`, said.outcome === "stored" ? "good" : "bad", [h("pre", { tabindex: 0, "data-testid": "reply", "aria-label": t("steps.reply") }, said.reply)]);
}

/** @param {import("../words.js").Words} t @param {string} name */
const idle = (t, name) => step(t, name, t("steps.idle"), "idle", []);

/** @param {import("../words.js").Words} t @param {number} n */
const more = (t, n) => (n ? h("p", { class: "hint" }, t("steps.more", { n })) : null);

/** @param {import("../words.js").Words} t @param {any} row */
function values(t, row) {
  return h("dl", { class: "values", key: row.index }, row.values.map((/** @type {any} */ one) =>
    h("div", { key: one.name }, [h("dt", one.unit ? t("sign.unit", { label: one.label, unit: one.unit }) : one.label), h("dd", one.text ?? shown(one.value))])));
}

/** @param {any} value */
function shown(value) {
  if (typeof value === "number") return grouped(value);
  return typeof value === "object" ? JSON.stringify(value) : String(value);
}
