import { beforeEach, describe, expect, it } from '@jest/globals';
import { createBreaker, type Breaker } from './limiter.js';
import { createPanelError, type PanelError, type PanelErrorCode } from './errors.js';
import { createTestClock, type TestClock } from './test/test-clock.js';

const error = (code: PanelErrorCode): PanelError => createPanelError(code, code, { panel: 'p', endpoint: 'GET /x' });
const refuse = (leftMs: number): PanelError =>
  createPanelError('PANEL_CIRCUIT_OPEN', 'open', { panel: 'p', endpoint: 'GET /x', retryAfterMs: leftMs });

describe('createBreaker', () => {
  let clock: TestClock;
  let breaker: Breaker;
  let asked: number;

  beforeEach(() => {
    clock = createTestClock();
    breaker = createBreaker(3, 10_000, clock);
    asked = 0;
  });

  const succeed = (): Promise<string> => {
    asked += 1;
    return Promise.resolve('fine');
  };
  const failWith = (code: PanelErrorCode) => (): Promise<never> => {
    asked += 1;
    return Promise.reject(error(code));
  };
  const catchCode = (run: Promise<unknown>): Promise<unknown> =>
    run.then(
      () => 'fine',
      (thrown: unknown) => (thrown as PanelError).code,
    );
  const open = async (): Promise<void> => {
    for (let i = 0; i < 3; i += 1) await catchCode(breaker.run(failWith('PANEL_SERVER_ERROR'), refuse));
    asked = 0;
  };

  it.each(['PANEL_UNREACHABLE', 'PANEL_TIMEOUT', 'PANEL_SERVER_ERROR', 'PANEL_RATE_LIMITED', 'PANEL_AUTH'] as const)(
    'opens after three %s in a row',
    async (code) => {
      const codes = [];
      for (let i = 0; i < 5; i += 1) codes.push(await catchCode(breaker.run(failWith(code), refuse)));
      expect(codes).toEqual([code, code, code, 'PANEL_CIRCUIT_OPEN', 'PANEL_CIRCUIT_OPEN']);
      expect(asked).toBe(3);
    },
  );

  it.each(['PANEL_FORBIDDEN', 'PANEL_NOT_FOUND', 'PANEL_REJECTED', 'PANEL_UNREADABLE'] as const)(
    'never opens for %s, which concerns one object',
    async (code) => {
      for (let i = 0; i < 20; i += 1) expect(await catchCode(breaker.run(failWith(code), refuse))).toBe(code);
    },
  );

  it('starts counting anew after a success', async () => {
    for (let i = 0; i < 10; i += 1) {
      await catchCode(breaker.run(failWith('PANEL_TIMEOUT'), refuse));
      await catchCode(breaker.run(failWith('PANEL_TIMEOUT'), refuse));
      expect(await catchCode(breaker.run(succeed, refuse))).toBe('fine');
    }
  });

  it('says how long it stays open', async () => {
    await open();
    clock.advance(4_000);
    await expect(breaker.run(succeed, refuse)).rejects.toMatchObject({ retryAfterMs: 6_000 });
    expect(asked).toBe(0);
  });

  it('closes when the probe succeeds', async () => {
    await open();
    clock.advance(10_000);
    expect(await catchCode(breaker.run(succeed, refuse))).toBe('fine');
    expect(await catchCode(breaker.run(failWith('PANEL_TIMEOUT'), refuse))).toBe('PANEL_TIMEOUT');
    expect(await catchCode(breaker.run(succeed, refuse))).toBe('fine');
  });

  it('opens again when the probe fails', async () => {
    await open();
    clock.advance(10_000);
    expect(await catchCode(breaker.run(failWith('PANEL_TIMEOUT'), refuse))).toBe('PANEL_TIMEOUT');
    expect(await catchCode(breaker.run(succeed, refuse))).toBe('PANEL_CIRCUIT_OPEN');
    clock.advance(10_000);
    expect(await catchCode(breaker.run(succeed, refuse))).toBe('fine');
  });

  it('sends one probe, and the others wait for how it ends', async () => {
    await open();
    clock.advance(10_000);
    let end: () => void = () => undefined;
    const probe = breaker.run(() => {
      asked += 1;
      return new Promise<never>((_resolve, reject) => {
        end = () => {
          reject(error('PANEL_UNREACHABLE'));
        };
      });
    }, refuse);
    const others = [1, 2, 3].map(() => catchCode(breaker.run(succeed, refuse)));
    await Promise.resolve();
    expect(asked).toBe(1);
    end();
    await expect(probe).rejects.toMatchObject({ code: 'PANEL_UNREACHABLE' });
    expect(await Promise.all(others)).toEqual(['PANEL_CIRCUIT_OPEN', 'PANEL_CIRCUIT_OPEN', 'PANEL_CIRCUIT_OPEN']);
    expect(asked).toBe(1);
  });

  it('stays open after a probe that was cancelled, and lets the next call be the probe', async () => {
    await open();
    clock.advance(10_000);
    const off = new AbortController();
    const cancelled = breaker.run(
      () =>
        new Promise<never>((_resolve, reject) => {
          off.signal.addEventListener('abort', () => {
            reject(off.signal.reason as Error);
          });
        }),
      refuse,
      off.signal,
    );
    const next = [catchCode(breaker.run(failWith('PANEL_TIMEOUT'), refuse)), catchCode(breaker.run(succeed, refuse))];
    off.abort(new Error('called off'));
    await expect(cancelled).rejects.toThrow('called off');
    expect(await Promise.all(next)).toEqual(['PANEL_TIMEOUT', 'PANEL_CIRCUIT_OPEN']);
    expect([asked, await catchCode(breaker.run(succeed, refuse))]).toEqual([1, 'PANEL_CIRCUIT_OPEN']);
    clock.advance(10_000);
    expect(await catchCode(breaker.run(succeed, refuse))).toBe('fine');
  });

  it('does not stay open when the clock is set back', async () => {
    await open();
    clock.advance(-86_400_000);
    expect(await catchCode(breaker.run(succeed, refuse))).toBe('fine');
  });

  it('counts failures that it is told of', async () => {
    for (let i = 0; i < 3; i += 1) await breaker.fail(error('PANEL_AUTH'));
    expect(await catchCode(breaker.run(succeed, refuse))).toBe('PANEL_CIRCUIT_OPEN');
    await breaker.fail(error('PANEL_AUTH'));
  });
});
