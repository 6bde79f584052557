/** A page for a screen on a wall: the whole window, dark and large, nothing scrolls. It looks after itself: what it
 * shows is asked again every minute, and a server of another version makes it load itself anew. */
import { useLive, useMe, useOpened, useTheme, useWords } from "../injected.js";
import { Page } from "../page/page.js";
import { iconButton } from "../shell/icon.js";
import { since } from "../page/age.js";
import { createTurns } from "./turns.js";
const { defineComponent, h, onBeforeUnmount, provide, ref, watch } = Vue;

const REST_MS = 3000; // a pointer at rest for so long is out of the way

export const Wall = defineComponent({
  name: "ZcWall",
  props: { tab: { type: Object, required: true } },
  setup(props) {
    const [t, me, live, theme, opened] = [useWords(), useMe(), useLive(), useTheme(), useOpened()];
    const tab = /** @type {zc.Tab} */ (props.tab);
    const turns = createTurns((page) => opened.open(page));
    const [full, resting] = [ref(false), ref(true)];
    let rest = 0;
    const stop = watch(() => me.labels_version, (_, former) => former && location.reload());
    const follow = () => (full.value = document.fullscreenElement !== null);
    function moved() {
      resting.value = false;
      clearTimeout(rest);
      rest = setTimeout(() => (resting.value = true), REST_MS);
    }
    provide("wall", { turns });
    theme.darken(true);
    document.documentElement.classList.add("on-wall");
    document.addEventListener("fullscreenchange", follow);
    onBeforeUnmount(() => {
      stop();
      turns.end();
      clearTimeout(rest);
      theme.darken(false);
      document.documentElement.classList.remove("on-wall");
      document.removeEventListener("fullscreenchange", follow);
    });
    const toggle = () => (full.value ? document.exitFullscreen() : document.documentElement.requestFullscreen()).catch(() => null);
    const acts = () => [
      turns.state.turning ? iconButton(turns.state.paused ? "VideoPlay" : "VideoPause", t(turns.state.paused ? "wall.go_on" : "wall.pause"), { onClick: turns.toggle }) : null,
      iconButton(full.value ? "Crop" : "FullScreen", t(full.value ? "wall.window" : "wall.full"), { onClick: toggle }),
      iconButton("Back", t("wall.leave"), { onClick: opened.home }),
    ];
    return () =>
      h("div", { class: ["wall", { resting: resting.value }], onPointermove: moved, onFocusin: moved }, [
        h("header", { class: "wall-head" }, [
          h("div", { class: "wall-marks" }, [h("span", { class: "wall-page" }, tab.title), me.site.demo ? h("span", { class: "demo-mark" }, t("mark.demo")) : null]),
          h("p", { class: "wall-title" }, me.site.title),
          h("div", { class: "wall-right" }, [h("div", { class: "wall-acts" }, acts()), h(Clock)]),
        ]),
        me.site.last_good ? h("div", { class: "banner-red", role: "alert" }, t("shell.last_good")) : null,
        live.state.lostSince === null ? null : h(Lost, { since: live.state.lostSince }),
        h("main", { id: "content", class: "wall-body", tabindex: "-1" }, [h(Page, { tab, key: tab.id })]),
      ]);
  },
});

/** Date and time of the site's zone. */
const Clock = defineComponent({
  name: "ZcClock",
  setup() {
    const me = useMe();
    const now = ticking();
    const day = new Intl.DateTimeFormat("zh-CN", { timeZone: me.site.zone, year: "numeric", month: "long", day: "numeric", weekday: "long" });
    const time = new Intl.DateTimeFormat("zh-CN", { timeZone: me.site.zone, hour: "2-digit", minute: "2-digit", second: "2-digit", hourCycle: "h23" });
    return () => h("p", { class: "wall-clock" }, [h("span", day.format(now.value)), h("strong", time.format(now.value))]);
  },
});

/** The line is down: said as loud as can be, with how long. */
const Lost = defineComponent({
  name: "ZcWallLost",
  props: { since: { type: Number, required: true } },
  setup(props) {
    const t = useWords();
    const now = ticking();
    return () => h("div", { class: "wall-lost", role: "alert", "aria-live": "off" }, t("wall.lost", { age: since(t, now.value - props.since) }));
  },
});

/** The time, anew each second. */
function ticking() {
  const now = ref(Date.now());
  const clock = setInterval(() => (now.value = Date.now()), 1000);
  onBeforeUnmount(() => clearInterval(clock));
  return now;
}
