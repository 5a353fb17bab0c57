import { execFileSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import path from 'node:path';
import { formatText } from './format-text.mjs';

const root = path.resolve(import.meta.dirname, '..');
const file = path.join(root, 'docs', 'config.md');

const KINDS = {
  easydcim: 'EasyDCIM',
  flvx: 'FLVX',
  hiddify: 'Hiddify',
  astbilling: 'Astbilling',
  magnusbilling: 'MagnusBilling',
};

/** The keys of a schema as rows, those of inner objects behind a dot. Named entries have sections of their own. */
function toRows(node, prefix = '') {
  return Object.entries(node.properties ?? {}).flatMap(([key, child]) => {
    const name = `${prefix}${key}`;
    const required = node.required?.includes(key) === true;
    const inner = [child, ...(child.anyOf ?? [])].filter((each) => each.properties !== undefined);
    const row = { name, type: toTypeText(child), standard: toStandard(child, required), text: child.description ?? '' };
    const entries = child.items?.properties === undefined ? [] : toRows(child.items, `${name}[].`);
    return [row, ...inner.flatMap((each) => toRows(each, `${name}.`)), ...entries];
  });
}

function toTypeText(node) {
  if (node.const !== undefined) return `\`${node.const}\``;
  if (node.enum !== undefined) return node.enum.map((value) => `\`${value}\``).join(', ');
  if (node.anyOf !== undefined) return [...new Set(node.anyOf.map(toTypeText))].join(' or ');
  if (node.type === 'array') return node.items === undefined ? 'list' : `list of ${toTypeText(node.items)}`;
  return (
    { boolean: 'yes or no', integer: 'whole number', object: 'section', string: 'text' }[node.type] ??
    node.type ??
    'any'
  );
}

function toStandard({ default: value }, required) {
  if (required) return 'required';
  if (value === undefined || (typeof value === 'object' && value !== null && !Array.isArray(value))) return '';
  return `\`${JSON.stringify(value).replaceAll('"', '')}\``;
}

function table(rows) {
  const cell = (text) => String(text).replaceAll('|', '\\|');
  const lines = rows.map(
    ({ name, type, standard, text }) => `| \`${name}\` | ${cell(type)} | ${cell(standard)} | ${cell(text)} |`,
  );
  return ['| key | value | default | what it is for |', '| --- | --- | --- | --- |', ...lines].join('\n');
}

/** `docs/config.md`, from what `sluice config schema` prints. */
export async function configDocs(schema) {
  const { panels, products, packages, notify } = schema.properties;
  const channels = notify.items.anyOf.map((node) => toRows(node));
  const inAll = (row) => channels.every((rows) => rows.some(({ name }) => name === row.name));
  const kinds = panels.additionalProperties.oneOf.map((node) => [node.properties.kind.const, toRows(node)]);
  const isCommon = (row) =>
    row.name !== 'kind' &&
    kinds.every(([, rows]) => rows.some((other) => JSON.stringify(other) === JSON.stringify(row)));
  const [[, first]] = kinds;
  const parts = [
    '# The config file',
    'Written by `npm run docs:config` from the schema that `sluice config schema` prints. Unknown keys are errors that name the nearest known one.',
    'The file is the one that `--config` or `SLUICE_CONFIG` names, or the first that exists of `sluice.yaml` in the working directory, `sluice/sluice.yaml` in the XDG folder, and `/etc/sluice/sluice.yaml`. A file that only the working directory led to is refused if another user owns it, or can write or replace it: such a config could send secrets of your environment to an address of its own. If you trust it, name it with `--config PATH`. A file that is named is only warned of then, unless it names a program or a file.',
    'All sizes are binary: 1 GB is 1024³ bytes, 1 TB is 1024⁴ bytes. Ten decimal terabytes are `9.09TB`.',
    '## Top level',
    table(toRows(schema)),
    '## Panels: `panels.NAME`',
    table(first.filter(isCommon)),
    ...kinds.flatMap(([kind, rows]) => [`### ${KINDS[kind] ?? kind}`, table(rows.filter((row) => !isCommon(row)))]),
    '## Products: `products.NAME`',
    table(toRows(products.additionalProperties)),
    '## Notifications: entries of `notify`',
    table(channels[0].filter(inAll)),
    ...channels.flatMap((rows) => {
      const [own] = rows;
      return [`### \`${own.name}\``, table(rows.filter((row) => !inAll(row)))];
    }),
    '## Packages: `packages.NAME`',
    table(toRows(packages.additionalProperties)),
  ];
  return formatText(file, parts.join('\n\n'));
}

if (process.argv[1] === import.meta.filename) {
  const command = [path.join(root, 'apps', 'cli', 'dist', 'main.js'), 'config', 'schema'];
  writeFileSync(file, await configDocs(JSON.parse(execFileSync(process.execPath, command, { encoding: 'utf8' }))));
}
