/** The reports that are declared, each to be made for a period, and the archive with its files. */
import { operate } from "../door/operate.js";
import { get, written } from "../door/api.js";
import { grid } from "../desk/grid.js";
import { useMe, useWords } from "../injected.js";
import { useAsked } from "../page/asked.js";
import { faultBox, faultText } from "../page/fault.js";
import { head } from "../page/frame.js";
import { moment } from "../page/shown.js";
import { iconButton } from "../shell/icon.js";
const { defineComponent, h, reactive } = Vue;

const KINDS = { day: "日", week: "周", xun: "旬", month: "月", quarter: "季度", year: "年" };
const FORMS = ["pdf", "xlsx", "csv"];
const MOST = "200";
const SHOWN = 60; // characters of what differs; the rest is shown on hover

export default defineComponent({
  name: "BlockReports",
  props: { block: { type: Object, required: true }, path: String },
  setup(props) {
    const [t, me] = [useWords(), useMe()];
    const state = reactive({ reports: /** @type {any[] | null} */ (null), fault: "", busy: "", progress: "", done: "", region: "", regions: /** @type {{value: string, label: string}[]} */ ([]) });
    const periods = reactive(/** @type {Record<string, string>} */ ({}));
    const archive = useAsked(() => ({ path: "/api/v1/categories/report_version", query: { limit: [MOST] }, watch: { kind: "category", id: "report_version" } }));

    async function load() {
      try {
        state.reports = (await operate("reports.list")).reports;
        for (const one of state.reports ?? []) periods[one.report] ??= one.last;
        state.regions = await get("/api/v1/entities/region/choices", { limit: [MOST] }).catch(() => []);
        state.fault = "";
      } catch (error) {
        state.fault = faultText(t, error);
      }
    }
    async function make(/** @type {any} */ one) {
      Object.assign(state, { busy: one.report, progress: "正在生成…", done: "", fault: "" });
      try {
        const region = state.region ? { region: state.region } : {};
        const made = await operate("report", { report: one.report, period: periods[one.report], ...region }, (line) => (state.progress = line));
        state.done = made.is_new ? `${one.title} ${made.period} 第 ${made.version} 版已生成` : `${one.title} ${made.period} 自第 ${made.version} 版以来没有变化，未另存新版`;
        archive.ask();
      } catch (error) {
        state.fault = faultText(t, error);
      }
      Object.assign(state, { busy: "", progress: "" });
    }
    load();

    const reports = [
      { label: "报告", cell: (/** @type {any} */ one) => h("strong", one.title) },
      { label: "周期", cell: (/** @type {any} */ one) => KINDS[/** @type {keyof typeof KINDS} */ (one.period)] },
      { label: "说明", cell: (/** @type {any} */ one) => one.help || t("sign.none") },
      { label: "要做的周期", cell: (/** @type {any} */ one) => h("input", { class: "plain-input", size: 12, maxlength: 10, "aria-label": `${one.title}的周期`, placeholder: one.example, value: periods[one.report], onInput: (/** @type {any} */ event) => (periods[one.report] = event.target.value.trim()) }) },
      { label: t("table.acts"), acts: true, cell: (/** @type {any} */ one) => h("button", { type: "button", class: "link", disabled: Boolean(state.busy) || !me.operations.includes("report"), "aria-label": `生成${one.title}`, onClick: () => make(one) }, state.busy === one.report ? "生成中…" : "生成") },
    ];
    const versions = [
      { label: "报告", cell: (/** @type {any} */ one) => one.title },
      { label: "区划", cell: (/** @type {any} */ one) => (one.region ? (archive.state.data.labels?.region?.[one.region] ?? one.region) : t("sign.none")) },
      { label: "周期", cell: (/** @type {any} */ one) => one.period_title || one.period },
      { label: "版本", right: true, cell: (/** @type {any} */ one) => String(one.version) },
      { label: "数据截止", cell: (/** @type {any} */ one) => moment(one.cut_off) },
      { label: "生成人", cell: (/** @type {any} */ one) => one.made_by || t("sign.none") },
      { label: "与上一版的不同", cell: (/** @type {any} */ one) => differs(one, t) },
      { label: "校验码", cell: (/** @type {any} */ one) => h("code", { title: one.dataset_sha256 }, one.dataset_sha256.slice(0, 10)) },
      { label: "下载", cell: files },
    ];
    return () => [
      head(props.block.title || "报表", [iconButton("Refresh", t("table.refresh"), { onClick: () => (load(), archive.ask()) })]),
      state.fault ? faultBox(t, state.fault, load) : null,
      h("p", { class: "hint box-hint", role: "status" }, state.progress || state.done || "写出周期后点“生成”。数字没有变化时不另存新版；有迟到数据时新版会写明与上一版的不同。"),
      h("p", { class: "hint box-hint" }, ["区划 ", h("select", { class: "plain-input", style: { width: "auto" }, "aria-label": "区划", value: state.region, onChange: (/** @type {any} */ event) => (state.region = event.target.value) },
        [h("option", { value: "" }, "全部，看不到全部的为本人区划"), ...state.regions.map((one) => h("option", { key: one.value, value: one.value }, one.label))])]),
      state.reports ? grid("报表", reports, state.reports, { key: (one) => one.report, current: (one) => one.report === state.busy, none: "还没有声明报告。" }) : h("div", { class: "loading", role: "status" }, t("page.loading")),
      h("div", { style: { marginTop: "1.5em" } }, [head("归档")]),
      archive.state.fault ? faultBox(t, archive.state.fault, archive.ask) : archive.state.data ? grid("归档", versions, archive.state.data.records, { key: (one) => one.id, none: "还没有生成过报告。" }) : h("div", { class: "loading", role: "status" }, t("page.loading")),
    ];
  },
});

/** @param {any} one */
function files(one) {
  const there = FORMS.filter((form) => one[`${form}_sha256`]);
  return h("span", { style: { whiteSpace: "nowrap" } }, there.map((form, at) =>
    h("a", { class: "link", style: { marginLeft: at ? "0.6em" : "0" }, href: address(one, form), download: "", "aria-label": `下载${one.title} ${one.period} 第 ${one.version} 版 ${form.toUpperCase()}` }, form.toUpperCase())));
}

/** @param {any} one @param {string} form */
function address(one, form) {
  return `/api/v1/files/reports.file${written({ report: [one.report], period: [one.period], version: [String(one.version)], form: [form], ...(one.region ? { region: [one.region] } : {}) })}`;
}

/** @param {any} one @param {import("../words.js").Words} t */
function differs(one, t) {
  if (!one.differs) return t("sign.none");
  return h("span", { title: one.differs }, one.differs.length > SHOWN ? `${one.differs.slice(0, SHOWN)}…` : one.differs);
}
