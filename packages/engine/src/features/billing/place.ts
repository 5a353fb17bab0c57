import type { BillingSystem, Invoice, NewLine, OwnInvoice } from '@sluice/contract/ports';
import { SluiceError } from '@sluice/panel-kind';
import { attempt } from './attempt.js';

/** A line with a key that is to be on one invoice, once. */
interface Placing {
  billing: BillingSystem;
  signal: AbortSignal | undefined;
  /** Reads the invoices that may have the line, again. */
  search: () => Promise<Invoice[]>;
  /** Returns the invoice of the line among these; null where none has it. Refuses what a person has to decide. */
  pick: (invoices: readonly Invoice[]) => Invoice | null;
  /** No invoice has the line: returns it, and where it goes. Refuses, by throwing, what may not be sent. */
  choose: (invoices: readonly Invoice[]) => Promise<{ line: NewLine; into: Invoice | OwnInvoice }>;
  /** Stores that the line is sent now. */
  begin?: (into: Invoice | OwnInvoice) => Promise<void>;
  /** Waits before each read after the first one that follows a lost answer. */
  pauses?: readonly (() => Promise<void>)[];
  /** Store what the attempt ended with. */
  unknown?: (error: SluiceError) => Promise<void>;
  refused?: (error: SluiceError) => Promise<void>;
}

/**
 * Makes sure that a line is on one of a client's invoices. Every step begins from what the billing system shows, and the line is sent
 * only where none of `invoices`, as they were just read, has it.
 */
export async function place(
  placing: Placing,
  invoices: readonly Invoice[],
): Promise<{ invoice: Invoice; added: boolean }> {
  const { billing, signal, pick, choose } = placing;
  const found = pick(invoices);
  if (found !== null) return { invoice: found, added: false };
  const { line, into } = await choose(invoices);
  const invoice = await attempt({
    begin: async () => placing.begin?.(into),
    async send(sending) {
      const after = pick([await billing.put(line, into, { signal, sending })]);
      if (after !== null) return after;
      throw new SluiceError(
        'outcome_unknown',
        'It is not known whether the line was added: the answer does not have it',
        { kind: 'billing' },
      );
    },
    async unknown(error) {
      const after = await readBack(placing);
      if (after !== null) return after;
      await placing.unknown?.(error);
      throw error;
    },
    async refused(error) {
      await placing.refused?.(error);
      return error;
    },
  });
  return { invoice, added: true };
}

/** Reads for a line whose answer was lost. */
async function readBack({ signal, search, pick, pauses = [] }: Placing): Promise<Invoice | null> {
  for (const pause of [() => Promise.resolve(), ...pauses]) {
    if (signal?.aborted === true) return null;
    await pause();
    const found = pick(await search().catch(() => []));
    if (found !== null) return found;
  }
  return null;
}
