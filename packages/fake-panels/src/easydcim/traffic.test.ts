import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { noon, type PanelUnderTest, panelUnderTest } from './test/panel-under-test.js';

const second = 1000;
const hour = 3600 * second;

let panel: PanelUnderTest;

beforeEach(async () => {
  panel = await panelUnderTest();
});

afterEach(async () => {
  await panel.fake.close();
});

const figures = (bytesIn: number, bytesOut: number): object => ({
  in: bytesIn,
  out: bytesOut,
  total: bytesIn + bytesOut,
});

describe('traffic', () => {
  it('grows by the clock at the configured rate, and is answered for the window asked', async () => {
    expect((await panel.bandwidth()).body).toEqual(figures(0, 0));
    panel.clock.advance(hour);
    expect((await panel.bandwidth()).body).toEqual(figures(3_600_000, 360_000));
    expect((await panel.bandwidth('2026-10-15 12:10:00', '2026-10-15 12:19:59')).body).toEqual(
      figures(600_000, 60_000),
    );
    expect((await panel.bandwidth('2026-10-14 00:00:00', '2026-10-14 23:59:59')).body).toEqual(figures(0, 0));
  });

  it('has the last second of the window in it, or not, as the installation has it', async () => {
    panel.clock.advance(hour);
    expect((await panel.bandwidth('2026-10-15 12:00:00', '2026-10-15 12:00:00')).body).toEqual(figures(1000, 100));
    panel.fake.answers.bandwidth.endInclusive = false;
    expect((await panel.bandwidth('2026-10-15 12:00:00', '2026-10-15 12:00:01')).body).toEqual(figures(1000, 100));
  });

  it("reads the dates in the panel's own time zone", async () => {
    await panel.fake.close();
    panel = await panelUnderTest({ timeZone: 'Asia/Tehran' });
    panel.clock.advance(hour);
    expect((await panel.bandwidth('2026-10-15 12:00:00', '2026-10-15 15:29:59')).body).toEqual(figures(0, 0));
    expect((await panel.bandwidth('2026-10-15 15:30:00', '2026-10-15 15:30:59')).body).toEqual(figures(60_000, 6000));
  });

  it('takes amounts at any instant, and only whole bytes', async () => {
    panel.fake.addTraffic(501, { in: 5, out: 7 });
    panel.fake.addTraffic(501, { in: 100, out: 200, at: noon - 24 * hour });
    expect((await panel.bandwidth()).body).toEqual(figures(5, 7));
    expect((await panel.bandwidth('2026-10-14 00:00:00')).body).toEqual(figures(105, 207));
    expect(panel.fake.traffic(501, 0, noon)).toEqual(figures(100, 200));
    expect(() => {
      panel.fake.addTraffic(501, { in: 1.5, out: 0 });
    }).toThrow('1.5 is no number of bytes.');
    expect(() => {
      panel.fake.addTraffic(777, { in: 1, out: 0 });
    }).toThrow('There is no service 777');
  });

  it('stops with the last measured port, whoever shuts it, and goes on with the first', async () => {
    const { fake, clock } = panel;
    clock.advance(10 * second);
    expect((await panel.post('/api/v3/admin/ports/9001/disable')).status).toBe(200);
    clock.advance(10 * second);
    expect(fake.traffic(501, 0, Infinity).in).toBe(10_000);
    fake.staffEnablePort(9002);
    clock.advance(5 * second);
    expect(fake.traffic(501, 0, Infinity).in).toBe(15_000);
    fake.staffDisablePort(9002);
    clock.advance(5 * second);
    expect(fake.traffic(501, 0, Infinity).in).toBe(15_000);
    expect(fake.port(9003).operState).toBe('up');
  });

  it('stops while the order is not active', async () => {
    const { fake, clock } = panel;
    clock.advance(10 * second);
    await panel.post('/api/v3/admin/orders/342/service/suspend');
    clock.advance(10 * second);
    await panel.post('/api/v3/admin/orders/342/service/unsuspend');
    clock.advance(second);
    expect(fake.traffic(501, 0, Infinity)).toEqual(figures(11_000, 1100));
    fake.staffTerminateOrder(342);
    clock.advance(second);
    expect(fake.traffic(501, 0, Infinity)).toEqual(figures(11_000, 1100));
  });

  it('follows the wiring, a change of rate and a reset', () => {
    const { fake, clock } = panel;
    fake.setWiring(9001, { connected: false });
    clock.advance(10 * second);
    expect(fake.traffic(501, 0, Infinity).in).toBe(0);
    fake.setWiring(9001, { connected: true, link: false });
    clock.advance(10 * second);
    expect(fake.traffic(501, 0, Infinity).in).toBe(0);
    fake.setWiring(9001, { link: true });
    fake.setRate(501, { inBytesPerSecond: 7, outBytesPerSecond: 0 });
    clock.advance(10 * second);
    expect(fake.traffic(501, 0, Infinity)).toEqual(figures(70, 0));
    fake.resetTraffic(501);
    clock.advance(second);
    expect(fake.traffic(501, 0, Infinity)).toEqual(figures(7, 0));
    fake.deletePort(9001);
    clock.advance(second);
    expect(fake.traffic(501, 0, Infinity)).toEqual(figures(7, 0));
    expect(() => fake.port(9001)).toThrow('There is no port 9001');
  });

  it('is not disturbed by a clock that jumps back', () => {
    const { fake, clock } = panel;
    clock.advance(hour);
    fake.staffDisablePort(9001);
    clock.advance(-hour / 2);
    expect(fake.traffic(501, 0, Infinity).in).toBe(1_800_000);
    fake.staffEnablePort(9001);
    clock.advance(hour);
    expect(fake.traffic(501, 0, Infinity).in).toBe(3_600_000 + 1_800_000);
  });

  it('stops for both services of a shared port', async () => {
    const { fake, clock } = panel;
    const rate = { inBytesPerSecond: 1, outBytesPerSecond: 0 };
    fake.addService({ id: 503, orderId: 344, serverId: 163, user: 17, ports: [{ id: 9001, name: 'eth0' }], rate });
    clock.advance(second);
    await panel.post('/api/v3/admin/ports/9001/disable');
    clock.advance(second);
    expect([fake.traffic(501, 0, Infinity).in, fake.traffic(503, 0, Infinity).in]).toEqual([1000, 1]);
    expect(() => {
      fake.addService({ id: 504, orderId: 345, serverId: 999, user: 17, ports: [{ id: 9001, name: 'eth0' }] });
    }).toThrow('Port 9001 belongs to server 163.');
  });

  it('may have begun before the service was added', () => {
    const rate = { inBytesPerSecond: 1, outBytesPerSecond: 2 };
    panel.fake.addService({
      id: 600,
      orderId: 601,
      serverId: 602,
      user: 77,
      ports: [{ id: 603, name: 'eth0' }],
      rate,
      since: noon - hour,
    });
    expect(panel.fake.traffic(600, 0, Infinity)).toEqual(figures(3600, 7200));
  });

  it('is refused for a service without a source, with status 200', async () => {
    panel.fake.addService({ id: 600, orderId: 601, serverId: 602, user: 17, ports: [], noTraffic: true });
    const answer = await panel.post('/api/v3/client/services/600/bandwidth', {
      startDate: '2026-10-15 00:00:00',
      endDate: '2026-10-15 23:59:59',
    });
    expect(answer).toMatchObject({ status: 200, body: { success: false, message: 'No traffic source' } });
  });
});

