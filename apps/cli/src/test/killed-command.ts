import { copyFileSync, existsSync, rmSync } from 'node:fs';
import type { FakeCall, FakeServer } from '@sluice/fake-panels';
import type { Bench } from './harness.js';

/** A bench with its panel. */
export interface KillableBench {
  bench: Pick<Bench, 'clock' | 'path' | 'sluice'>;
  panel: { server: FakeServer; url: string };
}

/** In which of its calls of an endpoint a command is killed: its n-th, before or after the panel has done it. */
export interface KillPoint {
  endpoint: RegExp;
  nth?: number;
  when?: 'before' | 'after';
  /** How long after that call `land` happens on the panel. Default 10 seconds. */
  lateMs?: number;
  /** What happens on the panel then, or when the function that `kill` returns is called. */
  land: (call: FakeCall) => Promise<unknown>;
}

/** Runs a command that is killed in a call of this endpoint. The answers of the calls before are lost. */
export async function kill(
  { bench, panel: { server } }: KillableBench,
  words: string,
  { endpoint, nth = 1, when = 'before', lateMs = 10_000, land }: KillPoint,
): Promise<() => Promise<void>> {
  const { clock } = bench;
  const calls: FakeCall[] = [];
  let calledAt = 0;
  const ignore = server.onCall((call) => {
    if (!endpoint.test(call.endpoint) || calls.push(call) !== nth) return;
    calledAt = clock.now();
    copyStore(bench, 'sluice.db', 'killed.db');
    server.inject({ fault: { kind: 'cut' } });
  });
  server.inject({ endpoint, times: nth, when, fault: { kind: 'cut' } });
  await bench.sluice(words);
  ignore();
  server.clearFaults();
  copyStore(bench, 'killed.db', 'sluice.db');
  clock.set(calledAt + 1000);
  return landAt({ bench, panel: { server } }, calledAt + lateMs, () => land(calls[nth - 1]!));
}

/**
 * Runs a command of which one call gets no answer for a minute. The panel does it `lateMs` after that, or when the returned
 * function is called.
 */
export async function timeOut(
  { bench, panel }: KillableBench,
  words: string,
  { endpoint, lateMs, land }: Pick<KillPoint, 'endpoint' | 'land'> & { lateMs: number },
): Promise<() => Promise<void>> {
  const { clock } = bench;
  const calls: FakeCall[] = [];
  let givenUpAt = 0;
  const ignore = panel.server.onCall((call) => {
    if (!endpoint.test(call.endpoint) || calls.push(call) > 1) return;
    clock.advance(60_000);
    givenUpAt = clock.now();
  });
  panel.server.inject({ endpoint, times: 1, fault: { kind: 'cut' } });
  await bench.sluice(words);
  ignore();
  return landAt({ bench, panel }, givenUpAt + lateMs, () => land(calls[0]!));
}

/** Lets something happen on the panel once, before the first reading at or after an instant, or when the returned function is called. */
export function landAt(
  { bench, panel }: { bench: Pick<Bench, 'clock'>; panel: Pick<KillableBench['panel'], 'server'> },
  instant: number,
  land: () => Promise<unknown>,
): () => Promise<void> {
  let landing: Promise<void> | undefined;
  const landOnce = (): Promise<void> => (landing ??= land().then(() => undefined));
  const match = (call: FakeCall): boolean => !call.changing && bench.clock.now() >= instant;
  panel.server.inject({ match, fault: { kind: 'wait', until: landOnce } });
  return landOnce;
}

/** Sends a call that the killed command had sent. */
export function arrive({ url }: Pick<KillableBench['panel'], 'url'>, call: FakeCall): Promise<unknown> {
  const { path, method, headers, body } = call;
  const kept = ['authorization', 'content-type', 'key', 'sign'].flatMap((name) => {
    const value = headers[name];
    return typeof value === 'string' ? [[name, value] as const] : [];
  });
  return fetch(`${url}${path}`, { method, headers: Object.fromEntries(kept), body });
}

/** Copies the store's files, as a crash at this moment would leave them. */
function copyStore(bench: Pick<Bench, 'path'>, from: string, to: string): void {
  for (const end of ['', '-wal']) {
    rmSync(bench.path(to + end), { force: true });
    if (existsSync(bench.path(from + end))) copyFileSync(bench.path(from + end), bench.path(to + end));
  }
}
