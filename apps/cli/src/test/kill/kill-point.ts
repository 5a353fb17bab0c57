import type { FakeEasyDcim } from '@sluice/fake-panels';
import type { CommandProcess } from '../command-process.js';
import type { SeededRandom } from '../seeded-random.js';

/** Where a run is killed. */
export type KillPoint =
  /** So many milliseconds after its start. */
  | { kind: 'time'; ms: number }
  /** So many milliseconds after the n-th call came in; the panel does its work all the same. */
  | { kind: 'call'; changing: boolean; n: number; ms: number }
  /** On its way to the n-th changing call, which the panel never gets. */
  | { kind: 'lost'; n: number };

/** Draws a point for a run over that many services. */
export function drawKillPoint(random: SeededRandom, services: number): KillPoint {
  const draw = random.next();
  if (draw < 0.25) return { kind: 'time', ms: random.whole(0, 900) };
  const ms = random.chance(0.5) ? 0 : random.whole(1, 12);
  if (draw < 0.5) return { kind: 'call', changing: false, n: random.whole(1, services * 5), ms };
  if (draw < 0.85) return { kind: 'call', changing: true, n: random.whole(1, services * 2), ms };
  return { kind: 'lost', n: random.whole(1, services) };
}

/** Kills the process when it comes to that point; gives a function that gives up waiting for it. */
export function armKill(panel: FakeEasyDcim, process: CommandProcess, point: KillPoint): () => void {
  if (point.kind === 'time') {
    const timer = setTimeout(process.kill, point.ms);
    return () => {
      clearTimeout(timer);
    };
  }
  let seen = 0;
  const spare =
    point.kind === 'lost'
      ? panel.server.inject({
          match: (call) => call.changing,
          skip: point.n - 1,
          times: 1,
          fault: { kind: 'cut' },
        })
      : () => undefined;
  let timer: ReturnType<typeof setTimeout> | undefined;
  const ignore = panel.server.onCall((call) => {
    if ((point.kind === 'lost' || point.changing) && !call.changing) return;
    seen += 1;
    if (seen !== point.n) return;
    if (point.kind === 'call' && point.ms > 0) timer = setTimeout(process.kill, point.ms);
    else process.kill();
  });
  return () => {
    clearTimeout(timer);
    ignore();
    spare();
  };
}
