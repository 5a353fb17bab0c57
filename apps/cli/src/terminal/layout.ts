import truncatedWidth from 'fast-string-truncated-width';

/** How a column of a table is laid out. */
export interface LayoutColumn {
  title: string;
  align?: 'right' | undefined;
  /** Columns with a greater number are left out earlier where the width is too small; 0 (default) stays. */
  priority?: number | undefined;
  /** Never cut: times, and what people type again. */
  whole?: boolean | undefined;
  /** Texts are not cut below this width before columns are left out; default 8. */
  least?: number | undefined;
  /** Least width, for tables that are printed row by row. */
  atLeast?: number | undefined;
  /** Shown only where the width is known and has room for it. */
  extra?: boolean | undefined;
  /** A sentence: where it would be cut, it is printed whole below its row. */
  below?: boolean | undefined;
}

const GAP = 2;
const LEAST = 8;
const LEAST_OF_ALL = 4;
/** Without a limit of the width, a longer cell must not pad every other row to its width. */
const WIDEST = 120;
const ELLIPSIS = '…';
/** The codes of colours in a text. */
export const COLOURS = new RegExp(`${String.fromCharCode(27)}\\[[0-9;]*m`, 'g');

/** Returns the width of a text in columns of a terminal. */
export function displayWidth(text: string): number {
  return truncatedWidth(text).width;
}

/** Returns a text cut to a width, with an ellipsis; its colours end where they ended. */
export function cutText(text: string, width: number): string {
  const { truncated, index } = truncatedWidth(text, { limit: width, ellipsis: ELLIPSIS });
  if (!truncated) return text;
  return `${text.slice(0, index)}${ELLIPSIS}${(text.slice(index).match(COLOURS) ?? []).join('')}`;
}

/** Before a sentence below its row. */
const BELOW = '  ';

/** The width of a table, and what breaks a sentence to fit it. */
export interface TableRoom {
  width: number;
  wrap: (line: string, width: number) => string;
}

/** Lays out a table within a width: a cell is a list of lines, which may have colours. */
export function layoutTable(
  columns: readonly LayoutColumn[],
  heads: readonly string[],
  rows: readonly (readonly string[])[][],
  { width, wrap }: TableRoom,
): string[] {
  const natural = heads.map((head, at) => {
    const least = Math.max(columns[at]?.atLeast ?? 0, displayWidth(head));
    // Lists may have more rows than a call can have arguments.
    const own = rows.reduce((widest, row) => Math.max(widest, ...(row[at] ?? []).map(displayWidth)), least);
    return width === Infinity ? Math.min(own, WIDEST) : own;
  });
  const sentences = columns.map((_, at) => at).filter((at) => columns[at]?.below === true);
  const others = columns.map((_, at) => at).filter((at) => columns[at]?.extra !== true);
  const isBelow = sentences.length > 0 && sum(others.map((at) => natural[at] ?? 0)) > width;
  const below = isBelow ? sentences : [];
  const shown = chooseColumns(columns, natural, width, below);
  const widths = shrink(columns, shown, natural, width);
  const line = (cells: readonly (string | undefined)[]): string =>
    shown
      .map((at, index) => {
        const [cell, own] = [cells[at] ?? '', widths[index] ?? 0];
        return align(width === Infinity ? cell : cutText(cell, own), own, columns[at]?.align);
      })
      .join(' '.repeat(GAP))
      .trimEnd();
  const body = rows.flatMap((row) => {
    const height = Math.max(1, ...shown.map((at) => row[at]?.length ?? 0));
    return [
      ...Array.from({ length: height }, (_, index) => line(row.map((cell) => cell[index]))),
      ...below.flatMap((at) => (row[at] ?? []).flatMap((text) => wrap(`${BELOW}${text}`, width).split('\n'))),
    ];
  });
  return [line(heads), ...body];
}

function align(text: string, width: number, side: LayoutColumn['align']): string {
  const blanks = ' '.repeat(Math.max(0, width - displayWidth(text)));
  return side === 'right' ? blanks + text : text + blanks;
}

function sum(widths: readonly number[]): number {
  return widths.reduce((total, width) => total + width, 0) + GAP * Math.max(0, widths.length - 1);
}

function isWhole({ align: side, whole }: LayoutColumn): boolean {
  return side === 'right' || whole === true;
}

function leastWidth(column: LayoutColumn, natural: number): number {
  return isWhole(column) ? natural : Math.min(natural, Math.max(displayWidth(column.title), column.least ?? LEAST));
}

/** Returns the columns to show: extra ones only with room for everything, others as long as texts can be cut. */
function chooseColumns(
  columns: readonly LayoutColumn[],
  natural: readonly number[],
  width: number,
  below: readonly number[],
): number[] {
  let shown = columns
    .map((_, at) => at)
    .filter((at) => (width !== Infinity || columns[at]?.extra !== true) && !below.includes(at));
  const total = (least: boolean): number =>
    sum(shown.map((at) => (least ? leastWidth(columns[at] ?? { title: '' }, natural[at] ?? 0) : (natural[at] ?? 0))));
  const drop = (candidates: number[]): boolean => {
    const priority = (at: number): number => columns[at]?.priority ?? 0;
    const last = [...candidates].sort((a, b) => priority(b) - priority(a) || b - a)[0];
    shown = shown.filter((at) => at !== last);
    return last !== undefined;
  };
  const isExtra = (at: number): boolean => columns[at]?.extra === true;
  while (total(false) > width && drop(shown.filter(isExtra)));
  while (total(true) > width && drop(shown.filter((at) => (columns[at]?.priority ?? 0) > 0)));
  return shown;
}

/** Narrows the widest texts until the columns fit. */
function shrink(
  columns: readonly LayoutColumn[],
  shown: readonly number[],
  natural: readonly number[],
  width: number,
): number[] {
  const widths = shown.map((at) => natural[at] ?? 0);
  const texts = shown.map((at) => columns[at] ?? { title: '' });
  const least = texts.map((column, index) => leastWidth(column, widths[index] ?? 0));
  const floors = [least, widths.map((own, index) => (isWhole(texts[index] ?? { title: '' }) ? own : LEAST_OF_ALL))];
  for (const floor of floors) {
    while (sum(widths) > width) {
      const candidates = widths.map((own, index) => (own > (floor[index] ?? own) ? own : 0));
      const widest = Math.max(...candidates);
      if (widest === 0) break;
      widths[candidates.indexOf(widest)] = widest - 1;
    }
  }
  return widths;
}
