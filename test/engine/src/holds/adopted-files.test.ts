import { beforeEach, expect, it } from '@jest/globals';
import { startEasyDcimBench, toIds } from '../bench/easydcim-bench.js';
import { useBench } from '../bench/each-test.js';
import { addSharer } from '../easydcim/sharers.js';

const at = useBench(startEasyDcimBench);

const ports = (number: number): number[] => [1, 2].map((index) => toIds(number).port(index));

const row = (number: number, values: Record<string, string> = {}): Record<string, string> => ({
  ...{ service: `svc-${number}`, reason: 'quota', ports: ports(number).join(' '), note: 'by the old tool', ...values },
});

const adopt = (...rows: Record<string, string>[]) => at.sluice.holds.adoptAll(rows);

const held = async (): Promise<(string | null)[][]> =>
  (await at.sluice.holds.list({ open: true })).holds.map(({ service, reason, evidence }) => [
    ...[service, reason],
    ...evidence.map(({ target }) => target),
  ]);

const countWrites = (): number => at.panel.server.changingCalls().length;

beforeEach(async () => {
  for (const number of [1, 2, 3]) await at.addService(number);
  for (const port of [1, 2].flatMap(ports)) at.panel.staffDisablePort(port);
});

it('adopts once what the old tool restricted of many services, and the next run changes nothing of it', async () => {
  for (const number of [1, 2]) at.use(number, 120);
  expect(await adopt(row(1), row(2))).toEqual({
    totals: { rows: 2, added: 2, changed: 0, unchanged: 0 },
    problems: [],
  });
  expect((await adopt(row(1), row(2))).totals).toMatchObject({ added: 0, unchanged: 2 });
  const before = [
    ['svc-1', 'quota', '7011', '7012'],
    ['svc-2', 'quota', '7021', '7022'],
  ];
  expect(await held()).toEqual(before);
  await at.poll();
  expect([await held(), countWrites()]).toEqual([before, 0]);
});

it.each<[what: string, rows: () => Record<string, string>[], line: number, says: RegExp]>([
  ['a port that is up', () => [row(1), row(3)], 3, /7031/],
  ['a port of another service', () => [row(1), row(2, { ports: '7011' })], 3, /7011/],
  ['nothing that was restricted', () => [row(1, { ports: '' })], 2, /Name what was restricted/],
  ['a service that does not exist', () => [row(1), { ...row(2), service: 'svc-9' }], 3, /no service "svc-9"/],
  ['another reason', () => [row(1, { reason: 'unpaid' })], 2, /"unpaid" is not one of/],
  ['an unknown column', () => [row(1, { since: '2026-11-01' })], 2, /unknown column "since"/],
  ['an order that is neither', () => [row(1, { order: 'maybe' })], 2, /neither yes nor no/],
])('adopts nothing of a file with %s, and names its line', async (_what, rows, line, says) => {
  const listed = rows().map((values, index) => ({ line: index + 2, values }));
  const { totals, problems } = await at.sluice.holds.adoptAll(listed);
  expect(totals).toMatchObject({ added: 0, unchanged: 0 });
  expect(problems.map((problem) => [problem.line, problem.message])).toEqual([[line, expect.stringMatching(says)]]);
  expect(await held()).toEqual([]);
});

it.each(['constructor', '__proto__'])('adopts no order for the word %s', async (order) => {
  at.panel.staffSuspendOrder(toIds(1).order, 'x');
  const { problems } = await adopt(row(1, { ports: '', order }));
  expect(problems.map(({ key }) => key)).toEqual(['order']);
});

it('previews what it adopts: another hold of the same object, and rows of one object', async () => {
  await adopt(row(1));
  for (const rows of [[row(1, { reason: 'billing' })], [row(2), row(2)]]) {
    const preview = await at.sluice.holds.adoptAll(rows, { dryRun: true });
    const { totals } = await adopt(...rows);
    expect([preview.totals, totals.added]).toEqual([totals, 1]);
  }
  expect((await at.sluice.services.show('svc-1')).lifecycle).toBe('suspended');
});

it('names the row of an object that is restricted for another service, also in a dry run', async () => {
  for (const [id, number] of [
    ['a', 511],
    ['b', 512],
  ] as const)
    await addSharer(at, { id, number, order: number + 400, server: 77, ports: [7701] });
  at.panel.staffDisablePort(7701);
  const rows = ['a', 'b'].map((service, index) => ({ line: index + 2, values: { service, ports: '7701' } }));
  for (const dryRun of [true, false]) {
    const { totals, problems } = await at.sluice.holds.adoptAll(rows, { dryRun });
    expect([totals.added, problems.map(({ line, code }) => [line, code])]).toEqual([0, [[3, 'already_adopted']]]);
  }
  expect(await held()).toEqual([]);
});

it('adopts nothing while a panel can’t be read', async () => {
  at.panel.server.inject({ match: () => true, fault: { kind: 'status', status: 500 } });
  const { problems } = await adopt(row(1), row(2));
  expect(problems.map(({ service, message }) => [service, message])).toEqual([
    ['svc-1', expect.stringMatching(/port 7011: .*500/)],
    ['svc-2', expect.stringMatching(/port 7021: .*500/)],
  ]);
  expect(await held()).toEqual([]);
});

it('shows in a dry run what is new, and stores nothing', async () => {
  await adopt(row(1));
  const preview = await at.sluice.holds.adoptAll([row(1), row(2)], { dryRun: true });
  expect(preview).toMatchObject({ totals: { rows: 2, added: 1, unchanged: 1 }, dryRun: true });
  expect(await held()).toHaveLength(1);
});

it('does not adopt again what ended since it was seen: somebody else restricts it now', async () => {
  at.use(1, 120);
  const seen = row(1, { seen_on: '2026-11-20' });
  await adopt(seen);
  await at.sluice.overrides.set('svc-1', { unlimited: true });
  await at.poll();
  expect([await held(), ports(1).map((id) => at.panel.port(id).adminState)]).toEqual([[], ['up', 'up']]);
  for (const port of ports(1)) at.panel.staffDisablePort(port);
  expect(await adopt(seen)).toEqual({ totals: { rows: 1, added: 0, changed: 0, unchanged: 1 }, problems: [] });
  expect(await held()).toEqual([]);
  expect((await adopt(row(1, { seen_on: '2026-13-01' }))).problems).toMatchObject([{ key: 'seen_on' }]);
  expect((await adopt(row(1, { seen_on: '2026-11-21' }))).totals.added).toBe(1);
});
