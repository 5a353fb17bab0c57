/**
 * Returns what is wrong with a YAML file. The parser reports too many aliases and too deep nesting as errors that are
 * not its own class.
 */
export function yamlMessage(error: unknown): string {
  const { name, message } = error as Error;
  if (name === 'RangeError' || /call stack/i.test(message)) return 'it is nested too deeply: remove some levels';
  if (/alias count/i.test(message)) {
    return 'its aliases (*name) expand to too many values: write the values out instead';
  }
  return message;
}
