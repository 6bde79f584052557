/** What runs by the clock: plan, last and next run, its log; once now, where that is allowed. */
import { useLive, useMe, useWords } from "../injected.js";
import { useOperation } from "../desk/asking.js";
import { grid } from "../desk/grid.js";
import { may, notAllowed } from "../desk/refused.js";
import { faultBox } from "../page/fault.js";
import { age, head } from "../page/frame.js";
import { grouped, moment } from "../page/shown.js";
import { iconButton } from "../shell/icon.js";
const { defineComponent, h, watch, onBeforeUnmount } = Vue;

const COLOURS = /** @type {Record<string, string>} */ ({ good: "green", failed: "red", broken_off: "orange", running: "blue" });
const AGAIN_MS = 5000;

export default defineComponent({
  name: "BlockJobs",
  props: { block: { type: Object, required: true }, path: String },
  setup(props) {
    const [t, me, live] = [useWords(), useMe(), useLive()];
    const [listed, ran, log] = [useOperation("job.list"), useOperation("job.run"), useOperation("job.log")];
    const allowed = may(me, "job.list");
    if (allowed) watch(() => live.state.snapshot, () => listed.run(), { immediate: true });
    const isMoving = () => ran.state.busy || listed.state.data?.jobs.some((/** @type {any} */ row) => row.running);
    const again = setInterval(() => isMoving() && listed.run(), AGAIN_MS);
    onBeforeUnmount(() => clearInterval(again));

    async function begin(/** @type {any} */ row) {
      const words = [t("jobs.sure", { title: row.title }), t("jobs.now"), { confirmButtonText: t("jobs.now"), cancelButtonText: t("form.cancel"), type: "warning" }];
      if (!(await ElementPlus.ElMessageBox.confirm(...words).then(() => true, () => false))) return;
      const done = await ran.run({ job: row.id });
      if (done) ElementPlus.ElMessage({ type: done.state === "good" ? "success" : "error", message: t("jobs.ended", { title: row.title, state: done.state_text }) });
      await listed.run();
      if (log.state.data?.job === row.id) await log.run({ job: row.id });
    }
    return () => {
      const title = props.block.title || t("jobs.title");
      if (!allowed) return [head(title), notAllowed(t)];
      return [
        head(title, [age(t, listed.state.data?.as_of, live.state.connected), iconButton("Refresh", t("table.refresh"), { onClick: () => listed.run() })]),
        listed.state.fault ? faultBox(t, listed.state.fault, () => listed.run()) : null,
        asked(),
        listed.state.data ? table(title) : h("div", { class: "loading", role: "status" }, t("page.loading")),
        log.state.fault ? faultBox(t, log.state.fault, () => log.clear()) : null,
        log.state.data ? runs(t, log.state.data) : null,
      ];
    };

    /** How the run goes that was asked for here. */
    function asked() {
      if (ran.state.busy) return h("p", { class: "hint", role: "status" }, ran.state.line || t("desk.under_way"));
      return ran.state.fault ? h("div", { class: "error-box", role: "alert" }, ran.state.fault) : null;
    }

    /** @param {string} title */
    function table(title) {
      const current = (/** @type {any} */ row) => row.id === log.state.data?.job;
      return grid(title, columns(t, acts), listed.state.data.jobs, { key: (row) => row.id, current, none: t("jobs.none") });
    }

    /** @param {any} row */
    function acts(row) {
      const button = (/** @type {string} */ name, /** @type {boolean} */ disabled, /** @type {() => void} */ act) =>
        h("button", { type: "button", class: "link", disabled, "aria-label": t(`jobs.${name}_of`, { title: row.title }), onClick: act }, t(`jobs.${name}`));
      return h("div", { class: "desk-buttons" }, [
        may(me, "job.log") ? button("log", false, () => log.run({ job: row.id })) : null,
        may(me, "job.run") ? button("now", row.running || ran.state.busy, () => begin(row)) : null,
      ]);
    }
  },
});

/** @param {import("../words.js").Words} t @param {(row: any) => any} acts @returns {import("../desk/grid.js").GridColumn[]} */
function columns(t, acts) {
  const when = (/** @type {string | null | undefined} */ at) => (at ? moment(at) : t("sign.none"));
  return [
    { label: t("jobs.job"), cell: (row) => row.title },
    { label: t("jobs.plan"), cell: (row) => row.plan_text },
    { label: t("jobs.missed"), cell: (row) => t(`jobs.${row.missed}`) },
    { label: t("jobs.next"), cell: (row) => when(row.next_run) },
    { label: t("jobs.last"), cell: (row) => when(row.last?.started_at) },
    { label: t("jobs.seconds"), right: true, cell: (row) => seconds(t, row.last) },
    { label: t("jobs.state"), cell: (row) => (row.running ? h("span", { class: "tag tag-blue", title: row.zh.progress }, row.zh.progress || t("jobs.running")) : state(t, row.last)) },
    { label: t("table.acts"), acts: true, cell: acts },
  ];
}

/** @param {import("../words.js").Words} t @param {any} run */
const state = (t, run) => (run ? h("span", { class: `tag tag-${COLOURS[run.state]}` }, run.state_text) : t("sign.none"));

/** @param {import("../words.js").Words} t @param {any} run */
const seconds = (t, run) => (run?.seconds === null || run?.seconds === undefined ? t("sign.none") : grouped(Math.round(run.seconds * 10) / 10));

/** The last runs of one job, with what each said. @param {import("../words.js").Words} t @param {any} log */
function runs(t, log) {
  const said = (/** @type {any} */ run) =>
    run.lines.length ? h("details", [h("summary", t("jobs.lines", { n: run.lines.length })), h("pre", { class: "job-lines", tabindex: 0 }, run.zh.lines.join("\n"))]) : t("sign.none");
  const title = t("jobs.log_title", { title: log.title });
  return h("section", { class: "job-runs", "aria-label": title }, [
    h("h3", title),
    grid(title, [
      { label: t("jobs.began"), cell: (run) => moment(run.started_at) },
      { label: t("jobs.seconds"), right: true, cell: (run) => seconds(t, run) },
      { label: t("jobs.by"), cell: (run) => run.by_text },
      { label: t("jobs.state"), cell: (run) => state(t, run) },
      { label: t("jobs.note"), cell: (run) => run.zh.note || t("sign.none") },
      { label: t("jobs.said"), cell: said },
    ], log.runs, { key: (run) => run.id, none: t("jobs.never") }),
  ]);
}
