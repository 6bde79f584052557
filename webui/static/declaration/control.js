/** The control that suits one key of a declaration, by its JSON Schema: also groups of keys and entries under own names. */
import { naming } from "../filter/popper.js";
const { h } = Vue;

/**
 * @typedef {{t: import("../words.js").Words, ids: Record<string, string[]>, path: string, name: string, schema: any, value: any, required?: boolean, put: (value: any) => void}} Given
 * put: null takes the key away
 */
const types = (/** @type {any} */ schema) => [schema.type].flat();
const named = (/** @type {Given} */ { schema, name }) => schema.title ?? name;
const chosen = (/** @type {Given} */ { schema, ids }) => schema.enum ?? (schema["x-kind"] ? (ids[schema["x-kind"]] ?? null) : null);
const isPlain = (/** @type {any} */ schema) => !schema.properties && !schema.allOf && !types(schema).some((one) => one === "object" || one === "array");

/** @param {Given} given @returns {any} */
export function control(given) {
  const { schema } = given;
  if (schema.allOf) return elsewhere(given);
  if (schema.properties) return group(given, Object.keys(schema.properties));
  if (typeof schema.additionalProperties === "object") return group(given, Object.keys(given.value ?? {}));
  if (types(schema).includes("array") && isPlain(schema.items ?? {})) return field(given, list);
  return isPlain(schema) && schema.type ? field(given, one) : elsewhere(given);
}

/** @param {Given} given @param {(given: Given) => any} input */
function field(given, input) {
  const { path, schema, required } = given;
  return h("div", { class: "field", key: path }, [
    h("label", { for: path, title: schema.description }, [named(given), required ? h("span", { class: "needed", "aria-hidden": "true" }, "*") : null]),
    input(given),
  ]);
}

/** @param {Given} given */
function one(given) {
  const { schema } = given;
  const options = chosen(given);
  if (types(schema).includes("boolean")) return h(ElementPlus.ElSwitch, { id: given.path, ariaLabel: named(given), modelValue: given.value ?? schema.default ?? false, onChange: given.put });
  return options ? choice(given, options) : typed(given);
}

/** @param {Given} given @param {any[]} options */
function choice({ t, path, schema, name, value, put }, options) {
  const label = schema.title ?? name;
  return h(ElementPlus.ElSelect, { id: path, ariaLabel: label, modelValue: value, clearable: true, filterable: true, placeholder: String(schema.default ?? t("form.choose")), onVisibleChange: naming(label), onChange: (/** @type {any} */ to) => put(to || null) }, () => entries(options));
}

/** @param {Given} given */
function typed({ path, schema, value, put }) {
  const isNumber = types(schema).some((type) => type === "integer" || type === "number");
  const read = (/** @type {string} */ text) => (text === "" ? null : isNumber ? Number(text) : text);
  return h("input", {
    id: path, class: "plain-input", type: isNumber ? "number" : "text", step: isNumber ? "any" : undefined, min: schema.minimum, max: schema.maximum, maxlength: schema.maxLength,
    value: value ?? "", placeholder: String(schema.default ?? schema.examples?.[0] ?? ""), onChange: (/** @type {any} */ event) => put(read(event.target.value)),
  });
}

/** @param {Given} given */
function list(given) {
  const { t, path, schema, value, put } = given;
  const options = chosen({ ...given, schema: schema.items ?? {} }) ?? value ?? [];
  const put_ = (/** @type {any[]} */ to) => put(to.length ? to : null);
  return h(ElementPlus.ElSelect, { id: path, ariaLabel: named(given), modelValue: value ?? [], multiple: true, filterable: true, allowCreate: !schema.items?.enum, placeholder: t("form.choose"), onChange: put_, onVisibleChange: naming(named(given)) }, () => entries(options));
}

/** @param {any[]} options */
const entries = (options) => options.map((option) => h(ElementPlus.ElOption, { key: option, value: option, label: String(option) }));

/** Keys below a key; under own names they can be added and taken away. @param {Given} given @param {string[]} keys */
function group(given, keys) {
  const { t, path, schema, value, put } = given;
  const isOwn = !schema.properties;
  const changed = (/** @type {string} */ key, /** @type {any} */ to) => {
    const all = { ...value, [key]: to };
    if (to === null) delete all[key];
    put(Object.keys(all).length ? all : null);
  };
  const inner = (/** @type {string} */ key) => control({ ...given, path: `${path}.${key}`, name: key, schema: isOwn ? schema.additionalProperties : schema.properties[key], value: value?.[key], required: schema.required?.includes(key), put: (to) => changed(key, to) });
  const remove = (/** @type {string} */ key) => h("button", { type: "button", class: "link", onClick: () => changed(key, null) }, t("declaration.take_away", { key }));
  return h("fieldset", { class: "wide kind-group", key: path }, [
    h("legend", { title: schema.description }, named(given)),
    h("div", { class: "fields" }, keys.map((key) => (isOwn ? h("div", { class: "kind-entry", key }, [inner(key), remove(key)]) : inner(key)))),
    isOwn ? added(given, (key) => changed(key, blank(schema.additionalProperties, key))) : null,
  ]);
}

/** What stands under a new name before anything is said of it. @param {any} schema @param {string} key */
function blank(schema, key) {
  if (types(schema).includes("array")) return [];
  if (!types(schema).includes("object")) return key;
  return Object.fromEntries((schema.required ?? []).map((/** @type {string} */ name) => [name, key]));
}

/** @param {Given} given @param {(key: string) => void} add */
function added({ t, path }, add) {
  const put = (/** @type {any} */ event) => {
    event.preventDefault();
    const input = event.target.elements.key;
    if (input.value.trim()) add(input.value.trim());
    input.value = "";
  };
  return h("form", { class: "kind-add", onSubmit: put }, [
    h("input", { class: "plain-input", name: "key", "aria-label": t("declaration.key_of", { path }), placeholder: t("declaration.key") }),
    h(ElementPlus.ElButton, { nativeType: "submit" }, () => t("declaration.add")),
  ]);
}

/** @param {Given} given */
function elsewhere(given) {
  return h("div", { class: "field", key: given.path }, [h("span", { class: "kind-elsewhere" }, named(given)), h("span", { class: "hint" }, given.t(given.value === undefined ? "declaration.in_text" : "declaration.said_in_text"))]);
}
