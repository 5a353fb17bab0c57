import { type ItemError, SluiceError } from '@sluice/panel-kind';

/** How the report of a command says that it failed; that of a command about a service can have it in the service. */
interface Reported {
  error?: ItemError | null | undefined;
  service?: string | null | { error: ItemError | null } | undefined;
}

/** Returns why a command was not done, or not all of it; null where it was. */
export function reportedError({ error, service }: Reported): ItemError | null {
  const ofService = typeof service === 'object' ? service?.error : null;
  return ofService ?? error ?? null;
}

/**
 * Returns the report of a command that was done.
 *
 * @throws SluiceError the error that the report has
 */
export function requireDone<R extends Reported>(report: R): R {
  const error = reportedError(report);
  if (error !== null) throw new SluiceError(error.code, error.message, { kind: 'panel' });
  return report;
}
