/** Where one is logged in, and ending what should not be. */
import { get, post } from "../door/api.js";
import { faultText } from "../page/fault.js";
import { moment } from "../page/shown.js";
import { useWords } from "../injected.js";
const { defineComponent, h, ref } = Vue;

export const Sessions = defineComponent({
  name: "ZcSessions",
  setup() {
    const t = useWords();
    const [rows, fault] = [ref(/** @type {any[]} */ ([])), ref("")];
    async function load() {
      try {
        rows.value = await get("/api/ui/sessions");
      } catch (error) {
        fault.value = faultText(t, error);
      }
    }
    async function end(/** @type {string} */ id) {
      try {
        await post(`/api/ui/sessions/${encodeURIComponent(id)}/end`);
      } catch (error) {
        fault.value = faultText(t, error);
      }
      await load();
    }
    load();
    return () =>
      h("div", [
        fault.value ? h("div", { class: "error-box", role: "alert" }, fault.value) : null,
        h("ul", { class: "sessions" }, rows.value.map((row) =>
          h("li", { key: row.id }, [
            h("div", [h("strong", row.address), row.current ? h("span", { class: "tag tag-green" }, t("sessions.this")) : null]),
            h("div", { class: "hint" }, t("sessions.seen", { since: moment(row.made_at), seen: moment(row.seen_at) })),
            row.current ? null : h(ElementPlus.ElButton, { size: "small", onClick: () => end(row.id) }, () => t("sessions.end")),
          ]),
        )),
      ]);
  },
});
