/**
 * Returns the error of a run, which is stored as its code or as `CODE: message`, for people who read no codes: its message, else
 * its code in words (`panel server error` for `PANEL_SERVER_ERROR`).
 */
export function describeRunError(error: string): string {
  const message = /^\w+: (?<message>[\s\S]+)$/.exec(error)?.groups?.['message'];
  if (message !== undefined) return message;
  if (error === 'mass_change') return 'the brake stopped it';
  if (error === 'store_moved') return 'a copy of the store changes the panel';
  return error.toLowerCase().replaceAll('_', ' ');
}
