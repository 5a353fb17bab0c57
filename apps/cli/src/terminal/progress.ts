import { printable } from '@sluice/panel-http/printable';
import type { TerminalHost } from './host.js';

/** Progress of a run. */
export interface Progress {
  update(done: number, total: number): void;
  stop(): void;
}

const SHOW_AFTER_MS = 1000;

/** Shows a progress bar with rate and ETA on stderr after a second; does nothing where stderr is not a terminal. */
export async function startProgress(
  { stderr, clock }: Pick<TerminalHost, 'stderr' | 'clock'>,
  label: string,
  enabled: boolean,
): Promise<Progress> {
  if (!enabled || stderr.isTTY !== true) return { update: () => undefined, stop: () => undefined };
  const { SingleBar } = await import('cli-progress').then((module) => module.default);
  const bar = new SingleBar({
    format: `${printable(label)} {bar} {value}/{total}  {rate}/s  ETA {eta_formatted}`,
    hideCursor: true,
    clearOnComplete: true,
    stream: process.stderr,
  });
  const startedAt = clock.now();
  let shown = false;
  return {
    update(done, total) {
      const elapsed = clock.now() - startedAt;
      if (elapsed < SHOW_AFTER_MS) return;
      const rate = Math.round((done * 1000) / elapsed);
      if (!shown) {
        shown = true;
        bar.start(total, done, { rate });
      }
      bar.update(done, { rate });
    },
    stop() {
      if (shown) bar.stop();
    },
  };
}
