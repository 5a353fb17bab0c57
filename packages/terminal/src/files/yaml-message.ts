/**
 * Returns what is wrong with a YAML file. The parser reports too many aliases and too deep nesting as errors that are
 * not its own class.
 */
export function yamlMessage(error: unknown, text?: string): string {
  const { name, message, code, pos } = error as Error & { code?: string; pos?: [number, number] };
  if (name === 'RangeError' || /call stack/i.test(message)) return 'it is nested too deeply: remove some levels';
  if (/alias count/i.test(message)) {
    return 'its aliases (*name) expand to too many values: write the values out instead';
  }
  if (code === 'DUPLICATE_KEY' && text !== undefined && pos !== undefined) {
    const key = /^[^\s:]+/.exec(text.slice(pos[0]))?.[0] ?? '';
    return `"${key}" is here a second time: put what is below into the first`;
  }
  // The parser names the alias, which may be a secret that begins with *.
  if (/unresolved alias/i.test(message))
    return 'an alias (*name) has no anchor: put a text that begins with * in quotes';
  return message;
}
