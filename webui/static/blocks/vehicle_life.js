/** All that is known of one plate: figures, how its records are spread, its time line, the records themselves. */
import { useOpened, useTab, useWords } from "../injected.js";
import { useAsked } from "../page/asked.js";
import { Box } from "../page/box.js";
import { faultBox } from "../page/fault.js";
import { head } from "../page/frame.js";
import { grouped, moment } from "../page/shown.js";
import { Group } from "../table/group.js";
import { TimeLine } from "../table/time_line.js";
const { defineComponent, h } = Vue;

const MOST_VALUES = 6;

export default defineComponent({
  name: "BlockVehicleLife",
  props: { block: { type: Object, required: true }, path: String },
  setup(props) {
    const [t, tab, opened] = [useWords(), useTab(), useOpened()];
    const plate = () => tab.query.plate?.[0] ?? "";
    const { state, ask } = useAsked(() => (plate() ? { path: "/api/v1/life", query: { plate: [plate()], category: props.block.categories } } : null));
    const put = (/** @type {string} */ to) => (to === plate() ? ask() : opened.ask(tab, { ...tab.query, plate: [to] }));
    return () => [
      head(props.block.title || t("life.title")),
      h(Box, { label: t("life.label"), act: t("life.ask"), hint: t("life.hint"), text: plate(), onAsk: put }),
      state.fault ? faultBox(t, state.fault, ask) : plate() ? found() : h("p", { class: "hint box-hint" }, t("life.begin")),
    ];

    function found() {
      if (!state.data) return h("div", { class: "loading", role: "status" }, t("page.loading"));
      const { groups } = state.data;
      if (!groups.length) return h("div", { class: "empty", role: "status" }, h("p", t("life.none", { plate: state.data.plate })));
      return h("div", { class: ["life", { busy: state.loading }] }, [
        h("h3", { class: "life-plate" }, state.data.plate),
        ...groups.map((/** @type {any} */ group) => figures(t, group)),
        h(TimeLine, { groups }),
        h("div", { class: "groups" }, groups.map((/** @type {any} */ group) => h(Group, { key: `${group.category.id}.${group.field.name}`, group }))),
      ]);
    }
  },
});

/** How many, since when, of which kinds. @param {import("../words.js").Words} t @param {any} group */
function figures(t, group) {
  const { category, found, first, facets } = group;
  const last = category.entity.time && found.records[0][category.entity.time];
  const facts = [[t("life.count"), found.count_text], [t("life.first"), first && moment(first)], [t("life.last"), last && moment(last)]];
  return h("dl", { key: category.id, class: "life-facts", "aria-label": category.title }, [
    ...facts.filter(([, text]) => text).map(([label, text]) => h("div", { key: label }, [h("dt", label), h("dd", text)])),
    ...facets.map((/** @type {any} */ facet) => h("div", { key: facet.name }, [h("dt", facet.label), h("dd", facet.values.slice(0, MOST_VALUES).map((/** @type {any} */ one) => h("span", { key: one.value, class: tag(category, facet, one) }, t("life.times", { label: one.label || t("sign.none"), n: grouped(one.count) }))))])),
  ]);
}

/** @param {zc.Category} category @param {{name: string}} facet @param {{value: any}} one */
function tag(category, facet, one) {
  const column = category.columns.find((each) => each.name === facet.name);
  return `tag tag-${column?.dictionary?.[one.value]?.colour ?? "grey"}`;
}
