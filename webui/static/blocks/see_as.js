/** What a person sees of each category, in words, and why not the rest. No record is shown. */
import { get } from "../door/api.js";
import { operate } from "../door/operate.js";
import { useOpened, useTab, useWords } from "../injected.js";
import { faultText } from "../page/fault.js";
import { head } from "../page/frame.js";
const { defineComponent, h, ref, watch } = Vue;

const MOST = "50";

export default defineComponent({
  name: "BlockSeeAs",
  props: { block: { type: Object, required: true }, path: String },
  setup(props) {
    const [t, tab, opened] = [useWords(), useTab(), useOpened()];
    const [people, told, fault, busy] = [ref(/** @type {zc.Choice[]} */ ([])), ref(/** @type {any} */ (null)), ref(""), ref(false)];
    const login = () => tab.query.login?.[0] ?? "";

    async function find(/** @type {string} */ text) {
      people.value = await get("/api/v1/entities/user/choices", { q: [text], limit: [MOST] }).catch(() => []);
    }
    async function look() {
      [told.value, fault.value, busy.value] = [null, "", Boolean(login())];
      try {
        if (login()) told.value = await operate("see_as", { login: login() });
      } catch (error) {
        fault.value = faultText(t, error);
      } finally {
        busy.value = false;
      }
    }
    find("");
    watch(login, look, { immediate: true });
    const put = (/** @type {string | undefined} */ to) => opened.ask(tab, to ? { login: [to] } : {});
    return () => [
      head(props.block.title || t("see_as.title")),
      h("div", { class: "ask-box" }, [
        h(ElementPlus.ElSelect, { modelValue: login(), filterable: true, remote: true, remoteShowSuffix: true, clearable: true, remoteMethod: find, ariaLabel: t("see_as.person"), placeholder: t("see_as.person"), "onUpdate:modelValue": put },
          () => people.value.map((one) => h(ElementPlus.ElOption, { key: one.value, value: one.value, label: t("see_as.named", { title: one.label, login: one.value }) }))),
      ]),
      fault.value ? h("div", { class: "error-box", role: "alert" }, fault.value) : null,
      busy.value ? h("div", { class: "loading", role: "status" }, t("page.loading")) : told.value ? shown(t, told.value) : fault.value ? null : h("p", { class: "hint box-hint" }, t("see_as.begin")),
    ];
  },
});

/** @param {import("../words.js").Words} t @param {any} told */
function shown(t, told) {
  return h("div", { class: "seen", "aria-live": "polite" }, [
    h("h3", t("see_as.named", { title: told.title, login: told.login })),
    h("ul", { class: "lines" }, told.lines.map((/** @type {string} */ line) => h("li", { key: line }, line))),
    h("div", { class: "seen-list" }, told.categories.map((/** @type {any} */ one) =>
      h("section", { key: one.category, class: "seen-one" }, [
        h("header", [h("h4", one.title), h("span", { class: `tag tag-${one.seen === "0" ? "grey" : one.seen === one.all ? "green" : "amber"}` }, t("see_as.of", { seen: one.seen, all: one.all }))]),
        h("ul", { class: "lines" }, one.lines.map((/** @type {string} */ line) => h("li", { key: line }, line))),
      ]))),
  ]);
}
