import type { CheckReport } from '@sluice/engine';
import { GB } from '../bench/engine-bench.js';
import { type HiddifyBench, startHiddifyBench } from '../bench/hiddify-bench.js';

/** A bench whose agent north has two users of 10 GB: one is a service. */
export interface Agency extends HiddifyBench {
  /** The user of `svc-1`. */
  svc: string;
  /** The user that is no service. */
  loose: string;
  /** Whether the two are enabled. */
  enabled: () => boolean[];
  /** Reasons of the open holds of `svc-1`. */
  holds: () => Promise<string[]>;
  /** Limits north to 5 GB, which the other user uses; returns the check after that. */
  exceed: () => Promise<CheckReport>;
}

export async function startAgency(): Promise<Agency> {
  const at = await startHiddifyBench();
  const svc = await at.create(1, { product: 'agency' });
  const loose = at.panel.addUser({ agent: at.north, usageLimit: 10 * GB });
  return Object.assign(at, {
    svc,
    loose,
    enabled: () => [svc, loose].map((uuid) => at.panel.user(uuid).enable),
    holds: () => at.reasons('svc-1'),
    async exceed() {
      await at.limit('north', 5);
      at.panel.use(loose, 5 * GB);
      return at.check();
    },
  });
}
