/** An element of a document, with the text directly inside it. */
export interface XmlElement {
  name: string;
  attributes: Record<string, string>;
  children: XmlElement[];
  text: string;
}

const ENTITIES: Record<string, string> = { amp: '&', lt: '<', gt: '>', quot: '"', apos: "'" };

/** Reads a document without a doctype; throws where it is not well-formed. */
export function parseXml(document: string): XmlElement {
  const top: XmlElement = { name: '', attributes: {}, children: [], text: '' };
  const open = [top];
  const body = document.replace(/^<\?xml version="1\.0" encoding="UTF-8"\?>\n/, '');
  let rest = body;
  while (rest !== '') {
    const [token = ''] = /^(<[^<>]*>|[^<>]+)/.exec(rest) ?? [];
    if (token === '') throw new Error(`not well-formed at ${rest.slice(0, 40)}`);
    rest = rest.slice(token.length);
    const parent = open.at(-1)!;
    if (!token.startsWith('<')) parent.text += unescaped(token);
    else if (token.startsWith('</')) {
      if (token !== `</${parent.name}>`) throw new Error(`${token} closes <${parent.name}>`);
      open.pop();
    } else {
      const element = toElement(token);
      parent.children.push(element);
      if (!token.endsWith('/>')) open.push(element);
    }
  }
  const [root, another] = top.children;
  if (open.length !== 1 || !root || another || top.text.trim() !== '') throw new Error('there is not one root, closed');
  return root;
}

/** All elements of that name, at any depth. */
export function listElements(element: XmlElement, name: string): XmlElement[] {
  return element.children.flatMap((child) => [...(child.name === name ? [child] : []), ...listElements(child, name)]);
}

function toElement(token: string): XmlElement {
  const [, name = '', words = ''] = /^<([a-z][\w-]*)((?:\s+[\w:-]+="[^"]*")*)\s*\/?>$/i.exec(token) ?? [];
  if (name === '') throw new Error(`no element: ${token}`);
  const attributes: Record<string, string> = {};
  for (const [, key = '', value = ''] of words.matchAll(/([\w:-]+)="([^"]*)"/g)) {
    if (key in attributes) throw new Error(`${key} is there twice: ${token}`);
    attributes[key] = unescaped(value);
  }
  return { name, attributes, children: [], text: '' };
}

function unescaped(text: string): string {
  return text.replaceAll(/&([a-z]*;)?/g, (_, name: string | undefined) => {
    const found = ENTITIES[(name ?? '').slice(0, -1)];
    if (found === undefined) throw new Error(`a bare & in ${text}`);
    return found;
  });
}
