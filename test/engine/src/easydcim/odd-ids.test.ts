import { beforeEach, describe, expect, it } from '@jest/globals';
import type { RunReport } from '@sluice/engine';
import { useBench } from '../bench/each-test.js';
import { toIds, startEasyDcimBench } from '../bench/easydcim-bench.js';
import { GB, HOUR } from '../bench/engine-bench.js';
import { isOnFiles } from '../bench/on-files.js';

/** Half a character: PostgreSQL stores none. */
const HALF = isOnFiles ? ['\ud800'] : [];
const ODD = ['..', '.', '%2e%2e', '../../admin/orders/902?x=', '#', '\\..\\', '502\r\nX-Evil: 1', ...HALF];
/** Half of a pair of surrogates, which no encoding has. */
const LONE = /\p{Cs}/u;
const HEALTHY = [1, 3];

const at = useBench(() => startEasyDcimBench('poll: { brake: { share: 100%, atLeast: 1000 }, doubt: { jump: off } }'));
beforeEach(async () => {
  for (const number of [1, 2, 3]) {
    await at.addService(number, { product: 'both' });
    at.panel.addTraffic(toIds(number).service, { in: 200 * GB, out: 0 });
  }
  at.bench.clock.advance(HOUR);
});

/** Stores what a version that did not check ids could have stored of `svc-2`, and polls. */
async function pollWith(ref: string, id: string): Promise<RunReport> {
  const updatedAt = new Date(at.bench.clock.now()).toISOString();
  await at.bench.store.services.update([{ id: 'svc-2', refs: { [ref]: id }, updatedAt }]);
  at.panel.server.clearCalls();
  const polled = await at.poll();
  expect(polled.run.outcome).toBe('partial');
  return polled;
}

/** The other services are held; `svc-2` is unreadable, nothing of it is changed, and it was asked for at `paths` only. */
function expectAlone(report: RunReport, paths: string[]): void {
  expect(report.services.map(({ id, status }) => [id, status])).toEqual([
    ['svc-1', 'held'],
    ['svc-2', 'unreadable'],
    ['svc-3', 'held'],
  ]);
  expect(report.services[1]?.actions).toEqual([]);
  for (const number of [1, 2, 3]) {
    const ids = toIds(number);
    const held = HEALTHY.includes(number);
    expect([number, at.panel.order(ids.order).status === 'suspended']).toEqual([number, held]);
    expect([number, at.panel.port(ids.port(1)).adminState]).toEqual([number, held ? 'down' : 'up']);
  }
  const known = HEALTHY.flatMap((number) => {
    const { service, order, server, port } = toIds(number);
    return [service, order, server, port(1), port(2), port(3)].map(String);
  });
  const others = at.panel.server.calls
    .map((call) => call.path)
    .filter((path) => !path.split('/').some((part) => known.includes(part)));
  expect(others.filter((path) => !paths.includes(path))).toEqual([]);
  expect(at.panel.server.calls.some((call) => 'x-evil' in call.headers)).toBe(false);
  expect(at.panel.server.failures).toEqual([]);
}

describe('an odd id that an older version has stored', () => {
  it.each(ODD)('is one encoded segment of a path, or refused, as the id of a service (%j)', async (id) => {
    const report = await pollWith('easydcim_service_id', id);
    const encoded = LONE.test(id) ? '' : encodeURIComponent(id);
    const isSent = encoded !== '' && !/^\.{1,2}$/.test(id);
    expectAlone(report, isSent ? [`/api/v3/client/services/${encoded}/bandwidth`] : []);
    if (!isSent) expect(report.services[1]?.error?.code).toBe('bad_ref');
  });

  it.each(ODD)('leads nowhere else as the user to act for (%j)', async (id) => {
    const report = await pollWith('easydcim_user', id);
    const isSent = !LONE.test(id) && !id.includes('\r');
    expectAlone(report, isSent ? [`/api/v3/client/services/${toIds(2).service}/bandwidth`] : []);
    if (!isSent) expect(report.services[1]?.error?.code).toBe('bad_ref');
  });
});
