/** The bell: how many notices are unread, the newest of them, and the way to all. */
import { get } from "../door/api.js";
import { useLive, useMe, useOpened, useWords } from "../injected.js";
import { icon } from "./icon.js";
import { noticeItem, readNotices } from "./notice.js";
const { defineComponent, h, ref, watch } = Vue;

const SHOWN = "30";
const PAGE = "notices";

export const Notices = defineComponent({
  name: "ZcNotices",
  setup() {
    const [t, live, opened, me] = [useWords(), useLive(), useOpened(), useMe()];
    const told = ref(/** @type {import("./notice.js").Notices | null} */ (null));
    const open = ref(false);
    const unread = () => told.value?.unread ?? 0;
    const hasPage = () => me.menu.some((group) => group.pages.some((page) => page.id === PAGE));

    async function load() {
      told.value = await get("/api/ui/notices", { limit: [SHOWN] }).catch(() => told.value);
    }
    const read = (/** @type {number[]} */ ...ids) => told.value && readNotices(live, told.value.until, ids);
    /** @param {zc.Notice} notice */
    function follow(notice) {
      read(notice.id);
      if (notice.page) opened.open(notice.page, notice.query);
      open.value = false;
    }
    function all() {
      opened.open(PAGE);
      open.value = false;
    }
    watch(() => live.state.noticed, load, { immediate: true });
    return () =>
      h(ElementPlus.ElPopover, { trigger: "click", width: 360, visible: open.value, "onUpdate:visible": (/** @type {boolean} */ to) => (open.value = to) }, { reference: bell, default: list });

    function bell() {
      const label = unread() ? t("notices.new", { n: unread() }) : t("notices.title");
      const count = unread() ? h("span", { class: "count", "aria-hidden": "true" }, String(unread())) : null;
      return h("button", { type: "button", class: "icon-button", "aria-label": label, title: label }, [icon("Bell"), count]);
    }
    function list() {
      const found = told.value?.notices ?? [];
      return h("div", { role: "region", "aria-label": t("notices.title") }, [
        h("div", { class: "notices-head" }, [
          h("strong", t("notices.title")),
          unread() ? h("button", { type: "button", class: "link", onClick: () => read() }, t("notices.all_read")) : null,
        ]),
        found.length ? h("ul", { class: "notices", tabindex: 0 }, found.map((notice) => noticeItem(t, notice, () => follow(notice)))) : h("p", { class: "hint" }, t("notices.none")),
        hasPage() ? h("button", { type: "button", class: "link", onClick: all }, t("notices.all")) : null,
      ]);
    }
  },
});
