/** A time: one of the usual windows, or from and to. */
import { naming } from "./popper.js";
import { useWords } from "../injected.js";
const { defineComponent, h } = Vue;

const WRITTEN = /** @type {Record<string, string>} */ ({ time: "YYYY-MM-DD HH:mm:ss", date: "YYYY-MM-DD" });

export const Presets = defineComponent({
  name: "FilterPresets",
  props: { filter: { type: Object, required: true }, query: { type: Object, required: true } },
  setup(props) {
    const t = useWords();
    const name = (/** @type {string} */ test) => `${props.filter.name}.${test}`;
    const value = (/** @type {string} */ test) => props.query.all()[name(test)]?.[0];
    const preset = (/** @type {string} */ to) => props.query.set({ [name("within")]: to === value("within") ? null : to, [name("from")]: null, [name("to")]: null });
    const span = (/** @type {string[] | null} */ to) => props.query.set({ [name("within")]: null, [name("from")]: to?.[0] ?? null, [name("to")]: to?.[1] ?? null });
    const picker = () => {
      const isTime = props.filter.type === "time";
      const given = value("from") || value("to") ? [value("from") ?? "", value("to") ?? ""] : null;
      return h(ElementPlus.ElDatePicker, {
        type: isTime ? "datetimerange" : "daterange", modelValue: given, valueFormat: WRITTEN[props.filter.type], format: isTime ? "MM-DD HH:mm" : "YYYY-MM-DD",
        defaultTime: [new Date(2000, 0, 1, 0, 0, 0), new Date(2000, 0, 1, 23, 59, 59)], rangeSeparator: t("sign.to"),
        startPlaceholder: t("filter.begin"), endPlaceholder: t("filter.end"), ariaLabel: props.filter.label, unlinkPanels: true, onVisibleChange: naming(props.filter.label), "onUpdate:modelValue": span,
      });
    };
    return () =>
      h("div", { class: "presets" }, [
        h("div", { class: "preset-list" }, (props.filter.presets ?? []).map((/** @type {zc.Choice} */ one) =>
          h("button", { key: one.value, type: "button", class: ["preset", { on: value("within") === one.value }], "aria-pressed": String(value("within") === one.value), onClick: () => preset(one.value) }, one.label))),
        picker(),
      ]);
  },
});
