/** Third-party files that only some pages need, fetched when one of them asks. */

/** @returns {Record<string, string>} our name → address, as the shell page lists them */
function addresses() {
  const listed = document.querySelector("meta[name=zc-assets]");
  return JSON.parse(listed?.getAttribute("content") || "{}");
}

/** @param {string} name @returns {string} */
export function address(name) {
  const found = addresses()[name];
  if (!found) throw new Error(`no asset ${name}: run make setup`);
  return found;
}

/** Load a script or a style sheet once; it is there when the promise is kept. @param {string} name @returns {Promise<void>} */
export function load(name) {
  const url = address(name);
  const there = document.querySelector(`[data-asset="${name}"]`);
  if (there) return there.hasAttribute("data-ready") ? Promise.resolve() : settled(there);
  const element = name.endsWith(".css") ? style(url) : script(url);
  element.setAttribute("data-asset", name);
  document.head.append(element);
  return settled(element);
}

/** @param {string} url */
function script(url) {
  const element = document.createElement("script");
  element.src = url;
  return element;
}

/** @param {string} url */
function style(url) {
  const element = document.createElement("link");
  element.rel = "stylesheet";
  element.href = url;
  return element;
}

/** @param {Element} element @returns {Promise<void>} */
function settled(element) {
  return new Promise((keep, fail) => {
    element.addEventListener("load", () => {
      element.setAttribute("data-ready", "");
      keep();
    });
    element.addEventListener("error", () => {
      element.remove();
      fail(new Error(`could not load ${element.getAttribute("data-asset")}`));
    });
  });
}
