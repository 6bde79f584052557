// The first page: asks for the figures every two seconds and says how old they are when it cannot.
const STEP_MS = 2000;
const STALE_MS = 6000;
const KINDS = { declaration: ["声明", "red"], plugin: ["插件", "orange"], refusal: ["拒收", "amber"] };
const at = (id) => document.getElementById(id);
let lastMs = 0;

/** An element with a class and text; text never becomes markup. */
function make(tag, text = "", className = "") {
  const element = document.createElement(tag);
  element.textContent = text;
  if (className) element.className = className;
  return element;
}

/** A value as a cell: dictionary codes as coloured tags, times short, numbers to the right. */
function cell(name, value, { tags, labels } = {}) {
  if (value === null || value === undefined) return make("td", "—", "grey");
  const tag = tags?.[name]?.[value];
  if (tag) {
    const td = make("td");
    td.append(make("span", tag.label, `tag ${tag.colour}`));
    return td;
  }
  if (typeof value === "number") return make("td", value.toLocaleString("zh-CN"), "n");
  const label = labels?.[name]?.[value];
  if (label) return make("td", label);
  const time = /^(\d{4}-\d\d-\d\d)T(\d\d:\d\d:\d\d)/.exec(value);
  return make("td", time ? `${time[1]} ${time[2]}` : String(value));
}

/** The declared counts, then what the interfaces took and refused since the start. */
function showCounts(counts, interfaces) {
  const sum = (name) => interfaces.reduce((total, item) => total + item[name], 0).toLocaleString("zh-CN");
  const own = [
    { label: "本次启动以来入库", text: sum("accepted") },
    { label: "本次启动以来拒收", text: sum("refused") },
  ];
  at("counts").replaceChildren(
    ...[...counts, ...own].map((count) => {
      const box = make("div", "", "count");
      box.append(make("b", count.text), make("span", count.label));
      return box;
    }),
  );
}

function showNewest(newest) {
  const names = Object.keys(newest.columns).filter((name) => newest.records.some((row) => row[name] !== null));
  const head = make("tr");
  const numeric = (name) => newest.records.some((row) => typeof row[name] === "number") && !newest.tags?.[name];
  head.append(...names.map((name) => make("th", newest.columns[name], numeric(name) ? "n" : "")));
  const rows = newest.records.map((record) => {
    const row = make("tr");
    row.append(...names.map((name) => cell(name, record[name], newest)));
    return row;
  });
  at("newest-title").textContent = `最新${newest.title}`;
  at("newest").tHead.replaceChildren(head);
  at("newest").tBodies[0].replaceChildren(...rows);
  at("newest-empty").hidden = rows.length > 0;
}

function showInterfaces(interfaces) {
  const rows = interfaces.map((item) => {
    const row = make("tr");
    row.append(make("td", `${item.title} ${item.path}`));
    for (const name of ["posts", "accepted", "duplicates", "refused"]) row.append(cell(name, item[name]));
    row.append(cell("last_success", item.last_success));
    return row;
  });
  at("interfaces").tBodies[0].replaceChildren(...rows);
}

function showProblems(problems) {
  const items = problems.map((problem) => {
    const [label, colour] = KINDS[problem.kind];
    const item = make("li");
    item.append(make("span", label, `tag ${colour}`), problem.text);
    return item;
  });
  at("problems").replaceChildren(...items);
  at("problems-empty").hidden = items.length > 0;
}

function show(figures) {
  showCounts(figures.counts, figures.interfaces);
  showNewest(figures.newest);
  showInterfaces(figures.interfaces);
  showProblems(figures.problems);
  at("snapshot").textContent = figures.snapshot;
  at("banner").hidden = !figures.last_good;
  at("banner").textContent = "磁盘上的声明有问题，正在使用上一次有效的声明。请运行 zc check 查看。";
  lastMs = Date.now();
}

function showAge(closed) {
  const age = at("age");
  const old = Date.now() - lastMs;
  const isStale = closed || old > STALE_MS;
  age.classList.toggle("stale", isStale);
  if (closed) age.textContent = "会话已结束，请用 zc link 取得新链接";
  else if (!lastMs) age.textContent = "正在读取…";
  else age.textContent = isStale ? `连接中断，数据为 ${Math.round(old / 1000)} 秒前` : "实时";
}

async function step() {
  let closed = false;
  try {
    const reply = await fetch("/-/front.json", { cache: "no-store" });
    closed = reply.status === 401;
    if (reply.ok) show(await reply.json());
  } catch {
    // The server is away; the age says so, and the next step asks again.
  }
  showAge(closed);
  if (!closed) setTimeout(step, STEP_MS);
}

step();
