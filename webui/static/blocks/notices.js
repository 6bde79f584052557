/** All notices of the person, by level and unread, page after page, the newest first. */
import { useLive, useOpened, useTab, useWords } from "../injected.js";
import { useAsked } from "../page/asked.js";
import { faultBox } from "../page/fault.js";
import { age, head } from "../page/frame.js";
import { iconButton } from "../shell/icon.js";
import { noticeItem, readNotices } from "../shell/notice.js";
const { defineComponent, h, ref, watch } = Vue;

const PAGE = "20";
const LEVELS = ["", "error", "warning", "info"];

/** @typedef {{level: string, unread: boolean}} Chosen */

export default defineComponent({
  name: "BlockNotices",
  props: { block: { type: Object, required: true }, path: { type: String, required: true } },
  setup(props) {
    const [t, live, tab, opened] = [useWords(), useLive(), useTab(), useOpened()];
    const marks = ref(/** @type {string[]} */ ([])); // those of the pages before the one shown
    const chosen = () => ({ level: tab.query.level?.[0] ?? "", unread: tab.query.unread?.[0] === "true" });
    const { state, ask } = useAsked(() => ({ path: "/api/ui/notices", query: question() }));
    watch(() => JSON.stringify(chosen()), () => (marks.value = []));
    watch(() => live.state.noticed, ask);

    function question() {
      const mark = marks.value.at(-1);
      return { ...conditions(chosen()), limit: [PAGE], ...(mark ? { after: [mark] } : {}) };
    }
    const read = (/** @type {number[]} */ ...ids) => readNotices(live, state.data.until, ids);
    /** @param {zc.Notice} notice */
    function follow(notice) {
      read(notice.id);
      if (notice.page) opened.open(notice.page, notice.query);
    }
    return () => [
      head(props.block.title || t("notices.title"), [
        state.data?.unread ? h(ElementPlus.ElButton, { onClick: () => read() }, () => t("notices.all_read")) : null,
        iconButton("Refresh", t("table.refresh"), { onClick: ask }),
      ]),
      filters(t, chosen(), (to) => opened.ask(tab, conditions(to))),
      state.fault ? faultBox(t, state.fault, ask) : null,
      state.data ? list() : h("div", { class: "loading", role: "status" }, t("page.loading")),
      h("footer", { class: "table-foot" }, [
        age(t, state.data?.as_of, live.state.connected),
        h("div", { class: "pager" }, [
          h(ElementPlus.ElButton, { disabled: !marks.value.length, onClick: () => marks.value.pop() }, () => t("notices.newer")),
          h(ElementPlus.ElButton, { disabled: !state.data?.after, onClick: () => marks.value.push(state.data.after) }, () => t("notices.older")),
        ]),
      ]),
    ];

    function list() {
      const found = /** @type {zc.Notice[]} */ (state.data.notices);
      if (!found.length) return h("div", { class: "empty" }, [h("p", t("notices.none_found"))]);
      return h("ul", { class: "notices all" }, found.map((notice) => noticeItem(t, notice, () => follow(notice))));
    }
  },
});

/** @param {Chosen} chosen @returns {zc.Query} */
const conditions = ({ level, unread }) => ({ ...(level ? { level: [level] } : {}), ...(unread ? { unread: ["true"] } : {}) });

/** @param {import("../words.js").Words} t @param {Chosen} chosen @param {(to: Chosen) => void} choose */
function filters(t, chosen, choose) {
  const options = LEVELS.map((one) => h(ElementPlus.ElRadioButton, { key: one, value: one }, () => t(one ? `notices.level_${one}` : "notices.any")));
  return h("div", { class: "notices-filter" }, [
    h(ElementPlus.ElRadioGroup, { modelValue: chosen.level, "aria-label": t("notices.level"), "onUpdate:modelValue": (/** @type {string} */ level) => choose({ ...chosen, level }) }, () => options),
    h(ElementPlus.ElCheckbox, { modelValue: chosen.unread, "onUpdate:modelValue": (/** @type {boolean} */ unread) => choose({ ...chosen, unread }) }, () => t("notices.unread")),
  ]);
}
