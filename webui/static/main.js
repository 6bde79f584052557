/** Starts the interface: texts, then who is here, then the login page or the shell. */
import { get } from "./door/api.js";
import { createLive } from "./door/live.js";
import { createOpened } from "./opened.js";
import { createTheme } from "./theme.js";
import { createWords } from "./words.js";
import { Login } from "./shell/login.js";
import { Shell } from "./shell/shell.js";

async function start() {
  const labels = await get("/api/ui/labels");
  const t = createWords(labels);
  const theme = createTheme();
  if (location.pathname === "/login") {
    mounted(Login, { t, theme, site: labels.site });
    return;
  }
  const me = Vue.reactive(await get("/api/ui/me"));
  const live = createLive(me.snapshot);
  const opened = createOpened(() => me.menu.flatMap((/** @type {any} */ group) => group.pages));
  Vue.watch(() => live.state.snapshot, async () => Object.assign(me, await get("/api/ui/me")));
  mounted(Shell, { t, theme, me, live, opened });
  opened.follow();
}

/** @param {any} root @param {Record<string, any>} given what every component may inject */
function mounted(root, given) {
  const app = Vue.createApp(root);
  app.use(ElementPlus, { locale: ElementPlusLocaleZhCn });
  for (const [name, value] of Object.entries(given)) app.provide(name, value);
  app.mount("#app");
}

start().catch((error) => {
  const place = document.getElementById("app");
  if (place) place.textContent = `${place.dataset.failed ?? ""} ${error.message}`;
});
