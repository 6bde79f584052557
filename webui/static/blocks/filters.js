/** Period and place for all linked blocks of a page; what is chosen stands in the page's address. */
import { useOpened, useTab, useWords } from "../injected.js";
import { Choice } from "../filter/choice.js";
import { naming } from "../filter/popper.js";
import { Tree } from "../filter/tree.js";
import { head } from "../page/frame.js";
import { useLinked } from "../page/linked.js";
const { defineComponent, h } = Vue;

const SPAN = /^(\d{4}-\d\d-\d\d)\.\.(\d{4}-\d\d-\d\d)$/;

export default defineComponent({
  name: "BlockFilters",
  props: { block: { type: Object, required: true }, path: String },
  setup(props) {
    const [t, linked, tab, opened] = [useWords(), useLinked(), useTab(), useOpened()];
    const block = () => /** @type {zc.Block} */ (props.block);
    const within = () => linked.all().within?.[0];
    const query = { all: linked.all, set: linked.set };
    if (block().within && !Object.keys(tab.query).length) opened.ask(tab, { within: [block().within ?? ""] });

    return () => [
      head(block().title),
      h("div", { class: "filters page-filters" }, [
        group("presets", t("linked.period"), h("div", { class: "presets" }, [h("div", { class: "preset-list" }, (block().presets ?? []).map(preset)), days()])),
        ...(block().filters ?? []).map((filter) => group(filter.as ?? "choice", filter.label, h(filter.as === "tree" ? Tree : Choice, { filter, query }))),
      ]),
    ];

    /** @param {string} kind @param {string} label @param {any} control */
    function group(kind, label, control) {
      return h("div", { key: label, class: ["filter", `filter-${kind}`], role: "group", "aria-label": label }, [h("span", { class: "filter-label", "aria-hidden": "true" }, label), control]);
    }
    /** @param {zc.Choice} one */
    function preset(one) {
      const on = within() === one.value;
      return h("button", { key: one.value, type: "button", class: ["preset", { on }], "aria-pressed": String(on), onClick: () => linked.set({ within: one.value }) }, one.label);
    }
    function days() {
      const found = SPAN.exec(within() ?? "");
      return h(ElementPlus.ElDatePicker, {
        type: "daterange", modelValue: found ? [found[1], found[2]] : null, valueFormat: "YYYY-MM-DD", format: "YYYY-MM-DD", rangeSeparator: t("sign.to"),
        startPlaceholder: t("filter.begin"), endPlaceholder: t("filter.end"), ariaLabel: t("linked.period"), unlinkPanels: true, onVisibleChange: naming(t("linked.period")),
        "onUpdate:modelValue": (/** @type {string[] | null} */ to) => linked.set({ within: to ? `${to[0]}..${to[1]}` : (block().within ?? null) }),
      });
    }
  },
});
