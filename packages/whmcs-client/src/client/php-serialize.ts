/**
 * Returns a PHP-serialised array of texts in base64, as `customfields` of UpdateClientProduct needs it: lengths count UTF-8
 * bytes, keys are whole numbers (docs/whmcs-api.md#custom-fields).
 */
export function toPhpArray(entries: readonly (readonly [string, string])[]): string {
  const items = entries.map(([key, value]) => {
    if (!/^(0|[1-9]\d{0,15})$/.test(key)) throw new RangeError('The id of a custom field is not a whole number.');
    return `i:${key};s:${Buffer.byteLength(value)}:"${value}";`;
  });
  return Buffer.from(`a:${entries.length}:{${items.join('')}}`).toString('base64');
}
