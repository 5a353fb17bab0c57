import { SluiceError } from '@sluice/panel-kind';
import type { Context } from './context.js';

/** Returns which of these panels can't be opened because of what the config names, such as a secret that is missing. Calls no panel. */
export async function findUnopened(
  context: Context,
  names: readonly string[],
): Promise<ReadonlyMap<string, SluiceError>> {
  const unopened = new Map<string, SluiceError>();
  for (const name of names) {
    try {
      await context.panel(name);
    } catch (error) {
      if (error instanceof SluiceError && error.kind === 'usage') unopened.set(name, error);
    }
  }
  return unopened;
}

/** Returns why the first of these panels can't be opened, where none of them can; null where one can. Calls no panel. */
export async function findRefusal(context: Context, names: readonly string[]): Promise<SluiceError | null> {
  return toRefusal(await findUnopened(context, names), names);
}

/**
 * Returns which of these panels can't be opened, each of which fails alone beside the others. Calls no panel.
 *
 * @throws SluiceError where none of them can be opened
 */
export async function requireAnyPanel(
  context: Context,
  names: readonly string[],
): Promise<ReadonlyMap<string, SluiceError>> {
  const unopened = await findUnopened(context, names);
  const refusal = toRefusal(unopened, names);
  if (refusal !== null) throw refusal;
  return unopened;
}

function toRefusal(unopened: ReadonlyMap<string, SluiceError>, names: readonly string[]): SluiceError | null {
  const [first = null] = unopened.values();
  return unopened.size === names.length ? first : null;
}
