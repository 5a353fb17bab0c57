import { printableJson } from '@sluice/panel-http/printable';
import { formatBytes } from '@sluice/quota-core';
import Table from 'cli-table3';
import type { Deps } from '../context.js';
import type { ItemError } from '@sluice/panel-kind/errors';
import { withRemedy } from '../remedies.js';
import { colouredInk, plainInk, type Colors, type Ink } from './colors.js';

/** How a command prints. */
export interface TerminalOptions {
  json?: boolean | undefined;
  quiet?: boolean | undefined;
  color?: boolean | undefined;
}

/** A cell of a table: one line, several, or nothing known. */
export type Cell = string | string[] | null;

/** `NO_COLOR` and `--no-color` switch colours off, `FORCE_COLOR` on; otherwise only a terminal has them. */
export function wantsColor(deps: Pick<Deps, 'env' | 'stdout'>, option: boolean | undefined): boolean {
  const { NO_COLOR: no, FORCE_COLOR: force } = deps.env;
  if (option === false || (no !== undefined && no !== '')) return false;
  if (force !== undefined && force !== '0' && force !== '') return true;
  return deps.stdout.isTTY === true;
}

/** `412.10 GB`, or a dash for what is not known. */
export function bytesCell(bytes: number | null | undefined): string | null {
  return bytes == null ? null : formatBytes(bytes);
}

/**
 * Data on stdout, everything else on stderr. Every text that is given to it is one line: whatever a panel, a file or the
 * command line put into it, no other control character gets out than those of our own colours.
 */
export class Terminal {
  readonly colors: Colors;
  readonly json: boolean;
  readonly quiet: boolean;
  readonly #deps: Deps;
  readonly #ink: Ink;

  constructor(deps: Deps, options: TerminalOptions) {
    this.#deps = deps;
    this.json = options.json === true;
    this.quiet = options.quiet === true;
    const coloured = !this.json && wantsColor(deps, options.color);
    this.#ink = coloured ? colouredInk(Buffer.from(deps.randomBytes(12)).toString('hex')) : plainInk();
    this.colors = this.#ink.colors;
  }

  /** The one JSON document of `--json`. */
  document(value: unknown): void {
    this.#deps.stdout.write(`${printableJson(value, 2)}\n`);
  }

  /** A line of data. */
  line(text = ''): void {
    if (!this.json) this.#deps.stdout.write(`${this.#ink.line(text)}\n`);
  }

  /** A line about the work, silenced by `--quiet`. */
  info(text: string): void {
    if (!this.json && !this.quiet) this.#deps.stdout.write(`${this.#ink.line(text)}\n`);
  }

  /** On stderr, also with `--json` and `--quiet`. */
  warn(text: string): void {
    this.#deps.stderr.write(`${this.#ink.line(text)}\n`);
  }

  /** A table without frames; columns whose head begins with `>` are right-aligned. */
  table(heads: string[], rows: Cell[][]): void {
    if (this.json) return;
    const { colors } = this;
    const { line } = this.#ink;
    const table = new Table({
      head: heads.map((head) => line(colors.bold(head.replace(/^>/, '')))),
      colAligns: heads.map((head) => (head.startsWith('>') ? 'right' : 'left')),
      style: { head: [], border: [], 'padding-left': 0, 'padding-right': 2 },
      chars: {
        top: '',
        'top-mid': '',
        'top-left': '',
        'top-right': '',
        bottom: '',
        'bottom-mid': '',
        'bottom-left': '',
        'bottom-right': '',
        left: '',
        'left-mid': '',
        mid: '',
        'mid-mid': '',
        right: '',
        'right-mid': '',
        middle: '',
      },
    });
    for (const row of rows) {
      table.push(row.map((cell) => (Array.isArray(cell) ? cell.map(line).join('\n') : line(cell ?? colors.dim('-')))));
    }
    const text = table
      .toString()
      .split('\n')
      .map((row) => row.trimEnd())
      .join('\n');
    this.#deps.stdout.write(`${text}\n`);
  }

  /** Colours a service's status by what it asks of the reader. */
  status(status: string): string {
    const { colors } = this;
    if (status === 'ok' || status === 'applied' || status === 'active') return colors.green(status);
    if (status === 'held' || status === 'in-doubt' || status === 'planned' || status === 'warning')
      return colors.yellow(status);
    if (status === 'failed' || status === 'unreadable') return colors.red(status);
    return colors.dim(status);
  }

  /** An error with its remedy; `details` name what the remedy is about. */
  error({ code, message }: ItemError, details?: Record<string, string>): string {
    return `${this.colors.red(code)}: ${withRemedy({ code, message, details })}`;
  }

  /** A notice with its remedy. */
  notice({ code, message, service }: ItemError & { service?: string | null }): string {
    const text = withRemedy({ code, message, details: service == null ? {} : { service } });
    return this.colors.cyan(`notice ${code}: ${text}`);
  }
}
