/** What main.js gave to every component, with its type. */

/** @returns {import("./words.js").Words} */
export const useWords = () => /** @type {any} */ (Vue.inject("t"));
/** @returns {zc.Me} */
export const useMe = () => /** @type {any} */ (Vue.inject("me"));
/** @returns {ReturnType<typeof import("./door/live.js").createLive>} */
export const useLive = () => /** @type {any} */ (Vue.inject("live"));
/** @returns {ReturnType<typeof import("./opened.js").createOpened>} */
export const useOpened = () => /** @type {any} */ (Vue.inject("opened"));
/** @returns {ReturnType<typeof import("./theme.js").createTheme>} */
export const useTheme = () => /** @type {any} */ (Vue.inject("theme"));
/** What a page on a wall is given, null at a desk. @returns {{turns: ReturnType<typeof import("./wall/turns.js").createTurns>} | null} */
export const useWall = () => /** @type {any} */ (Vue.inject("wall", null));
/** The tab that a block is in. @returns {zc.Tab} */
export const useTab = () => /** @type {any} */ (Vue.inject("tab"));
