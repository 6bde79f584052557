/** A few records of a category under one heading: for answers that gather several categories. */
import { useOpened, useWords } from "../injected.js";
import { pageLink } from "../page/link.js";
import { Drawer } from "./drawer.js";
import { Rows } from "./rows.js";
const { defineComponent, h, ref } = Vue;

const ASKS_NOTHING = { sort: () => [], conditions: () => ({ all: [] }), set: () => {}, clear: () => {} };

export const Group = defineComponent({
  name: "ZcGroup",
  props: { group: { type: Object, required: true } },
  setup(props) {
    const [t, opened] = [useWords(), useOpened()];
    const record = ref(/** @type {number | null} */ (null));
    return () => {
      const { category, field, found, query, page } = props.group;
      const columns = category.columns.filter((/** @type {zc.Column} */ column) => !column.hidden).map((/** @type {zc.Column} */ column) => ({ ...column, sortable: false }));
      return h("section", { class: "group", "aria-label": category.title, "data-testid": `group-${category.id}` }, [
        h("header", { class: "group-head" }, [
          h("h3", category.title),
          h("span", { class: "hint" }, t("group.by", { field: field.label, count: found.count_text })),
          page ? pageLink(opened, page, query, t("group.all"), { "aria-label": t("group.all_of", { title: category.title }) }) : null,
        ]),
        h(Rows, { category: { ...category, sums: [] }, columns, found, query: ASKS_NOTHING, onOpen: (/** @type {number} */ id) => (record.value = id) }),
        record.value === null ? null : h(Drawer, { category, record: record.value, onClose: () => (record.value = null) }),
      ]);
    };
  },
});
