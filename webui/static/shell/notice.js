/** One notice as the bell and the page show it, and how it is read. */
import { post } from "../door/api.js";
import { moment } from "../page/shown.js";
const { h } = Vue;

/** @typedef {{notices: zc.Notice[], unread: number, until: number, after: string | null, as_of: string}} Notices */

/** @param {import("../words.js").Words} t @param {zc.Notice} notice @param {() => void} read it was opened */
export function noticeItem(t, notice, read) {
  const marks = [
    notice.unread ? h("span", { class: "tag tag-blue" }, t("notices.is_unread")) : null,
    notice.stands && !notice.file ? h("span", { class: "tag tag-amber" }, t("notices.stands")) : null,
  ];
  return h("li", { key: notice.id, class: [`notice-${notice.level}`, { unread: notice.unread }] }, [
    h("p", { class: "notice-head" }, [h("span", { class: "notice-level" }, notice.label), titled(notice, read), ...marks]),
    notice.text ? h("p", notice.text) : null,
    h("time", moment(notice.at)),
    notice.number > 1 ? h("small", t("notices.times", { n: notice.number, at: moment(notice.last_at) })) : null,
  ]);
}

/** @param {zc.Notice} notice @param {() => void} read */
function titled(notice, read) {
  if (notice.file) return h("a", { href: notice.file, download: "", onClick: read }, notice.title);
  if (notice.page) return h("button", { type: "button", class: "link", onClick: read }, notice.title);
  return h("strong", notice.title);
}

/**
 * Tell the server that these were read as they stood then; bell and page then ask anew.
 * @param {{state: {noticed: number}}} live @param {number} until @param {number[]} ids all where none is named
 */
export async function readNotices(live, until, ids) {
  await post("/api/ui/notices/read", ids.length ? { until, ids } : { until }).catch(() => null);
  live.state.noticed++;
}
