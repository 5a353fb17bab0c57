import { randomBytes } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { BillingSystem } from '@sluice/contract/ports';
import { createLedger, createSluice, parseConfig, type Sluice } from '@sluice/engine';
import type { Clock } from '@sluice/panel-kind';
import { openStore, type StateStore } from '@sluice/state-store';
import type { BillingWorld } from '../test/describe-billing.js';

const NOW = '2026-11-20T10:00:00.000Z';

export const clock: Clock = { now: () => Date.parse(NOW), sleep: () => Promise.resolve() };

/** The local ledger in a store of its own. */
export interface LedgerWorld extends BillingWorld {
  readonly store: StateStore;
  readonly sluice: Sluice;
}

/** Opens the local ledger over a new store file. */
export async function openLedgerWorld(): Promise<LedgerWorld> {
  const folder = mkdtempSync(path.join(tmpdir(), 'sluice-ledger-'));
  const location = path.join(folder, 'sluice.db');
  const opened: StateStore[] = [];
  const open = async (): Promise<StateStore> => {
    const store = await openStore({ location, clock });
    opened.push(store);
    return store;
  };
  const store = await open();
  const sluice = await createSluice({ config: parseConfig({ panels: {} }, []), kinds: [], store, clock });
  let clients = 0;
  return {
    store,
    sluice,
    billing: toLedger(store),
    another: async () => toLedger(await open()),
    addClient: async (currency, credit) => {
      const client = `client-${(clients += 1)}`;
      if (/[1-9]/.test(credit)) await sluice.credit.add(client, { amount: credit, currency });
      else await addService(store, client);
      return client;
    },
    addCredit: async (client, amount) => {
      const currency = (await sluice.credit.show(client)).currency ?? 'EUR';
      await sluice.credit.add(client, { amount, currency });
    },
    cancelInvoice: async (id) => {
      await sluice.invoices.cancel(id);
    },
    invoices: async (client) => (await sluice.invoices.list({ client })).invoices.map(({ id }) => id),
    unknownId: '999999',
    now: () => NOW,
    close: async () => {
      for (const one of opened) await one.close();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

function toLedger(store: StateStore): BillingSystem {
  return createLedger({ store, clock, randomBytes: (count) => randomBytes(count), actor: () => 'test' });
}

/** A client without credit is known by a service of its. */
async function addService(store: StateStore, client: string): Promise<void> {
  await store.services.put([
    {
      id: `svc-${client}`,
      panel: 'dcim',
      product: 'ports',
      client,
      clientSince: null,
      name: null,
      clientName: null,
      clientEmail: null,
      language: null,
      billingCycle: null,
      nextDueDate: null,
      status: 'active',
      trafficMode: null,
      baseQuotaOverrideGb: null,
      refs: {},
      ownRefs: [],
      fields: {},
      protectedUntil: null,
      quotaReleasedUntil: null,
      createdAt: NOW,
      updatedAt: NOW,
    },
  ]);
}
