/**
 * Returns what is wrong with a YAML file in words for its author. Aliases that multiply and nesting without end are
 * found by the parser only while it works, as errors of other classes than its own.
 */
export function yamlMessage(error: unknown): string {
  const { name, message } = error as Error;
  if (name === 'RangeError' || /call stack/i.test(message)) return 'it is nested too deeply: take out some levels';
  if (/alias count/i.test(message)) {
    return 'its aliases (*name) stand for too many values: write the values out instead';
  }
  return message;
}
