/** Light or dark: as the person chose, else as the machine says. */

const KEY = "zc.theme";

export function createTheme() {
  const system = matchMedia("(prefers-color-scheme: dark)");
  const chosen = () => (localStorage.getItem(KEY) ?? (system.matches ? "dark" : "light")) === "dark";
  const state = Vue.reactive({ dark: chosen() });
  const show = () => document.documentElement.classList.toggle("dark", state.dark);
  show();
  function toggle() {
    state.dark = !state.dark;
    localStorage.setItem(KEY, state.dark ? "dark" : "light");
    show();
  }
  /** Dark whatever was chosen, for as long as a wall is in front. @param {boolean} always */
  function darken(always) {
    state.dark = always || chosen();
    show();
  }
  return { state, toggle, darken };
}
