/** What figures mean, and of how many of the hours in which there should be data there are any. */
import { useWords } from "../injected.js";
import { grouped, moment } from "../page/shown.js";
const { defineComponent, h, ref } = Vue;

export const Definition = defineComponent({
  name: "ZcDefinition",
  props: { lines: { type: Array, required: true } },
  setup(props) {
    const t = useWords();
    return () => h("section", { class: "definition", "aria-label": t("figures.meaning") }, [h("ul", /** @type {string[]} */ (props.lines).map((line) => h("li", { key: line }, line)))]);
  },
});

export const Completeness = defineComponent({
  name: "ZcCompleteness",
  props: { told: { type: Object, default: null } },
  setup(props) {
    const t = useWords();
    const open = ref(false);
    return () => {
      if (!props.told) return null;
      const { expected_hours: expected, present_hours: present } = props.told;
      const share = percent(t, present, expected);
      return h("div", { class: "completeness" }, [
        h("button", { type: "button", class: "link", "aria-expanded": String(open.value), onClick: () => (open.value = !open.value) }, t("figures.completeness", { share, present: grouped(present), expected: grouped(expected) })),
        open.value ? stations(t, props.told.stations) : null,
      ]);
    };
  },
});

/** @param {import("../words.js").Words} t @param {number} present @param {number} expected */
const percent = (t, present, expected) => (expected ? `${((100 * present) / expected).toFixed(1)}%` : t("sign.none"));

/** @param {import("../words.js").Words} t @param {any[]} list */
function stations(t, list) {
  const heads = ["station", "expected", "present", "share", "last"].map((one) => h("th", { key: one, scope: "col", class: one === "station" ? "" : "right" }, t(`figures.of_${one}`)));
  const rows = list.map((one) => h("tr", { key: one.station }, [
    h("td", one.label),
    ...[grouped(one.expected), grouped(one.present), percent(t, one.present, one.expected), one.last_received ? moment(one.last_received) : t("sign.none")].map((text) => h("td", { class: "right" }, text)),
  ]));
  return h("div", { class: "table-scroll" }, [h("table", { class: "records" }, [h("thead", [h("tr", heads)]), h("tbody", rows)])]);
}
