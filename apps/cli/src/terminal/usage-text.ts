import { printable } from '@sluice/panel-http/printable';

/** Returns an error of the command line in one line: `Unknown command "pol". Did you mean "poll"?` */
export function usageText(text: string): string {
  const [, message = '', names = ''] =
    /^(?:error: )?(.*?)(?:\n\(Did you mean (?:one of )?([\w ,-]+)\?\))?\n?$/s.exec(text) ?? [];
  const quoted = printable(message).replaceAll(/'([^']*)'/g, '"$1"');
  const sentence = quoted.charAt(0).toUpperCase() + quoted.slice(1);
  if (names === '') return sentence;
  const hint = names
    .split(', ')
    .map((name) => `"${name}"`)
    .join(' or ');
  return `${sentence}. Did you mean ${hint}?`;
}
