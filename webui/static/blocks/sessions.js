/** Who is logged in; a session may be ended, which its person notices at the next click. */
import { operate } from "../door/operate.js";
import { useMe, useWords } from "../injected.js";
import { grid } from "../desk/grid.js";
import { faultBox, faultText } from "../page/fault.js";
import { head } from "../page/frame.js";
import { moment } from "../page/shown.js";
import { iconButton } from "../shell/icon.js";
const { defineComponent, h, ref } = Vue;

export default defineComponent({
  name: "BlockSessions",
  props: { block: { type: Object, required: true }, path: String },
  setup(props) {
    const [t, me] = [useWords(), useMe()];
    const [rows, fault] = [ref(/** @type {any[] | null} */ (null)), ref("")];

    async function load() {
      try {
        [rows.value, fault.value] = [await operate("user.sessions"), ""];
      } catch (error) {
        fault.value = faultText(t, error);
      }
    }
    async function end(/** @type {any} */ row) {
      const words = [t("online.sure", { login: row.login, address: row.address }), t("online.end"), { confirmButtonText: t("online.end"), cancelButtonText: t("form.cancel"), type: "warning" }];
      const sure = await ElementPlus.ElMessageBox.confirm(...words).then(() => true, () => false);
      if (!sure) return;
      try {
        await operate("user.end", { session: row.id });
        ElementPlus.ElMessage.success(t("online.ended"));
      } catch (error) {
        ElementPlus.ElMessage.error(faultText(t, error));
      }
      await load();
    }
    load();
    const columns = [
      { label: t("online.login"), cell: (/** @type {any} */ row) => row.login },
      { label: t("online.address"), cell: (/** @type {any} */ row) => row.address || t("sign.none") },
      { label: t("online.since"), cell: (/** @type {any} */ row) => moment(row.made_at) },
      { label: t("online.seen"), cell: (/** @type {any} */ row) => moment(row.seen_at) },
      { label: t("online.until"), cell: (/** @type {any} */ row) => moment(row.ends_at) },
      { label: t("table.acts"), acts: true, cell: (/** @type {any} */ row) => act(row) },
    ];
    return () => [
      head(props.block.title || t("online.title"), [iconButton("Refresh", t("table.refresh"), { onClick: load })]),
      fault.value ? faultBox(t, fault.value, load) : null,
      rows.value ? grid(t("online.title"), columns, rows.value, { key: (row) => row.id, none: t("online.none") }) : fault.value ? null : h("div", { class: "loading", role: "status" }, t("page.loading")),
    ];

    /** @param {any} row */
    function act(row) {
      if (!me.operations.includes("user.end")) return t("sign.none");
      return h("button", { type: "button", class: "link", "aria-label": t("online.end_of", { login: row.login, address: row.address }), onClick: () => end(row) }, t("online.end"));
    }
  },
});
