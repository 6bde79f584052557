/** Every text of the interface comes from the labels that the server sends; a path that is missing shows itself. */

/** @typedef {(path: string, values?: Record<string, any>) => string} Words */

/** @param {any} labels @returns {Words} */
export function createWords(labels) {
  return (path, values = {}) => {
    const found = path.split(".").reduce((part, key) => part?.[key], labels);
    if (typeof found !== "string") return path;
    return found.replace(/\{(\w+)\}/g, (whole, name) => (name in values ? String(values[name]) : whole));
  };
}
