/** The frame around all pages: header, menu, tabs, the opened pages. */
import { useLive, useMe, useOpened, useWords } from "../injected.js";
import { Page } from "../page/page.js";
import { Header } from "./header.js";
import { Menu } from "./menu.js";
import { Tabs } from "./tabs.js";
import { Wall } from "../wall/wall.js";
const { defineComponent, h, ref } = Vue;

const NARROW = "(max-width: 900px)";

export const Shell = defineComponent({
  name: "ZcShell",
  setup() {
    const [t, me, live, opened] = [useWords(), useMe(), useLive(), useOpened()];
    const narrow = matched(NARROW);
    const [drawer, folded] = [ref(false), ref(false)];
    Vue.watchEffect(() => {
      const tab = opened.state.tabs.find((one) => one.id === opened.state.active);
      document.title = tab ? `${tab.title} · ${me.site.title}` : me.site.title;
    });
    const menu = () => h(Menu, { onChosen: () => (drawer.value = false) });
    /** The wall in front, where there is one. */
    const wall = () => opened.state.tabs.find((tab) => tab.id === opened.state.active && isWall(tab));
    const isWall = (/** @type {zc.Tab} */ tab) => (tab.layout ?? layouts()[tab.page]) === "wall";
    const layouts = () => Object.fromEntries(me.menu.flatMap((group) => group.pages.map((page) => [page.id, page.layout])));
    const toggle = () => (narrow.value ? (drawer.value = !drawer.value) : (folded.value = !folded.value));
    return () => {
      const front = wall();
      return [h("div", { key: "shell", hidden: Boolean(front), class: ["shell", { folded: folded.value || narrow.value }] }, frame()), front ? h(Wall, { key: front.id, tab: front }) : null];
    };

    function frame() {
      return [
        h("a", { class: "skip", href: "#content" }, t("shell.skip")),
        h(Header, { onMenu: toggle, open: narrow.value ? drawer.value : !folded.value }),
        me.site.last_good ? h("div", { class: "banner-red", role: "alert" }, t("shell.last_good")) : null,
        live.state.lostSince === null ? null : h(Stale, { since: live.state.lostSince }),
        h("div", { class: "body" }, [
          narrow.value
            ? h(ElementPlus.ElDrawer, { modelValue: drawer.value, "onUpdate:modelValue": (/** @type {boolean} */ to) => (drawer.value = to), direction: "ltr", size: "280px", title: t("shell.menu"), class: "menu-drawer" }, { default: menu })
            : h("aside", { class: "side", hidden: folded.value }, [menu()]),
          h("div", { class: "main" }, [h(Tabs), pages(t)]),
        ]),
      ];
    }

    /** All opened pages stay mounted, so that each keeps its state; one is in front. @param {import("../words.js").Words} words */
    function pages(words) {
      const shown = opened.state.tabs.filter((tab) => !isWall(tab)).map((tab) =>
        h("div", { key: tab.id, class: "page-holder", hidden: tab.id !== opened.state.active }, [h(Page, { tab })]),
      );
      const empty = h("div", { class: "empty" }, words("shell.nothing"));
      return h("main", { id: wall() ? undefined : "content", class: "content", tabindex: "-1" }, shown.length ? shown : [empty]);
    }
  },
});

/** Says for how long nothing new has come, until it comes again. */
const Stale = defineComponent({
  name: "ZcStale",
  props: { since: { type: Number, required: true } },
  setup(props) {
    const t = useWords();
    const now = ref(Date.now());
    const clock = setInterval(() => (now.value = Date.now()), 1000);
    Vue.onBeforeUnmount(() => clearInterval(clock));
    const age = () => {
      const seconds = Math.max(0, Math.round((now.value - props.since) / 1000));
      return seconds < 60 ? t("shell.seconds", { n: seconds }) : t("shell.minutes", { n: Math.floor(seconds / 60) });
    };
    return () => h("div", { class: "banner-stale", role: "status", "aria-live": "off" }, t("shell.stale", { age: age() }));
  },
});

/** @param {string} media @returns {import("vue").Ref<boolean>} */
function matched(media) {
  const list = matchMedia(media);
  const is = ref(list.matches);
  const follow = () => (is.value = list.matches);
  list.addEventListener("change", follow);
  Vue.onBeforeUnmount(() => list.removeEventListener("change", follow));
  return is;
}
