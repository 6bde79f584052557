/** A list of records of a category: conditions, facets, columns, sums, pages, export, one record in a drawer. */
import { written } from "../door/api.js";
import { useLive, useMe, useTab, useOpened, useWords } from "../injected.js";
import { useAsked } from "../page/asked.js";
import { faultBox } from "../page/fault.js";
import { age, head } from "../page/frame.js";
import { moment } from "../page/shown.js";
import { chosenColumns, ColumnChooser } from "../table/columns.js";
import { Conditions } from "../table/conditions.js";
import { Drawer } from "../table/drawer.js";
import { ExportDialog } from "../table/export.js";
import { Facets } from "../table/facets.js";
import { createQuery } from "../table/query.js";
import { Pager } from "../table/pager.js";
import { Rows } from "../table/rows.js";
import { icon, iconButton } from "../shell/icon.js";
const WIDE = "(min-width: 1500px)"; // below it facets would push columns out of sight
const { computed, defineComponent, h, reactive, ref } = Vue;

export default defineComponent({
  name: "BlockTable",
  props: { block: { type: Object, required: true }, path: { type: String, required: true } },
  setup(props) {
    const [t, me, live, tab, opened] = [useWords(), useMe(), useLive(), useTab(), useOpened()];
    const block = /** @type {import("vue").ComputedRef<zc.Block>} */ (computed(() => /** @type {any} */ (props.block)));
    const category = computed(() => /** @type {zc.Category} */ (block.value.category));
    const query = createQuery(tab, props.path, opened.ask, () => category.value, () => block.value.page_size ?? 20);
    const columns = chosenColumns(me.login, () => category.value);
    const shown = reactive({ record: /** @type {number | "new" | null} */ (null), exporting: false, facets: matchMedia(WIDE).matches });
    const marks = ref(/** @type {Record<number, string>} */ ({}));
    const watch = () => ({ kind: "category", id: category.value.id });
    const list = useAsked(() => ({ path: `/api/v1/categories/${category.value.id}`, query: { ...query.forApi(marks.value), count: ["false"] }, watch: watch() }));
    const asksTotals = () => ({ path: `/api/v1/categories/${category.value.id}/totals`, query: { ...query.conditions(), sort: [query.sort().join(",")] }, watch: watch() });
    const totals = useAsked(asksTotals);
    const state = list.state;
    const found = computed(() => (state.data ? { ...state.data, ...(totals.state.of === JSON.stringify(asksTotals()) ? totals.state.data : {}) } : null));
    const ask = () => (list.ask(), totals.ask());
    Vue.watch(() => JSON.stringify(query.conditions()), () => (marks.value = {}));
    Vue.watch(() => state.data, (data) => {
      if (data?.after) marks.value[query.page() + 1] = data.after;
    });

    return () => [
      head(block.value.title || category.value.title, tools(t, block.value, shown, columns, query, ask)),
      h(Conditions, { category: category.value, query, onAsk: ask }),
      h("div", { class: "table-body" }, [
        category.value.facets.length && shown.facets ? h(Facets, { category: category.value, query, at: state.at }) : null,
        h("div", { class: "table-main" }, [state.fault ? faultBox(t, state.fault, ask) : null, rows(), foot()]),
      ]),
      shown.record === null ? null : h(Drawer, { category: category.value, form: block.value.form, record: shown.record, onClose: () => (shown.record = null), onChanged: ask }),
      shown.exporting ? h(ExportDialog, { category: category.value, query: query.conditions(), columns: columns.shown().map((one) => one.name), countText: found.value?.count_text ?? "", onClose: () => (shown.exporting = false) }) : null,
    ];

    function rows() {
      return h(Rows, {
        category: category.value, columns: columns.shown(), found: found.value, loading: state.loading, failed: Boolean(state.fault), query,
        onOpen: show,
      });
    }
    /** One record: on the page that the block names, else beside the list. @param {number} id */
    function show(id) {
      const { opens } = block.value;
      if (opens) opened.open(opens.page, { ...opens.query, record: [String(id)] });
      else shown.record = id;
    }
    function foot() {
      return h("footer", { class: "table-foot" }, [
        age(t, state.data?.as_of, live.state.connected),
        found.value?.reached ? h("p", { class: "hint reached", role: "status" }, t("table.reached", { time: moment(found.value.reached), go_on: t("table.go_on") })) : null,
        found.value ? h(Pager, { query, found: found.value }) : null,
      ]);
    }
  },
});

/**
 * @param {import("../words.js").Words} t @param {zc.Block} block
 * @param {{record: number | "new" | null, exporting: boolean, facets: boolean}} shown @param {ReturnType<typeof chosenColumns>} columns
 * @param {import("../table/query.js").TableQuery} query @param {() => void} ask
 */
function tools(t, block, shown, columns, query, ask) {
  const category = /** @type {zc.Category} */ (block.category);
  const add = block.form && category.actions.includes("add");
  return [
    add ? h(ElementPlus.ElButton, { type: "primary", onClick: () => (shown.record = "new") }, () => [icon("Plus"), t("table.add")]) : null,
    category.export ? h(ElementPlus.ElButton, { onClick: () => (shown.exporting = true) }, () => [icon("Download"), t("table.export")]) : null,
    category.facets.length ? iconButton("Filter", t(shown.facets ? "table.facets_off" : "table.facets_on"), { "aria-pressed": String(shown.facets), onClick: () => (shown.facets = !shown.facets) }) : null,
    h(ColumnChooser, { columns }),
    iconButton("Printer", t("table.print"), { onClick: () => window.open(paper(category, query, columns), "_blank", "noopener") }),
    iconButton("Refresh", t("table.refresh"), { onClick: ask }),
  ];
}

/** The address of the list on paper. @param {zc.Category} category @param {import("../table/query.js").TableQuery} query @param {ReturnType<typeof chosenColumns>} columns */
function paper(category, query, columns) {
  const names = columns.shown().map((one) => one.name).join(",");
  return `/print/categories/${category.id}${written({ ...query.conditions(), sort: [query.sort().join(",")], columns: [names] })}`;
}
