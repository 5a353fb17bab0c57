import type { Credit } from '@sluice/contract/ports';
import type { Context } from '../server/options.js';
import type { LastRead, PanelReads } from './panel-reads.js';

/** Reads the credit of a client, in whichever billing system it is. */
export function readClientCredit(
  { sluice, now }: Pick<Context, 'sluice'> & { now: number },
  client: string,
  reads: PanelReads,
): Promise<LastRead<Credit>> {
  return reads.read({ client, what: 'credit', now }, (signal) => sluice.credit.show(client, { signal }));
}
