/** Page numbers within what was counted; beyond that, page after page. */
import { useWords } from "../injected.js";
const { defineComponent, h } = Vue;

const SIZES = [10, 20, 50, 100];

export const Pager = defineComponent({
  name: "ZcPager",
  props: { query: { type: Object, required: true }, found: { type: Object, required: true } },
  setup(props) {
    const t = useWords();
    const query = /** @type {import("./query.js").TableQuery} */ (props.query);
    const to = (/** @type {number} */ page) => query.set({ page: page > 1 ? String(page) : null });
    return () => {
      const found = /** @type {zc.Found} */ (props.found);
      const size = h(ElementPlus.ElSelect, { modelValue: query.limit(), class: "sizes", "aria-label": t("table.page_size"), "onUpdate:modelValue": (/** @type {number} */ size) => query.set({ limit: String(size) }) },
        () => SIZES.map((size) => h(ElementPlus.ElOption, { key: size, value: size, label: t("table.a_page", { n: size }) })));
      return h("div", { class: "pager" }, [
        h("span", { class: "total", "data-testid": "count" }, t("table.total", { count: found.count_text ?? t("table.counting") })),
        size,
        ...(found.count === undefined ? [] : numbers(found, found.count)),
      ]);
    };

    /** @param {zc.Found} found @param {number} count */
    function numbers(found, count) {
      const passed = query.page() > 1 ? (query.page() - 1) * query.limit() + Math.max(1, found.records.length) : 0;
      const there = Math.max(count, passed); // a page behind what was counted stays the current one
      const beyond = found.capped && query.page() >= Math.ceil(there / query.limit()) && found.after;
      return [
        h(ElementPlus.ElPagination, { layout: "prev, pager, next", pagerCount: 5, total: there, pageSize: query.limit(), currentPage: query.page(), "onUpdate:currentPage": to }),
        beyond ? h(ElementPlus.ElButton, { onClick: () => to(query.page() + 1) }, () => t(found.reached ? "table.go_on" : "table.beyond")) : null,
      ];
    }
  },
});
