/** Export of what a list shows: which form, then how far it is, then the file. */
import { get, post } from "../door/api.js";
import { useWords } from "../injected.js";
import { faultText } from "../page/fault.js";
import { grouped } from "../page/shown.js";
const { defineComponent, h, onBeforeUnmount, reactive } = Vue;

const LOOK_AGAIN_MS = 1000;
const FORMATS = ["xlsx", "csv"];

export const ExportDialog = defineComponent({
  name: "ZcExport",
  props: { category: { type: Object, required: true }, query: { type: Object, required: true }, columns: { type: Array, required: true }, countText: { type: String, default: "" } },
  emits: ["close"],
  setup(props, { emit }) {
    const t = useWords();
    const asked = reactive({ format: "xlsx", all: false });
    const state = reactive(/** @type {any} */ ({ id: null, state: "", rows: 0, done: 0, name: "", sha256: "", fault: "" }));
    let timer = 0;
    onBeforeUnmount(() => clearTimeout(timer));

    async function begin() {
      state.fault = "";
      const columns = asked.all ? props.category.columns.map((/** @type {zc.Column} */ one) => one.name) : props.columns;
      await step(async () => {
        const begun = await post(props.category.exports ?? `/api/v1/categories/${props.category.id}/exports`, { format: asked.format, query: props.query, columns });
        Object.assign(state, begun, { id: begun.export });
        look();
      });
    }
    const look = () => step(async () => {
      Object.assign(state, await get(`/api/v1/exports/${state.id}`));
      if (!ended()) timer = setTimeout(look, LOOK_AGAIN_MS);
    });
    const ended = () => ["done", "failed"].includes(state.state);

    async function step(/** @type {() => Promise<void>} */ work) {
      try {
        await work();
      } catch (error) {
        state.fault = faultText(t, error);
      }
    }
    const buttons = () => [
      h(ElementPlus.ElButton, { onClick: () => emit("close") }, () => t("export.close")),
      state.id ? null : h(ElementPlus.ElButton, { type: "primary", onClick: begin }, () => t("export.begin")),
    ];
    return () =>
      h(ElementPlus.ElDialog, { modelValue: true, title: t("table.export"), width: "min(480px, 94vw)", appendToBody: true, "onUpdate:modelValue": () => emit("close") }, {
        default: () => h("div", { class: "export" }, [state.fault ? h("div", { class: "error-box", role: "alert" }, state.fault) : null, ...(state.id ? progress(t, state) : choices(t, asked, props))]),
        footer: buttons,
      });
  },
});

/** @param {import("../words.js").Words} t @param {{format: string, all: boolean}} asked @param {any} props */
function choices(t, asked, props) {
  const formats = FORMATS.map((one) => h(ElementPlus.ElRadio, { key: one, value: one }, () => t(`export.${one}`)));
  return [
    h("p", { class: "hint" }, t("export.what", { title: props.category.title, count: props.countText })),
    h(ElementPlus.ElRadioGroup, { modelValue: asked.format, ariaLabel: t("export.format"), "onUpdate:modelValue": (/** @type {string} */ to) => (asked.format = to) }, () => formats),
    props.category.exports ? null : h("div", [h(ElementPlus.ElCheckbox, { modelValue: asked.all, "onUpdate:modelValue": (/** @type {boolean} */ to) => (asked.all = to) }, () => t("export.all_columns"))]),
  ];
}

/** @param {import("../words.js").Words} t @param {any} state */
function progress(t, state) {
  const isDone = state.state === "done";
  const share = isDone ? 100 : state.rows ? Math.min(99, Math.round((100 * state.done) / state.rows)) : 0;
  return [
    h(ElementPlus.ElProgress, { percentage: share, status: isDone ? "success" : undefined, ariaLabel: t("export.progress") }),
    h("p", { class: "hint", role: "status" }, t(`export.state_${state.state || "running"}`, { done: grouped(state.done), rows: grouped(state.rows) })),
    isDone ? h("p", [h("a", { class: "download", href: `/api/v1/exports/${state.id}/file`, download: state.name }, t("export.download", { name: state.name }))]) : null,
    state.sha256 ? h("p", { class: "hint digest" }, `SHA-256 ${state.sha256}`) : null,
  ];
}
