/** One thing to choose, with its label above. */
const { h } = Vue;

/** @param {import("../words.js").Words} t @param {zc.Tab} tab @param {string} name of the words under workbench
 * @param {{value: any, label: string}[]} choices @param {any} value @param {(value: any) => void} put @param {boolean} [clearable] */
export function choice(t, tab, name, choices, value, put, clearable = false) {
  const [label, id] = [t(`workbench.${name}`), `${name}-${tab.id}`];
  const options = choices.map((one) => h(ElementPlus.ElOption, { key: one.value, value: one.value, label: one.label }));
  return h("div", { class: "field" }, [
    h("label", { for: id }, label),
    h(ElementPlus.ElSelect, { id, modelValue: value || undefined, "onUpdate:modelValue": put, ariaLabel: label, clearable, filterable: true, placeholder: t(`workbench.${name}_none`), noDataText: t("workbench.nothing") }, () => options),
  ]);
}
