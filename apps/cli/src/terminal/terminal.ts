import { printableJson } from '@sluice/panel-http/printable';
import type { ItemError } from '@sluice/panel-kind/errors';
import { formatBytes } from '@sluice/quota-core';
import { Times, type Zones } from './times.js';
import { colouredInk, plainInk, type Colors, type Ink } from './colors.js';
import type { DescribedError, TerminalHost } from './host.js';
import { type LayoutColumn, layoutTable } from './layout.js';
import { outputWidth, wrapLine, writeLine } from './wrap.js';

/** Global options of output. */
export interface TerminalOptions {
  json?: boolean | undefined;
  quiet?: boolean | undefined;
  color?: boolean | undefined;
  utc?: boolean | undefined;
}

/** A cell of a table: one line, several, or null for an unknown value. */
export type Cell = string | string[] | null;

/** `NO_COLOR` and `--no-color` switch colours off, `FORCE_COLOR` on; by default only a terminal has them. */
function wantsColor({ env, stdout }: TerminalHost, option: boolean | undefined): boolean {
  const { NO_COLOR: no, FORCE_COLOR: force } = env;
  if (option === false || (no !== undefined && no !== '')) return false;
  if (force !== undefined && force !== '0' && force !== '') return true;
  return stdout.isTTY === true;
}

/** Returns bytes as `412.10 GB`, and null for an unknown figure. */
export function bytesCell(bytes: number | null | undefined): string | null {
  return bytes == null ? null : formatBytes(bytes);
}

/** Returns an allowance as bytes or `unlimited`. */
export function allowedCell(
  allowance: { unlimited: boolean; allowedBytes: number | null } | null | undefined,
): string | null {
  return allowance?.unlimited === true ? 'unlimited' : bytesCell(allowance?.allowedBytes);
}

/** States that need some attention. */
const YELLOW: ReadonlySet<string> = new Set(['held', 'over', 'doubted', 'in-doubt', 'refunding', 'planned', 'warning']);

/**
 * Prints data on stdout and everything else on stderr. Each text is one line, which a terminal shows broken between words,
 * and control characters that a panel, a file or the command line put into it are escaped.
 */
export class Terminal {
  readonly colors: Colors;
  readonly json: boolean;
  readonly quiet: boolean;
  readonly times: Times;
  readonly #host: TerminalHost;
  readonly #ink: Ink;

  constructor(host: TerminalHost, options: TerminalOptions, zones: Zones | null = null) {
    this.#host = host;
    this.json = options.json === true;
    this.quiet = options.quiet === true;
    this.times = new Times(host.clock, zones, options.utc === true);
    const coloured = !this.json && wantsColor(host, options.color);
    this.#ink = coloured ? colouredInk(Buffer.from(host.randomBytes(12)).toString('hex')) : plainInk();
    this.colors = this.#ink.colors;
  }

  /** Prints the one JSON document of `--json`, and nothing without that option. */
  document(value: unknown): void {
    if (this.json) this.#host.stdout.write(`${printableJson(value, 2)}\n`);
  }

  /** Prints a line of data; nothing with `--json`. */
  line(text = ''): void {
    if (!this.json) writeLine(this.#host.stdout, this.#ink.line(text));
  }

  /** Prints a line of data that is copied or drawn, and so never broken; nothing with `--json`. */
  verbatim(text: string): void {
    if (!this.json) this.#host.stdout.write(`${this.#ink.line(text)}\n`);
  }

  /** Prints a line of data; nothing with `--json` or `--quiet`. */
  info(text: string): void {
    if (!this.quiet) this.line(text);
  }

  /** Prints a line on stderr, also with `--json` and `--quiet`. */
  warn(text: string): void {
    writeLine(this.#host.stderr, this.#ink.line(text));
  }

  /** Prints a table; columns whose head begins with `>` are right-aligned. */
  table(heads: string[], rows: Cell[][]): void {
    const columns = heads.map((head): LayoutColumn =>
      head.startsWith('>') ? { title: head.slice(1), align: 'right' } : { title: head },
    );
    this.columns(columns, rows);
  }

  /** Prints a table that fits the width of the terminal; elsewhere its width is not limited. */
  columns(columns: readonly LayoutColumn[], rows: readonly Cell[][], withHeads = true): void {
    if (this.json) return;
    const { colors } = this;
    const { line } = this.#ink;
    const toLines = (cell: Cell): string[] => (Array.isArray(cell) ? cell : [cell ?? colors.dim('-')]).map(line);
    const heads = columns.map(({ title }) => (title === '' ? '' : line(colors.bold(title))));
    const lines = layoutTable(
      columns,
      heads,
      rows.map((row) => row.map(toLines)),
      { width: this.width, wrap: wrapLine },
    );
    const shown = withHeads ? lines : lines.slice(1);
    this.#host.stdout.write(`${shown.join('\n')}\n`);
  }

  /** Columns of the terminal; where the output is not one, those that are asked for, else infinite. */
  get width(): number {
    return outputWidth(this.#host.stdout);
  }

  /** Colours a status: green needs no attention, yellow some, red an action. */
  status(status: string): string {
    return this.paint(status, status);
  }

  /** Colours a text as its status. */
  paint(status: string, text: string): string {
    const { colors } = this;
    if (status === 'ok' || status === 'applied' || status === 'active') return colors.green(text);
    if (YELLOW.has(status)) return colors.yellow(text);
    if (status === 'failed' || status === 'unreadable') return colors.red(text);
    return colors.dim(text);
  }

  /** Returns a message with its remedy. */
  describe(error: DescribedError): string {
    return this.#host.describe?.(error) ?? error.message;
  }

  /** Returns an error with its code in words and its remedy; `details` fill the names in the remedy. */
  error({ code, message }: ItemError, details?: Record<string, string>): string {
    return `${this.colors.red(codeWords(code))}: ${this.times.text(this.describe({ code, message, details }))}`;
  }

  /** Returns a notice with its remedy. */
  notice({
    code,
    message,
    details,
    service,
  }: ItemError & { service?: string | null; details?: Readonly<Record<string, string>> }): string {
    const named = { ...details, ...(service == null ? {} : { service }) };
    const text = this.times.text(this.describe({ code, message, details: named }));
    return this.colors.cyan(`notice ${codeWords(code)}: ${text}`);
  }
}

/** Codes of flows are words for people; those of panels (`PANEL_TIMEOUT`) are names. */
function codeWords(code: string): string {
  return /^[a-z]/.test(code) ? code.replaceAll('_', ' ') : code;
}
