/** A plain table of rows that are no records: it turns into cards on a narrow screen as lists do. */
const { h } = Vue;

/**
 * @typedef {{label: string, right?: boolean, acts?: boolean, cell: (row: any) => any}} GridColumn
 * @param {string} label what the table is, read out @param {GridColumn[]} columns @param {any[]} rows
 * @param {{key: (row: any) => string | number, current?: (row: any) => boolean, none: string}} said
 */
export function grid(label, columns, rows, said) {
  const classes = (/** @type {GridColumn} */ column) => [column.right ? "right" : "", column.acts ? "acts" : ""];
  const head = columns.map((column, at) => h("th", { key: at, scope: "col", class: classes(column) }, column.label));
  const line = (/** @type {any} */ row) =>
    h("tr", { key: said.key(row), class: { current: said.current?.(row) } }, columns.map((column, at) =>
      h("td", { key: at, class: classes(column), "data-label": column.label }, [h("span", { class: "value" }, column.cell(row))])));
  return h("div", { class: "table-scroll", role: "region", tabindex: 0, "aria-label": label }, [
    h("table", { class: "records grid" }, [h("thead", [h("tr", head)]), h("tbody", rows.map(line))]),
    rows.length ? null : h("div", { class: "empty" }, [h("p", said.none)]),
  ]);
}
