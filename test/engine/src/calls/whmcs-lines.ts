import type { AlarmView } from '@sluice/engine';
import { done } from '../bench/outcomes.js';
import { LINE, startTelephonyBench, type TelephonyBench } from '../bench/telephony-bench.js';

/** Clients of WHMCS. */
export const [FORMER, NEXT] = [501, 502] as const;

/** A bench whose calls are billed in WHMCS, where service 7 of the client FORMER has the line 9001: `whmcs-7`. */
export interface WhmcsLines extends TelephonyBench {
  addOrder: (id: number, client: number) => void;
  sync: () => Promise<void>;
  /** Amounts of the lines of calls on invoices, as `toName` names them. */
  listCalls: (toName: (invoice: { id: number; client: number }) => number) => string[];
  /** What each client pays for calls. */
  charged: () => string[];
  /** What waits for somebody because calls are on no bill. */
  listAlarms: (isAcknowledged?: boolean) => Promise<AlarmView[]>;
}

export async function startWhmcsLines(): Promise<WhmcsLines> {
  const at = await startTelephonyBench({ whmcs: '' });
  const lines: WhmcsLines = Object.assign(at, {
    addOrder(id: number, client: number) {
      const fields = { astbilling_subscriber_id: LINE };
      at.whmcs.addService({ id, client, product: 10, nextDueDate: '2026-12-01', fields });
    },
    async sync() {
      await done(at.sluice.services.sync());
    },
    listCalls: (toName: (invoice: { id: number; client: number }) => number) =>
      at.whmcs
        .invoices()
        .flatMap((invoice) => invoice.lines.map((line) => ({ name: toName(invoice), ...line })))
        .filter(({ description }) => description.includes('AB:'))
        .map(({ name, amount }) => `${name}: ${amount}`),
    charged: () => lines.listCalls(({ client }) => client).sort(),
    async listAlarms(isAcknowledged = false) {
      const { alarms } = await at.sluice.notices.alarms();
      return alarms.filter(
        ({ code, acknowledged }) => code === 'calls_unbilled' && (acknowledged !== null) === isAcknowledged,
      );
    },
  });
  for (const id of [FORMER, NEXT]) at.whmcs.addClient({ id, currency: 'BRL' });
  at.whmcs.addProduct({ id: 10, name: 'Line', fields: ['astbilling_subscriber_id'] });
  lines.addOrder(7, FORMER);
  await lines.sync();
  return lines;
}
