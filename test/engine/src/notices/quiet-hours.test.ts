import { describe, expect, it } from '@jest/globals';
import { parseConfig } from '@sluice/engine';
import { keepMessages } from '../bench/client-channel.js';
import { startEasyDcimBench } from '../bench/easydcim-bench.js';
import { useBench } from '../bench/each-test.js';
import { HOUR, MINUTE } from '../bench/engine-bench.js';

// The bench begins at 13:00 UTC, which is 14:00 in Berlin.
const QUIET = 'quietHours: { from: "13:30", to: "16:30", timeZone: Europe/Berlin }';
const channel = keepMessages();

const listSent = (): string[] => channel.sent.map(({ event }) => event);

describe('quiet hours of a channel', () => {
  const at = useBench(() => startEasyDcimBench(`notify: [{ hook: x, ${QUIET} }]`, { channels: [channel.kind] }));
  const warnings = async (): Promise<string[]> =>
    (await at.sluice.panels.doctor()).checks
      .filter(({ section, status }) => section === 'notices' && status !== 'ok')
      .map(({ message }) => message);

  it('put off what is due in them to their end, and nobody is warned of what waits for it', async () => {
    await at.addService(1);
    at.use(1, 120);
    await at.poll();
    at.bench.clock.advance(2 * HOUR);
    await at.poll();
    expect([listSent(), await warnings()]).toEqual([[], []]);
    const waiting = (await at.sluice.notices.list({})).deliveries;
    expect(waiting.map(({ event, nextAt }) => [event, nextAt])).toContainEqual(['hold', '2026-11-20T15:30:00.000Z']);
    at.bench.clock.advance(31 * MINUTE);
    await at.poll();
    expect(listSent()).toContain('hold');
  });

  it('put off what a receiver refused before them', async () => {
    await at.addService(1);
    at.use(1, 120);
    at.bench.clock.advance(3 * HOUR);
    channel.down = true;
    await at.poll();
    channel.down = false;
    at.bench.clock.advance(22 * HOUR);
    await at.poll();
    expect(listSent()).toEqual([]);
    at.bench.clock.advance(2 * HOUR);
    await at.poll();
    expect(listSent()).toContain('hold');
  });

  it('let through what somebody has to see at once, and a test', async () => {
    await at.addService(1);
    at.panel.server.inject({ fault: { kind: 'status', status: 503 } });
    for (let polls = 0; polls < 3; polls++) await at.poll();
    expect(listSent()).toEqual(['panel-unreachable']);
    await at.sluice.notices.test();
    expect(listSent()).toEqual(['panel-unreachable', 'test']);
  });
});

it.each([
  ['22:00', '10:30', 'last longer than 12 hours'],
  ['22:00', '22:00', 'begin and end at the same time'],
  ['25:00', '07:00', 'is not a time of day'],
])('quiet hours from %s to %s are refused', (from, to, message) => {
  const notify = [{ hook: 'x', quietHours: { from, to } }];
  const parse = () => parseConfig({ panels: {}, products: {}, notify }, [], [], [channel.kind]);
  expect(parse).toThrow(
    expect.objectContaining({
      code: 'bad_config',
      details: expect.objectContaining({
        problems: [
          { path: expect.stringMatching(/^notify\.0\.quietHours/), message: expect.stringContaining(message) },
        ],
      }),
    }),
  );
});
