/** One box over plates, titles and record numbers; what is found stands by category. The address keeps the question. */
import { useOpened, useTab, useWords } from "../injected.js";
import { useAsked } from "../page/asked.js";
import { Box } from "../page/box.js";
import { faultBox } from "../page/fault.js";
import { head } from "../page/frame.js";
import { Group } from "../table/group.js";
const { defineComponent, h } = Vue;

const LEAST = 2;

export default defineComponent({
  name: "BlockOverview",
  props: { block: { type: Object, required: true }, path: String },
  setup(props) {
    const [t, tab, opened] = [useWords(), useTab(), useOpened()];
    const text = () => tab.query.q?.[0] ?? "";
    const { state, ask } = useAsked(() => (text() ? { path: "/api/v1/overview", query: { q: [text()], category: props.block.categories } } : null));
    const put = (/** @type {string} */ to) => (to === text() ? ask() : opened.ask(tab, { ...tab.query, q: [to] }));
    return () => [
      head(props.block.title || t("overview.title")),
      h(Box, { label: t("overview.label"), act: t("overview.ask"), hint: t("overview.hint"), text: text(), least: LEAST, onAsk: put }),
      state.fault ? faultBox(t, state.fault, ask) : text() ? found() : h("p", { class: "hint box-hint" }, t("overview.begin")),
    ];

    function found() {
      if (!state.data) return h("div", { class: "loading", role: "status" }, t("page.loading"));
      if (!state.data.groups.length) return h("div", { class: "empty", role: "status" }, h("p", t("overview.none", { text: state.data.text })));
      return h("div", { class: ["groups", { busy: state.loading }], "aria-live": "polite" }, state.data.groups.map((/** @type {any} */ group) => h(Group, { key: `${group.category.id}.${group.field.name}`, group })));
    }
  },
});
