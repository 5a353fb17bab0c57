/** No panel nests its answers anywhere near as deeply. */
const DEEPEST = 500;

/** Returns whether arrays and objects of a JSON text are nested so deeply that parsing it would keep the process from all else. */
export function isNestedTooDeeply(text: string): boolean {
  let depth = 0;
  let isInText = false;
  for (let at = 0; at < text.length && depth <= DEEPEST; at++) {
    switch (text.charCodeAt(at)) {
      case 0x22: // A quotation mark.
        isInText = !isInText;
        break;
      case 0x5c: // A backslash.
        at += 1;
        break;
      case 0x5b: // Brackets and braces.
      case 0x7b:
        if (!isInText) depth += 1;
        break;
      case 0x5d:
      case 0x7d:
        if (!isInText) depth -= 1;
        break;
      default:
    }
  }
  return depth > DEEPEST;
}
