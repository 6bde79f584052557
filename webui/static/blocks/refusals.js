/** The refusals desk: groups of what was refused; of one group its rows, and beside them the mapping to mend. */
import { useMe, useOpened, useTab, useWords } from "../injected.js";
import { useOperation } from "../desk/asking.js";
import { grid } from "../desk/grid.js";
import { Group } from "../desk/group.js";
import { may, notAllowed } from "../desk/refused.js";
import { faultBox } from "../page/fault.js";
import { head } from "../page/frame.js";
import { grouped, moment } from "../page/shown.js";
import { icon, iconButton } from "../shell/icon.js";
const { computed, defineComponent, h, ref } = Vue;

const MOST_GROUPS = 500;
const PARTS = /** @type {const} */ (["interface", "partner", "outcome", "field", "state"]);

export default defineComponent({
  name: "BlockRefusals",
  props: { block: { type: Object, required: true }, path: String },
  setup(props) {
    const [t, me, tab, opened] = [useWords(), useMe(), useTab(), useOpened()];
    const { state, run } = useOperation("refusals");
    const chosen = ref("");
    const only = computed(() => tab.query.interface?.[0] ?? "");
    const groups = computed(() => /** @type {any[]} */ (state.data ?? []));
    const group = computed(() => groups.value.find((one) => keyOf(one) === chosen.value));
    const ask = () => run({ state: "open", limit: MOST_GROUPS, ...(only.value ? { interface: only.value } : {}) });
    if (may(me, "refusals")) Vue.watch(only, ask, { immediate: true });

    const open = (/** @type {any} */ row) => {
      if (!tab.dirty) chosen.value = chosen.value === keyOf(row) ? "" : keyOf(row);
      else ElementPlus.ElMessage.warning(t("desk.save_first"));
    };
    return () => {
      if (!may(me, "refusals")) return [head(props.block.title || t("refusals.title")), notAllowed(t)];
      return [
        head(props.block.title || t("refusals.title"), [iconButton("Refresh", t("table.refresh"), { onClick: ask })]),
        h("p", { class: "hint desk-intro" }, t("refusals.intro")),
        only.value ? chip() : null,
        state.fault ? faultBox(t, state.fault, ask) : null,
        state.data ? grid(t("refusals.groups"), columns(), groups.value, { key: keyOf, current: (row) => keyOf(row) === chosen.value, none: t("refusals.none") }) : h("div", { class: "loading", role: "status" }, t("page.loading")),
        group.value ? h(Group, { key: chosen.value, group: group.value, onChanged: ask }) : null,
      ];
    };

    function chip() {
      const title = groups.value[0]?.interface_title ?? only.value;
      return h("div", { class: "chips desk-intro" }, [
        h("button", { type: "button", class: "chip", "aria-label": t("refusals.all_interfaces"), onClick: () => opened.ask(tab, {}) }, [title, icon("Close")]),
      ]);
    }
    function columns() {
      return [
        { label: t("refusals.reason"), cell: (/** @type {any} */ row) => [h("strong", row.meaning || row.outcome)] },
        { label: t("refusals.field"), cell: (/** @type {any} */ row) => (row.field ? h("code", row.field) : t("sign.none")) },
        { label: t("refusals.interface"), cell: (/** @type {any} */ row) => row.interface_title },
        { label: t("refusals.partner"), cell: (/** @type {any} */ row) => row.partner_title || t("sign.none") },
        { label: t("refusals.state"), cell: (/** @type {any} */ row) => h("span", { class: `tag tag-${row.state === "refused" ? "amber" : "orange"}` }, t(`refusals.state_${row.state}`)) },
        { label: t("refusals.count"), right: true, cell: (/** @type {any} */ row) => grouped(row.count) },
        { label: t("refusals.since"), cell: (/** @type {any} */ row) => moment(row.first_at) },
        { label: t("refusals.last"), cell: (/** @type {any} */ row) => moment(row.last_at) },
        { label: t("table.acts"), acts: true, cell: (/** @type {any} */ row) => h("button", { type: "button", class: "link", "aria-expanded": String(keyOf(row) === chosen.value), "aria-label": t("refusals.open_of", { name: `${row.meaning} ${row.field} ${row.partner_title}` }), onClick: () => open(row) }, t("refusals.open")) },
      ];
    }
  },
});

/** @param {any} row */
const keyOf = (row) => JSON.stringify(PARTS.map((part) => row[part]));
