/** What a question is picked from: an entity, and of it dimensions, measures, a window and the form of the chart. */
const { h } = Vue;

const SHAPES = ["bar", "line", "pie", "stack"];

/**
 * @param {import("../words.js").Words} t @param {zc.Tab} tab @param {{id: string, title: string}[]} entities
 * @param {any} what the entity that is picked @param {(name: string) => string[]} picked
 * @param {(name: string, values: string[]) => void} put
 */
export function picks(t, tab, entities, what, picked, put) {
  const one = (/** @type {string} */ name, /** @type {any[]} */ choices, /** @type {boolean} */ clearable) =>
    select(t, tab, name, { modelValue: picked(name)[0], clearable, "onUpdate:modelValue": (/** @type {string | undefined} */ to) => put(name, to ? [to] : []) }, () => choices.map(option));
  const many = (/** @type {string} */ name, /** @type {() => any[]} */ choices) =>
    select(t, tab, name, { modelValue: picked(name), multiple: true, clearable: true, "onUpdate:modelValue": (/** @type {string[]} */ to) => put(name, to) }, choices);
  return h("div", { class: "ad-hoc-picks" }, [
    one("entity", entities.map((each) => ({ value: each.id, label: each.title })), false),
    what ? many("by", () => groups(what.dimensions)) : null,
    what ? many("measure", () => what.measures.map(named).map(option)) : null,
    what?.presets.length ? one("within", what.presets, true) : null,
    what && picked("by").length ? one("shape", SHAPES.map((shape) => ({ value: shape, label: t(`ad_hoc.shape_${shape}`) })), true) : null,
  ]);
}

/** @param {import("../words.js").Words} t @param {zc.Tab} tab @param {string} name @param {Record<string, any>} more @param {() => any[]} options */
function select(t, tab, name, more, options) {
  const [label, id] = [t(`ad_hoc.${name}`), `${name}-${tab.id}`];
  const placeholder = name === "shape" ? t("ad_hoc.shape_bar") : t(`ad_hoc.${name}_none`);
  return h("div", { class: "field", key: name }, [
    h("label", { for: id }, label),
    h(ElementPlus.ElSelect, { id, ariaLabel: label, filterable: true, placeholder, ...more }, options),
  ]);
}

/** @param {{name: string, label: string, group: string}[]} dimensions */
function groups(dimensions) {
  return [...new Set(dimensions.map((one) => one.group))].map((group) =>
    h(ElementPlus.ElOptionGroup, { key: group, label: group }, () => dimensions.filter((one) => one.group === group).map(named).map(option)));
}

const named = (/** @type {{name: string, label: string}} */ one) => ({ value: one.name, label: one.label });
const option = (/** @type {{value: string, label: string}} */ one) => h(ElementPlus.ElOption, { key: one.value, value: one.value, label: one.label });
