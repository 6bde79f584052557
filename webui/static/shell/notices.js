/** The bell: what the server wanted to be known, newest first. */
import { useLive, useOpened, useWords } from "../injected.js";
import { moment } from "../page/shown.js";
import { icon } from "./icon.js";
const { defineComponent, h, ref } = Vue;

const SHOWN = 30;

export const Notices = defineComponent({
  name: "ZcNotices",
  setup() {
    const [t, live, opened] = [useWords(), useLive(), useOpened()];
    const seen = ref(0);
    const unseen = () => Math.max(0, live.state.notices.length - seen.value);
    const label = () => (unseen() ? t("notices.new", { n: unseen() }) : t("notices.title"));
    const bell = () =>
      h("button", { type: "button", class: "icon-button", "aria-label": label(), title: label() }, [
        icon("Bell"),
        unseen() ? h("span", { class: "count", "aria-hidden": "true" }, String(unseen())) : null,
      ]);
    const list = () =>
      live.state.notices.length
        ? h("ul", { class: "notices" }, live.state.notices.slice(0, SHOWN).map(item))
        : h("p", { class: "hint" }, t("notices.none"));
    return () =>
      h(ElementPlus.ElPopover, { trigger: "click", width: 340, onShow: () => (seen.value = live.state.notices.length) }, { reference: bell, default: list });

    /** @param {zc.Notice} notice */
    function item(notice) {
      const page = notice.page;
      const title = page ? h("button", { type: "button", class: "link", onClick: () => opened.open(page) }, notice.title) : h("strong", notice.title);
      return h("li", { key: notice.id, class: `notice-${notice.level ?? "info"}` }, [title, notice.text ? h("p", notice.text) : null, h("time", moment(notice.at))]);
    }
  },
});
