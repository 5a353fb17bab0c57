import type { ConfigKinds } from '@sluice/config-file';
import type { PanelKind, ProductChoice } from '@sluice/panel-kind';

/** Where the config will find a secret. */
export type SecretAnswer =
  | { from: 'env'; name: string }
  /** Absolute, or relative to the config file. */
  | { from: 'file'; path: string }
  | { from: 'credential'; name: string }
  | { from: 'cmd'; program: string }
  /** Typed by the operator: kept in a separate file beside the config, or in the config itself. */
  | { from: 'typed'; value: string; keep: 'file' | 'config' };

/** One panel as the operator described it. */
export interface PanelAnswer {
  name: string;
  kind: PanelKind;
  url: string;
  allowHttp: boolean;
  /** Other keys of this kind, such as `username`. */
  texts: Record<string, string>;
  /** By config key: `token`, `password`, … */
  secrets: Record<string, SecretAnswer>;
}

/** A first product. */
export interface ProductAnswer {
  name: string;
  panel: PanelAnswer;
  /** A size such as `10TB`, or `unlimited`. */
  quota: string;
  /** Ids chosen from lists of the panel. */
  chosen: readonly { choice: ProductChoice; id: string }[];
}

/** An entry of a list of the panel. */
export interface OfferedRow {
  id: string;
  /** Name and details. */
  text: string;
}

/** All answers that a first config needs. */
export interface InitAnswers {
  timeZone: string;
  state: string;
  currency: string | null;
  panels: PanelAnswer[];
  /** Null where none was asked for. */
  product: ProductAnswer | null;
  /** What the config may name. */
  known: ConfigKinds;
}

/** Returns a config key as options and file names spell it: `api-key` for `apiKey`. */
export function kebab(key: string): string {
  return key.replaceAll(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`);
}

/** Returns the quota of a kind's example product. */
export function exampleQuota({ init }: Pick<PanelKind, 'init'>): string {
  return /total: ([^\s}]+)/.exec(init.product.lines.join('\n'))?.[1] ?? '1TB';
}
