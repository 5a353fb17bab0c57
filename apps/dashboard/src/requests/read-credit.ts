import type { Credit } from '@sluice/contract/ports';
import type { Context } from '../server/options.js';
import type { LastRead, PanelReads } from './panel-reads.js';

/** Reads the credit of a client, in whichever billing system it is. */
export function readClientCredit(
  { sluice, now }: Pick<Context, 'sluice'> & { now: number },
  client: string,
  reads: PanelReads,
): Promise<LastRead<Credit>> {
  const isOurs = sluice.config.billing === 'ledger';
  const request = { client, what: 'credit', now, ...(isOurs ? { freshMs: 0 } : {}) };
  return reads.read(request, (signal) => sluice.credit.show(client, { signal }));
}
