/** A value of a form: booleans are sent as 1 and 0, because PHP reads the text `false` as true. */
export type FormValue = string | number | boolean | undefined | readonly (string | number | boolean)[];

/** Returns the fields of a form: lists as `name[0]`, absent values left out. */
export function toForm(values: Record<string, FormValue>): Record<string, string> {
  const form: Record<string, string> = {};
  for (const [name, value] of Object.entries(values)) {
    if (value === undefined) continue;
    if (typeof value === 'object') {
      value.forEach((item, index) => {
        form[`${name}[${index}]`] = toField(item);
      });
    } else form[name] = toField(value);
  }
  return form;
}

function toField(value: string | number | boolean): string {
  if (typeof value === 'boolean') return value ? '1' : '0';
  return String(value);
}

/** Returns an amount as WHMCS reads it: a point and two decimals. Throws a `RangeError` for what can't be written so. */
export function toAmount(amount: string): string {
  const [, whole, fraction = ''] = /^(-?\d{1,16})(?:\.(\d+))?$/.exec(amount) ?? [];
  if (whole === undefined || /[^0]/.test(fraction.slice(2))) {
    throw new RangeError('WHMCS accepts amounts with at most two decimals.');
  }
  return `${whole}.${fraction.slice(0, 2).padEnd(2, '0')}`;
}
