/** The categories as a catalogue: what each holds, the page that lists it, its address for programs and the manual. */
import { useOpened, useWords } from "../injected.js";
import { grid } from "../desk/grid.js";
import { useAsked } from "../page/asked.js";
import { faultBox } from "../page/fault.js";
import { head } from "../page/frame.js";
import { pageLink } from "../page/link.js";
const { defineComponent, h, ref } = Vue;

export default defineComponent({
  name: "BlockCategories",
  props: { block: { type: Object, required: true }, path: String },
  setup(props) {
    const [t, opened] = [useWords(), useOpened()];
    const typed = ref("");
    const { state, ask } = useAsked(() => ({ path: "/api/v1/categories", query: {} }));
    const address = (/** @type {any} */ one) => `/api/v1/categories/${one.id}`;
    const columns = [
      { label: t("categories.name"), cell: (/** @type {any} */ one) => (one.page ? pageLink(opened, one.page, {}, one.title) : one.title) },
      { label: t("categories.entity"), cell: (/** @type {any} */ one) => one.entity.title },
      { label: t("categories.help"), cell: (/** @type {any} */ one) => one.help || t("sign.none") },
      { label: t("categories.export"), cell: (/** @type {any} */ one) => t(one.export ? "sign.positive" : "sign.negative") },
      { label: t("categories.address"), cell: (/** @type {any} */ one) => h("code", `GET ${address(one)}`) },
      { label: t("categories.manual"), cell: (/** @type {any} */ one) => h("a", { href: `${address(one)}/manual`, target: "_blank", rel: "noopener", "aria-label": t("categories.manual_of", { title: one.title }) }, t("categories.read")) },
    ];
    return () => {
      const text = typed.value.trim().toLowerCase();
      const rows = (state.data ?? []).filter((/** @type {any} */ one) => [one.title, one.id, one.entity.title, one.help].some((part) => part.toLowerCase().includes(text)));
      return [
        head(props.block.title || t("categories.title"), [
          h("input", { class: "plain-input", type: "search", "aria-label": t("categories.find"), placeholder: t("categories.find"), value: typed.value, onInput: (/** @type {any} */ event) => (typed.value = event.target.value) }),
        ]),
        h("p", { class: "hint box-hint" }, t("categories.hint")),
        state.fault ? faultBox(t, state.fault, ask) : state.data ? grid(t("categories.title"), columns, rows, { key: (one) => one.id, none: t("categories.none") }) : h("div", { class: "loading", role: "status" }, t("page.loading")),
      ];
    };
  },
});
