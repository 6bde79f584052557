/** One group of refusals: its rows on the left, the mapping and what it would do with them on the right. */
import { useMe, useOpened, useTab, useWords } from "../injected.js";
import { faultBox } from "../page/fault.js";
import { moment } from "../page/shown.js";
import { useOperation } from "./asking.js";
import { Mapping } from "./mapping.js";
import { problemList } from "./problems.js";
import { may, notAllowed } from "./refused.js";
const { defineComponent, h, onMounted, ref } = Vue;

const PAGE = 20;
const LOW = 0.6; // of the screen's height
const REPLAYED = ["refused", "failed"]; // a conflict is decided by people, not by another mapping

export const Group = defineComponent({
  name: "ZcRefusalGroup",
  props: { group: { type: Object, required: true } },
  emits: ["changed"],
  setup(props, { emit }) {
    const [t, me, tab, opened] = [useWords(), useMe(), useTab(), useOpened()];
    const group = () => /** @type {any} */ (props.group);
    const which = () => ({ interface: group().interface, partner: group().partner, outcome: group().outcome, field: group().field });
    const [asked, replayed] = [useOperation("refusals"), useOperation("replay")];
    const bench = may(me, "interface.try") ? (/** @type {any} */ row) => opened.open("workbench", { interface: [row.interface], refusal: [String(row.id)] }) : null;
    const rows = ref(/** @type {any[]} */ ([]));
    const more = ref(false);

    async function load() {
      const found = await asked.run({ ...which(), state: group().state, with_rows: true, limit: PAGE, after: rows.value.at(-1)?.id ?? 0 });
      rows.value.push(...(found ?? []));
      more.value = found?.length === PAGE;
    }
    load();
    const place = ref(/** @type {HTMLElement | null} */ (null));
    onMounted(() => intoSight(place.value));
    const dryRun = (/** @type {string | null} */ text) => replayed.run({ ...which(), dry_run: true, ...(text === null ? {} : { text }) });
    async function replay() {
      const sure = await ElementPlus.ElMessageBox.confirm(t("refusals.replay_sure", { n: group().count }), t("refusals.replay"), { confirmButtonText: t("refusals.replay"), cancelButtonText: t("record.cancel") }).catch(() => null);
      if (!sure) return;
      const done = await replayed.run(which());
      if (!done) return;
      ElementPlus.ElMessage.success(outcome(t, done, false));
      emit("changed");
    }
    return () =>
      h("section", { ref: place, class: "desk-pair", "aria-label": t("refusals.open_of", { name: group().meaning }), "data-testid": "group" }, [
        h("div", { class: "desk-side" }, [
          h("h3", t("refusals.rows", { n: group().count })),
          asked.state.fault ? faultBox(t, asked.state.fault, load) : null,
          h("ol", { class: "refused-rows", tabindex: 0, "aria-label": t("refusals.rows", { n: group().count }) }, rows.value.map((row) => line(t, row, bench))),
          more.value ? h("button", { type: "button", class: "link", onClick: load }, t("refusals.more")) : null,
        ]),
        h("div", { class: "desk-side" }, mapping()),
      ]);

    function mapping() {
      if (!REPLAYED.includes(group().state)) return [h("p", { class: "hint" }, t("refusals.conflict_help"))];
      if (!may(me, "replay")) return [notAllowed(t)];
      return [
        h(Mapping, { interface: group().interface, busy: replayed.state.busy, onTry: dryRun, onSaved: () => dryRun(null), onTyped: replayed.clear }, { more: () => buttons() }),
        replayed.state.line && replayed.state.busy ? h("p", { class: "hint", role: "status" }, t("desk.under_way")) : null,
        replayed.state.fault ? h("div", { class: "error-box", role: "alert" }, replayed.state.fault) : null,
        problemList(t, replayed.state.data?.problems),
        result(t, replayed.state.data),
      ];
    }
    function buttons() {
      return h(ElementPlus.ElButton, { disabled: tab.dirty || replayed.state.busy, title: tab.dirty ? t("refusals.replay_after") : undefined, onClick: replay }, () => t("refusals.replay"));
    }
  },
});

/** A narrow screen has the group far below the list that opened it. @param {HTMLElement | null} place */
function intoSight(place) {
  if (place && place.getBoundingClientRect().top > document.documentElement.clientHeight * LOW) place.scrollIntoView({ block: "start" });
}

/** @param {import("../words.js").Words} t @param {any} row @param {((row: any) => void) | null} bench opens it in the workbench */
function line(t, row, bench) {
  const told = row.problems.map((/** @type {any} */ one) => one.message).filter(Boolean).join(t("sign.list"));
  return h("li", { key: row.id }, [
    h("div", { class: "refused-head" }, [h("time", moment(row.received_at)), h("span", { class: "hint" }, `#${row.id}`), bench && row.raw !== null ? h("button", { type: "button", class: "link", onClick: () => bench(row) }, t("refusals.bench")) : null]),
    told ? h("p", { class: "refused-why" }, told) : null,
    h("pre", row.raw === null ? t("refusals.hidden") : pretty(row.raw)),
  ]);
}

/** @param {string} raw */
function pretty(raw) {
  try {
    return JSON.stringify(JSON.parse(raw), null, 1);
  } catch {
    return raw;
  }
}

/** @param {import("../words.js").Words} t @param {any} done @param {boolean} [dry] */
const outcome = (t, done, dry = true) => t(dry ? "refusals.would" : "refusals.did", { passed: done.passed + done.duplicates, failing: done.failing, duplicates: done.duplicates });

/** @param {import("../words.js").Words} t @param {any} done */
function result(t, done) {
  if (!done || done.problems) return null;
  return h("div", { class: "dry-run", role: "status", "data-testid": "dry-run" }, [
    h("p", { class: "dry-run-said" }, outcome(t, done)),
    done.reasons.length ? h("ul", done.reasons.slice(0, 10).map((/** @type {any} */ one, /** @type {number} */ at) => h("li", { key: at }, t("refusals.still", { n: one.count, why: one.message || one.outcome })))) : null,
  ]);
}
