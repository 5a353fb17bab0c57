/**
 * What is said in place of errors of the parser, by their codes: it quotes what it could not read, which may be a secret that is written
 * without quotes.
 */
const OWN_WORDS: Readonly<Record<string, string>> = {
  TAG_RESOLVE_FAILED: 'a text that begins with ! is read as a tag (!name): put it in quotes',
  BAD_DQ_ESCAPE: 'a \\ in double quotes begins no escape that YAML knows: put the text in single quotes',
  BAD_DIRECTIVE: 'a line that begins with % is read as a directive: put the text in quotes',
};

/**
 * Returns what is wrong with a YAML file, without the text that is wrong. The parser reports too many aliases and too deep nesting as errors
 * that are not its own class.
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
  if (code === undefined) return message;
  const [place = ''] = / at line \d+, column \d+(?=:?\n|$)/.exec(message) ?? [];
  return `${OWN_WORDS[code] ?? toOwnWords(message)}${place}`;
}

function toOwnWords(message: string): string {
  if (message.startsWith('Block scalar header'))
    return 'a text that begins with | or > has to begin on the next line: put it in quotes';
  // After a colon behind a word, the parser quotes what it read.
  const [words = ''] = message.split(/(?<=\w): | at line \d/);
  return words;
}
