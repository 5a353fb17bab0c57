import { expect } from '@jest/globals';
import type { RunView } from '@sluice/engine';
import { type ErrorKind, type ItemError, SluiceError } from '@sluice/panel-kind';
import type { EngineBench } from './engine-bench.js';

/** A document of a run, or of a command about one service. */
interface Ran {
  run: RunView;
  error?: ItemError | null;
  service?: { error: ItemError | null };
  services?: readonly { error: ItemError | null }[];
}

/** Why a call did not do everything that it was called for. */
export interface Failure extends Pick<ItemError, 'code' | 'message'> {
  /** The kind of the error that it threw, or the outcome of its run. */
  as: ErrorKind | RunView['outcome'];
}

/** Returns the report of a call that has to do everything. */
export async function done<T extends Ran>(call: Promise<T>): Promise<T> {
  const report = await call;
  const { run } = report;
  if (run.outcome !== 'done') throw new Error(`${run.command} is ${run.outcome}: ${JSON.stringify(toError(report))}`);
  return report;
}

/** Returns how a call failed that has to. */
export async function failure(call: Promise<Ran>): Promise<Failure> {
  try {
    const report = await call;
    const { code, message } = toError(report) ?? { code: '', message: '' };
    if (report.run.outcome === 'done') throw new Error(`${report.run.command} is done`);
    return { as: report.run.outcome, code, message };
  } catch (error) {
    if (!(error instanceof SluiceError)) throw error;
    return { as: error.kind, code: error.code, message: error.message };
  }
}

/** Expects that a reconcile would find nothing to change. */
export async function expectSettled({ bench }: { bench: EngineBench }): Promise<void> {
  const { run, services } = await bench.sluice.plan();
  const found = services.map(({ id, actions, error }) => ({ id, actions, error }));
  expect({ outcome: run.outcome, changes: run.changes, found }).toMatchObject({ outcome: 'done', changes: false });
}

function toError({ error, service, services = [] }: Ran): ItemError | null {
  return error ?? service?.error ?? services.find((each) => each.error !== null)?.error ?? null;
}
