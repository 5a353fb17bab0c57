import type { ClientMerge } from '@sluice/contract/documents';
import { mergeClients } from '../features/billing/merge-clients.js';
import type { CallOptions, RunCall } from './call.js';

/** Clients of the billing system. */
export interface Clients {
  /**
   * Stores that the billing system has merged a client into another one: what the first has and had, and what is not finished of it, is the
   * other's. Into `none` it has deleted the first one: what is not finished of it ends, and nothing is charged or returned. Refused while the billing system has the first one (`client_exists`).
   */
  merge(client: string, options: CallOptions & { into: string; dryRun?: boolean | undefined }): Promise<ClientMerge>;
}

/** Returns the calls about clients. */
export function clientsApi(call: RunCall): Clients {
  return {
    merge: (client, options) =>
      call(options, (context) =>
        mergeClients(context, { from: client, into: options.into, dryRun: options.dryRun === true }),
      ),
  };
}
