/** The records themselves: one table, which turns into cards on a narrow screen. */
import { useOpened, useWords } from "../injected.js";
import { linkedCell } from "../page/link.js";
import { headed, shownText } from "../page/shown.js";
import { icon } from "../shell/icon.js";
const { defineComponent, h } = Vue;

const WIDE = ["time", "ref", "text", "plate"]; // on a narrow screen these have a line of their own

const ROOM = 20; // characters; a longer text is cut and told whole on hover
const WIDTHS = /** @type {Record<string, number>} */ ({ time: 140, ref: 120, choice: 84 });

export const Rows = defineComponent({
  name: "ZcRows",
  props: { category: { type: Object, required: true }, columns: { type: Array, required: true }, found: { type: Object, default: null }, loading: Boolean, failed: Boolean, query: { type: Object, required: true } },
  emits: ["open"],
  setup(props, { emit }) {
    const [t, opened] = [useWords(), useOpened()];
    const columns = () => /** @type {zc.Column[]} */ (props.columns);
    const query = /** @type {import("./query.js").TableQuery} */ (props.query);
    const opens = () => props.category.actions.includes("detail");
    return () => {
      const found = /** @type {zc.Found | null} */ (props.found);
      const none = found && !found.records.length;
      return h("div", { class: ["table-scroll", { busy: props.loading }], role: "region", tabindex: 0, "aria-label": props.category.title, "aria-busy": String(props.loading) }, [
        h("table", { class: "records", "data-testid": "records" }, [
          h("thead", [h("tr", [...columns().map(heading), opens() ? h("th", { class: "acts", scope: "col" }, t("table.acts")) : null])]),
          h("tbody", found ? found.records.map((record) => line(record, found)) : []),
          props.category.sums.length && found?.sums && found.records.length ? sums(found.sums) : null,
        ]),
        none ? empty(found) : null,
        found ? null : waiting(),
      ]);
    };

    /** @param {zc.Column} column */
    function heading(column) {
      const [first] = query.sort();
      const way = first === column.name ? "ascending" : first === `-${column.name}` ? "descending" : "none";
      const label = headed(t, column);
      const next = way === "descending" ? column.name : `-${column.name}`;
      const content = column.sortable === false ? label : h("button", { type: "button", class: ["sort", way], onClick: () => query.set({ sort: next }) }, [label, icon(way === "ascending" ? "CaretTop" : way === "descending" ? "CaretBottom" : "DCaret")]);
      return h("th", { key: column.name, scope: "col", class: classes(column), "aria-sort": column.sortable === false ? undefined : way, style: { minWidth: width(column) } }, [content]);
    }
    /** @param {zc.Values} record @param {zc.Found} found */
    function line(record, found) {
      const open = () => emit("open", record.id);
      const cells = columns().map((column) => h("td", { key: column.name, class: classes(column), "data-label": headed(t, column) }, [h("span", { class: "value", title: whole(column, record[column.name]) }, [linkedCell(t, opened, column, record[column.name], found.labels)])]));
      const name = columns().slice(0, 2).map((column) => shownText(t, column, record[column.name], found.labels)).join(" ");
      const act = opens() ? h("td", { class: "acts" }, [h("button", { type: "button", class: "link", "aria-label": t("table.detail_of", { name }), onClick: open }, t("table.detail"))]) : null;
      return h("tr", { key: record.id, onDblclick: opens() ? open : undefined }, [...cells, act]);
    }
    /** @param {zc.Values} values */
    function sums(values) {
      const cells = columns().map((column, at) => h("td", { key: column.name, class: classes(column), "data-label": headed(t, column) }, column.name in values ? shownText(t, column, values[column.name], {}) : at ? "" : t("table.sums")));
      return h("tfoot", [h("tr", [...cells, opens() ? h("td", { class: "acts" }) : null])]);
    }
    /** Nothing where what failed is told above. */
    function waiting() {
      return props.failed ? null : h("div", { class: "loading", role: "status" }, t("page.loading"));
    }
    /** @param {zc.Found} found */
    function empty(found) {
      const asked = Object.keys(query.conditions()).length > 0;
      return h("div", { class: "empty" }, [
        icon("Box"),
        h("p", t(found.reached ? "table.none_so_far" : asked ? "table.none_found" : "table.none_yet")),
        asked ? h(ElementPlus.ElButton, { onClick: query.clear }, () => t("table.clear")) : null,
      ]);
    }
  },
});

/** What a cell may be too narrow for. @param {zc.Column} column @param {any} value */
const whole = (column, value) => (column.type === "text" && String(value ?? "").length > ROOM ? String(value) : undefined);

/** @param {zc.Column} column */
const width = (column) => (column.width ? `${column.width}px` : `${WIDTHS[column.type] ?? 56}px`);

/** @param {zc.Column} column */
const classes = (column) => [column.align === "right" ? "right" : "", column.fixed ? "fixed" : "", WIDE.includes(column.type) ? "wide" : ""];
