/** How many there are of each value, beside the list; choosing one asks for it. */
import { get } from "../door/api.js";
import { useWords } from "../injected.js";
import { faultText } from "../page/fault.js";
import { grouped } from "../page/shown.js";
const { defineComponent, h, reactive, watch } = Vue;

const SHOWN = 8;

export const Facets = defineComponent({
  name: "ZcFacets",
  props: { category: { type: Object, required: true }, query: { type: Object, required: true }, at: Number },
  setup(props) {
    const t = useWords();
    const query = /** @type {import("./query.js").TableQuery} */ (props.query);
    const held = reactive(/** @type {Record<string, {rows: any[], fault: string, more: boolean}>} */ ({}));

    const fields = () => /** @type {string[]} */ (props.category.facets.map((/** @type {any} */ one) => one.name));
    watch(() => [fields().join(), JSON.stringify(query.conditions()), props.at], load, { immediate: true });

    async function load() {
      const conditions = Object.entries(query.conditions());
      await Promise.all(fields().map(async (field) => {
        const others = Object.fromEntries(conditions.filter(([name]) => name !== field));
        const place = (held[field] ??= { rows: [], fault: "", more: false });
        try {
          place.rows = await get(`/api/v1/categories/${props.category.id}/facets`, { ...others, field: [field] });
          place.fault = "";
        } catch (error) {
          place.fault = faultText(t, error);
        }
      }));
    }
    function choose(/** @type {string} */ field, /** @type {string} */ value) {
      query.set({ [field]: query.all()[field]?.[0] === value ? null : value });
    }
    return () => h("aside", { class: "facets", "aria-label": t("table.facets") }, props.category.facets.map(group));

    /** @param {{name: string, label: string}} facet */
    function group({ name: field, label }) {
      const place = held[field] ?? { rows: [], fault: "", more: false };
      const shown = place.more ? place.rows : place.rows.slice(0, SHOWN);
      return h("section", { key: field }, [
        h("h3", label),
        place.fault ? h("p", { class: "hint" }, place.fault) : null,
        h("ul", shown.map((row) => item(field, row))),
        place.rows.length > SHOWN ? h("button", { type: "button", class: "link", onClick: () => (place.more = !place.more) }, t(place.more ? "table.fewer" : "table.more", { n: place.rows.length })) : null,
      ]);
    }
    /** @param {string} field @param {any} row */
    function item(field, row) {
      const on = query.all()[field]?.[0] === String(row.value);
      return h("li", { key: row.value }, [
        h("button", { type: "button", class: ["facet", { on }], "aria-pressed": String(on), onClick: () => choose(field, String(row.value)) }, [
          h("span", { class: "facet-label", title: row.label }, row.label || t("sign.none")),
          h("span", { class: "facet-count" }, (row.capped ? t("sign.at_least") : "") + grouped(row.count)),
        ]),
      ]);
    }
  },
});
