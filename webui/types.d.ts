// What the modules under static may rely on: the globals of the third-party scripts, and the shapes that the server sends.
import type * as VueModule from "vue";

declare global {
  const Vue: typeof VueModule;
  const ElementPlus: any;
  const ElementPlusIconsVue: Record<string, any>;
  const ElementPlusLocaleZhCn: any;
  const echarts: any;
  const L: any;
  const CodeMirror: any;

  namespace zc {
    type Query = Record<string, string[]>;
    type Values = Record<string, any>;
    type Tag = { label: string; colour: string };
    type Choice = { value: string; label: string; children?: Choice[] };

    interface Fault { status: number; message: string; field?: string; problems: { field?: string; text: string }[] }
    interface PageLink { id: string; title: string; icon?: string; layout?: string }
    interface Notice {
      id: number; kind: string; level: string; label: string; title: string; text: string; at: string; last_at: string;
      number: number; stands: boolean; unread: boolean; page: string | null; query: Query; file: string | null;
    }
    interface MapSettings { review?: string; tiles?: string; attribution?: string; datum?: "wgs84" | "gcj02" }

    interface Me {
      login: string; title: string; roles: { id: string; title: string }[];
      site: { title: string; demo: boolean; zone: string; last_good: boolean; map?: MapSettings };
      snapshot: number; menu: { group: string; pages: PageLink[] }[]; operations: string[];
      must_change: boolean; labels_version?: string; first_steps?: string;
    }

    interface Column {
      name: string; label: string; unit?: string; type: string; align?: string; dictionary?: Record<string, Tag>;
      ref?: string; masked?: boolean; width?: number; fixed?: boolean | string; hidden?: boolean; sortable?: boolean; opens?: string | null;
    }
    interface Filter {
      name: string; label: string; type: string; as?: string; unit?: string; options?: Choice[]; ref?: string;
      presets?: Choice[]; default?: any;
    }
    interface Field {
      name: string; label: string; type: string; unit?: string; required?: boolean; min?: number; max?: number;
      max_length?: number; options?: Choice[]; to?: string; help?: string;
    }
    interface Form { id: string; title: string; fields: Field[] }
    interface Run { operation: string; label: string; with: Record<string, string>; sure: string; shows: Record<string, string> }
    interface Category {
      id: string; title: string; entity: { id: string; title: string; key: string[]; time: string | null }; columns: Column[];
      filters: Filter[]; facets: { name: string; label: string }[];
      sort: string[]; sums: string[]; actions: string[]; operations: Run[]; export: boolean; rights: string[];
    }
    interface Measure { name: string; label: string; unit?: string; adds: boolean; of_none: number | null; ratio: boolean }
    interface Way { way: "is" | "tree" | "starts" | "period" | "hour" | "bins"; field: string; bins?: Record<string, Record<string, number>> }
    interface Drill { page: string; time: string | null; dimensions: Record<string, Way>; measures: Record<string, Query>; query: Query }
    interface Block {
      block: string; title?: string; width?: number; height?: number; category?: Category; form?: Form; entity?: Form; query?: Query;
      error?: string; page_size?: number; statistic?: { id: string; title: string; time: string }; by?: string; series?: string; shape?: string; top?: number; within?: string;
      measure?: Measure; opens?: { page: string; query: Query; by?: string | null }; html?: string; tabs?: { title: string; rows: Block[][] }[];
      dimensions?: Record<string, { name: string; label: string; dictionary?: Record<string, Tag> }>; rows?: Block[][];
      linked?: boolean; asks?: string[]; measures?: Measure[]; compare?: string | string[]; order?: string; export?: boolean; drill?: Drill | null; filters?: Filter[]; presets?: Choice[];
      longitude?: string; latitude?: string; label?: string; colour?: string; fields?: string[];
      columns?: string[]; limit?: number; when?: string; silent_minutes?: number;
    }
    interface PageSpec { id: string; title: string; group: string; layout: string; rotate_s?: number | null; next?: string | null; rows: Block[][] }
    interface Found {
      records: Values[]; labels: Record<string, Record<string, string>>; count?: number; capped?: boolean;
      count_text?: string; after?: string | null; reached?: string | null; sums?: Values; as_of: string;
    }
    interface Event { at: string | null; who: string; verb: string; what: string; why?: string; changes: { field: string; label: string; before: any; after: any }[] }
    interface One {
      record: Values; labels: Record<string, Record<string, string>>; masked: string[]; version: number; events: Event[];
      explain: { label: string; text: string; field?: string; value?: string }[];
    }
    interface Problem { file: string; line: number; col: number; code: string; path: string; what: string; mend: string; level: string; zh: { what: string; mend: string } }
    interface Declared { id: string; title: string; path: string; owner: string; plugin: string; replaces: string; errors: number; warnings: number }
    interface DeclaredKind { kind: string; title: string; help: string; folder: string; suffix: string; files: Declared[] }
    interface Told {
      good: boolean; problems: Problem[]; steps: string[]; changes: string[]; diffs: { path: string; text: string }[];
      trials: { interface: string; title: string; green: boolean }[]; activated?: boolean; number?: number;
    }
    interface Version { id: number; snapshot: number; at: string; who: string; note: string; removed: boolean }
    interface Tab { id: string; page: string; title: string; query: Query; dirty: boolean; rows: number; layout?: string }
  }
}
