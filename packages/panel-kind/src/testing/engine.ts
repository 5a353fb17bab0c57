import type { Clock } from '../clock.js';
import type { ItemError } from '../errors.js';
import type { PanelKind } from '../kind.js';

/** A service in the document of a run or command. */
export interface SuiteServiceView {
  id: string;
  status: string;
  holds: { reason: string }[];
  wouldHold: string[];
  actions: { type: string; target: string; state: string }[];
  error: ItemError | null;
  drift?: string[];
}

/** The document of a run. */
export interface SuiteRun {
  run: { outcome: string };
  error: ItemError | null;
  services: SuiteServiceView[];
  notices: { code: string }[];
}

/** The document of a command about one service. */
export interface SuiteCommand {
  run: { outcome: string };
  service: SuiteServiceView & { refs: Record<string, string> };
  actions: { type: string; target: string; state: string }[];
}

/** The part of the engine's API that the suite uses. */
export interface SuiteSluice {
  poll(options?: { dryRun?: boolean }): Promise<SuiteRun>;
  reconcile(options?: { dryRun?: boolean }): Promise<SuiteRun>;
  plan(): Promise<SuiteRun>;
  readonly services: {
    add(id: string, fields: Record<string, string>): Promise<unknown>;
    set(id: string, fields: Record<string, string>): Promise<unknown>;
    show(id: string): Promise<{ product: string; refs: Record<string, string> }>;
  };
  readonly overrides: { set(id: string, request: { quota?: string; unlimited?: boolean }): Promise<unknown> };
  readonly provision: {
    create(id: string, options?: { dryRun?: boolean }): Promise<SuiteCommand>;
    suspend(id: string): Promise<SuiteCommand>;
    unsuspend(id: string): Promise<SuiteCommand>;
    renew(id: string, options: { until: string }): Promise<SuiteCommand>;
    changePackage(id: string, product: string): Promise<SuiteCommand>;
    changePassword(id: string): Promise<SuiteCommand>;
    terminate(id: string): Promise<SuiteCommand>;
  };
}

/** The part of the state store that the suite uses. */
export interface SuiteStore {
  readonly holds: { open(): Promise<{ reason: string }[]> };
  readonly evidence: { open(): Promise<{ kind: string; target: string }[]> };
  readonly actions: { unresolved(): Promise<{ type: string; target: string; state: string }[]> };
  readonly maintenance: { check(): Promise<{ name: string; status: string }[]> };
  close(): Promise<void>;
}

/** What an engine is created with. */
export interface SuiteEngineOptions {
  config: unknown;
  store: SuiteStore;
  kinds: readonly PanelKind[];
  clock?: Clock | undefined;
  owner?: { host: string; pid: number; processStart: string } | undefined;
  isAlive?: ((owner: { host: string; pid: number; processStart: string }) => boolean) | undefined;
}

/** The engine and the store that the suite runs on: `createSluice` and `parseConfig` of the one, `openStore` of the other. */
export interface SuiteEngine<Sluice extends SuiteSluice = SuiteSluice> {
  createSluice(options: SuiteEngineOptions): Promise<Sluice>;
  parseConfig(values: unknown, kinds: readonly PanelKind[]): unknown;
  openStore(options: { location: string; clock: { now(): number } }): Promise<SuiteStore>;
}

/** The functions of a test runner. */
export interface SuiteTest {
  readonly describe: (name: string, define: () => void) => void;
  readonly it: (name: string, run: () => Promise<void>, timeout?: number) => void;
  readonly expect: (actual: unknown) => { toEqual(expected: unknown): void };
}
