/** Changing one's own password: asked for, or demanded after a first login. */
import { post } from "../door/api.js";
import { faultText } from "../page/fault.js";
import { useWords } from "../injected.js";
const { defineComponent, h, reactive, ref } = Vue;

export const Password = defineComponent({
  name: "ZcPassword",
  props: { old: { type: String, default: "" }, forced: { type: Boolean, default: false } },
  emits: ["done"],
  setup(props, { emit }) {
    const t = useWords();
    const asked = reactive({ old: props.old, fresh: "", again: "" });
    const [fault, busy] = [ref(""), ref(false)];

    async function change(/** @type {Event} */ event) {
      event.preventDefault();
      fault.value = asked.fresh === asked.again ? "" : t("password.differ");
      if (fault.value) return;
      busy.value = true;
      try {
        await post("/api/ui/password", { old: asked.old, new: asked.fresh });
        emit("done");
      } catch (error) {
        fault.value = faultText(t, error);
      } finally {
        busy.value = false;
      }
    }
    /** @param {"old" | "fresh" | "again"} name @param {string} autocomplete */
    const entry = (name, autocomplete) =>
      h("div", { class: "field" }, [
        h("label", { for: `password-${name}` }, t(`password.${name}`)),
        h("input", { id: `password-${name}`, type: "password", class: "plain-input", required: true, autocomplete, value: asked[name], onInput: (/** @type {any} */ event) => (asked[name] = event.target.value) }),
      ]);
    return () =>
      h("form", { class: "login-form", onSubmit: change }, [
        props.forced ? h("p", { class: "hint" }, t("password.forced")) : null,
        fault.value ? h("div", { class: "error-box", role: "alert" }, fault.value) : null,
        props.old ? null : entry("old", "current-password"),
        entry("fresh", "new-password"),
        entry("again", "new-password"),
        h(ElementPlus.ElButton, { type: "primary", nativeType: "submit", loading: busy.value, class: "wide" }, () => t("password.change")),
      ]);
  },
});
