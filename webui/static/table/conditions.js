/** The conditions one may ask by, and those that are asked by now, each to be taken away with one click. */
import { useWords } from "../injected.js";
import { Choice } from "../filter/choice.js";
import { Plate } from "../filter/plate.js";
import { Presets } from "../filter/presets.js";
import { Range } from "../filter/range.js";
import { Text } from "../filter/text.js";
import { Tree } from "../filter/tree.js";
import { held } from "../filter/typed.js";
import { headed } from "../page/shown.js";
import { icon } from "../shell/icon.js";
const { defineComponent, h, ref } = Vue;

const FORMS = /** @type {Record<string, any>} */ ({ presets: Presets, tree: Tree, plate: Plate, range: Range, choice: Choice, text: Text });
const FORM_OF_TYPE = /** @type {Record<string, string>} */ ({ time: "presets", date: "presets", ref: "choice", choice: "choice", boolean: "choice", number: "range" });
const AT_FIRST = 6;

export const Conditions = defineComponent({
  name: "ZcConditions",
  props: { category: { type: Object, required: true }, query: { type: Object, required: true } },
  emits: ["ask"],
  setup(props, { emit }) {
    const t = useWords();
    const [more, open] = [ref(false), ref(false)];
    const query = /** @type {import("./query.js").TableQuery} */ (props.query);
    const filters = () => /** @type {zc.Filter[]} */ (props.category.filters);
    return () => {
      if (!filters().length) return null;
      const shown = more.value ? filters() : filters().slice(0, AT_FIRST);
      return h("form", { class: ["conditions", { open: open.value }], role: "search", "aria-label": t("table.conditions"), onSubmit: (/** @type {Event} */ event) => (event.preventDefault(), emit("ask")) }, [
        h("button", { type: "button", class: "conditions-open", "aria-expanded": String(open.value), onClick: () => (open.value = !open.value) }, [icon("Search"), t("table.conditions")]),
        h("div", { class: "filters" }, [...shown.map(one), buttons()]),
        h("div", { class: "chips" }, chips()),
      ]);
    };

    /** @param {zc.Filter} filter */
    function one(filter) {
      const kind = formOf(filter);
      return h("div", { key: filter.name, class: ["filter", `filter-${kind}`], role: "group", "aria-label": filter.label }, [
        h("span", { class: "filter-label", "aria-hidden": "true" }, headed(t, filter)),
        h(FORMS[kind], { filter, query }),
      ]);
    }
    function buttons() {
      return h("div", { class: "filter-buttons" }, [
        h(ElementPlus.ElButton, { type: "primary", nativeType: "submit" }, () => t("table.ask")),
        h(ElementPlus.ElButton, { onClick: query.clear }, () => t("table.clear")),
        filters().length > AT_FIRST ? h("button", { type: "button", class: "link", "aria-expanded": String(more.value), onClick: () => (more.value = !more.value) }, t(more.value ? "table.filters_fewer" : "table.filters_more")) : null,
      ]);
    }
    function chips() {
      return Object.entries(query.conditions()).map(([name, values]) => {
        const [field, test = "is"] = name.split(".");
        const filter = filters().find((one) => one.name === field) ?? props.category.columns.find((/** @type {zc.Column} */ one) => one.name === field);
        const text = t(`test.${test}`, { label: filter?.label ?? field, value: values.map((value) => said(filter, value)).join(t("sign.list")) });
        return h("button", { key: name, type: "button", class: "chip", "aria-label": t("table.take_away", { text }), onClick: () => query.set({ [name]: null }) }, [text, icon("Close")]);
      });
    }
  },
});

/** @param {zc.Filter} filter */
function formOf(filter) {
  if (filter.as && filter.as in FORMS) return filter.as;
  return FORM_OF_TYPE[filter.type] ?? "text";
}

/** A value in words where the filter or column knows them. @param {any} filter @param {string} value */
function said(filter, value) {
  const { options = [], presets = [], dictionary = {} } = filter ?? {};
  const choice = [...options, ...presets].find((one) => String(one.value) === value) ?? dictionary[value];
  return choice?.label ?? held(value);
}