describe('a bandwidth request', () => {
  it('is refused without dates, with other text than local times, and the wrong way round', async () => {
    const path = '/api/v3/client/services/501/bandwidth';
    const { status, body } = await panel.post(path, { start: 'x' });
    expect(status).toBe(422);
    expect(body).toEqual({
      message: 'The given data was invalid.',
      errors: {
        startDate: ['The start date field is required.'],
        endDate: ['The end date field is required.'],
      },
    });
    expect((await panel.bandwidth('2026-10-15T00:00:00Z')).body).toMatchObject({
      errors: { startDate: ['The start date does not match the format Y-m-d H:i:s.'] },
    });
    expect((await panel.bandwidth('2026-10-15 00:00:01', '2026-10-15 00:00:00')).status).toBe(422);
    expect((await panel.post(path, '{')).status).toBe(422);
    expect((await panel.post(path, '[]')).status).toBe(422);
  });

  it('never counts as a change', async () => {
    await panel.bandwidth();
    expect(panel.fake.server.calls[0]).toMatchObject({
      endpoint: 'POST /api/v3/client/services/{id}/bandwidth',
      changing: false,
    });
  });

  it('is quick, whatever the history', async () => {
    const { fake, clock } = panel;
    for (let i = 0; i < 20_000; i += 1) {
      clock.advance(second);
      if (i % 2 === 0) fake.staffDisablePort(9001);
      else fake.staffEnablePort(9001);
      fake.addTraffic(501, { in: 1, out: 1 });
    }
    let sum = 0;
    const began = performance.now();
    for (let i = 0; i < 20_000; i += 1) sum += fake.traffic(501, noon + i * second, Infinity).in;
    // A walk through the history at each call would be 400 million steps.
    expect(performance.now() - began).toBeLessThan(2_000);
    expect(sum).toBeGreaterThan(0);
    expect((await panel.bandwidth()).body).toEqual(figures(10_000 * 1000 + 20_000, 10_000 * 100 + 20_000));
  });
});
