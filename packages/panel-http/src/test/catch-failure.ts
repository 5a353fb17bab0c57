import { isPanelError, type PanelError } from '../errors.js';

/** The `PanelError` that a call ends with; anything else fails the test. */
export async function catchFailure(call: Promise<unknown>): Promise<PanelError> {
  let value: unknown;
  try {
    value = await call;
  } catch (error) {
    if (isPanelError(error)) return error;
    throw error;
  }
  throw new Error(`The call succeeded: ${JSON.stringify(value)}`);
}
