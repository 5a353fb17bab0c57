import { DEFAULT_BRAKE, SMALL_PANEL } from '@sluice/quota-core';
import { stringify } from 'yaml';
import { exampleQuota, kebab, type InitAnswers, type PanelAnswer, type SecretAnswer } from './answers.js';

/** The JSON Schema beside the config, for editors; it works offline and for every version. */
export const SCHEMA_FILE = 'sluice.schema.json';

/** Returns the name of the file beside the config that keeps a typed secret. */
export function secretFileName(panel: Pick<PanelAnswer, 'name'>, key: string): string {
  return `${panel.name}.${kebab(key)}`;
}

/**
 * Returns the text of `sluice.yaml`. Lines that begin with # and a space are comments; lines that begin with # alone are
 * examples that are valid without the #.
 */
export function configText(answers: InitAnswers, toFile: (panel: PanelAnswer, key: string) => string): string {
  const { timeZone, state, currency } = answers;
  const lines = [
    `# yaml-language-server: $schema=./${SCHEMA_FILE}`,
    '# Sluice: panels, products with their quotas, and what happens when a quota is exceeded.',
    '# List every key: "sluice config schema". Check this file: "sluice config check".',
    '# Relative paths are relative to this file. Lines that begin with # and no space are examples: remove the #.',
    '',
    '# Time zone of billing dates; a panel may have its own.',
    `timeZone: ${scalar(timeZone)}`,
    '',
    /^postgres(ql)?:|^\$\{/.test(state)
      ? '# The state: a database on PostgreSQL.'
      : '# The state: one file, created on first use (0600).',
    `state: ${scalar(state)}`,
    '',
    ...(currency === null ? [] : ['# Currency of prices.', `currency: ${scalar(currency)}`, '']),
    '# observe: read, meter, decide and record, but change nothing on any panel. on: enforce.',
    '# Watch it for a week, then go live panel by panel with "sluice enforce PANEL".',
    'enforce: observe',
    '',
    '# A secret is ${env:NAME}, ${file:/path}, ${cmd:program args} or ${credential:NAME} (systemd).',
    ...panelLines(answers, toFile),
    '',
    '# Products: their panel, their quota, and the action when it is exceeded. Sizes are binary: 1 GB is 1024³ bytes.',
    ...productLines(answers),
    '',
    '# How often "sluice poll" runs (see "sluice schedule show"). A run that would hold or release more than this share',
    `# of the services of a panel, and at least so many, stops before its first change. Without this line, a panel with fewer`,
    `# than ${SMALL_PANEL} services stops at two new holds, if they are more than half of its services.`,
    `#poll: { interval: 15m, brake: { share: ${DEFAULT_BRAKE.share * 100}%, atLeast: ${DEFAULT_BRAKE.atLeast} } }`,
    '',
    '# How long API calls are kept. With samples: 90d every reading is kept as long, else 7 days and the open cycle.',
    '#retention: { apiLog: 30d }',
  ];
  return `${lines.join('\n')}\n`;
}

function panelLines(
  { panels, known: { kinds } }: InitAnswers,
  toFile: (panel: PanelAnswer, key: string) => string,
): string[] {
  const [first, ...others] = kinds.map(({ kind }) => kind);
  if (panels.length === 0) {
    return [
      '# No panel yet: replace {} with lines like these.',
      'panels: {}',
      ...[
        '  dcim:',
        `    kind: ${(first ?? '').padEnd(27)} # or ${others.join(', ')}`,
        '    url: https://dcim.example.com',
        '    token: ${env:DCIM_TOKEN}',
      ].map(example),
    ];
  }
  return ['panels:', ...panels.flatMap((panel) => onePanel(panel, (key) => toFile(panel, key)))];
}

function onePanel(panel: PanelAnswer, toFile: (key: string) => string): string[] {
  const stated = new Set(Object.keys(panel.texts));
  const later = [
    ...panel.kind.init.laterKeys.filter((line) => !stated.has(line.slice(0, line.indexOf(':')))),
    'publicUrl: https://panel.example.com  # where customers reach it, if not at url',
    'timeZone: Europe/Berlin           # if it differs from the one above',
    'concurrency: 8                    # and timeout: 30s, retries: 3, requestsPerSecond: 10',
  ];
  return [
    `  ${scalar(panel.name)}:`,
    `    kind: ${panel.kind.kind}`,
    `    url: ${scalar(panel.url)}`,
    ...(panel.allowHttp ? ['    allowHttp: true                   # sends the credentials unencrypted'] : []),
    ...credentialHint(panel.kind),
    ...Object.entries(panel.texts).map(([key, value]) => `    ${key}: ${scalar(value)}`),
    ...panel.kind.init.secrets.flatMap((key) => {
      const secret = panel.secrets[key];
      return secret === undefined ? [] : [`    ${key}: ${scalar(reference(secret, () => toFile(key)))}`];
    }),
    ...later.map((line) => example(`    ${line}`)),
  ];
}

/** Returns a comment that names the alternatives of a kind's credentials. */
function credentialHint({ credentials = [] }: PanelAnswer['kind']): string[] {
  if (credentials.length < 2) return [];
  return [`    # Credentials: ${credentials.map((keys) => keys.join(' and ')).join(', or ')}.`];
}

function reference(secret: SecretAnswer, file: () => string): string {
  switch (secret.from) {
    case 'env':
    case 'credential':
      return `\${${secret.from}:${secret.name}}`;
    case 'file':
      return `\${file:${secret.path}}`;
    case 'cmd':
      return `\${cmd:${secret.program}}`;
    default:
      return secret.keep === 'config' ? secret.value : `\${file:./${file()}}`;
  }
}

function example(line: string): string {
  return `#${line}`;
}

/** Returns text as a YAML scalar, in quotes where needed. */
function scalar(text: string): string {
  return stringify(text, { lineWidth: 0 }).trimEnd();
}

function productLines({ panels, known: { kinds }, product }: InitAnswers): string[] {
  const [first] = kinds;
  const described = panels.length > 0 || first === undefined ? panels : [{ kind: first, name: first.init.defaultName }];
  if (product === null) return ['#products:', ...exampleProducts(described).map(example)];
  const { name, panel, quota, chosen } = product;
  const lines = panel.kind.init.product.lines.map((line) =>
    chosen.reduce(
      (text, { choice, id }) => text.replace(choice.replaces, choice.with.replace('ID', id)),
      line.replace(exampleQuota(panel.kind), quota),
    ),
  );
  return [
    'products:',
    `  ${scalar(name)}:`,
    `    panel: ${scalar(panel.name)}`,
    ...lines.map((line) => `    ${line}`),
    ...exampleProducts(
      panels.filter((each) => each !== panel),
      name,
    ).map(example),
  ];
}

/** Returns example products for these panels, as lines of YAML below `products:`. */
function exampleProducts(panels: readonly Pick<PanelAnswer, 'kind' | 'name'>[], taken = ''): string[] {
  const used = new Set([taken]);
  return panels.flatMap(({ kind, name: panel }) => {
    const { name, lines } = kind.init.product;
    const own = used.has(name) ? `${name}-${panel}` : name;
    used.add(name);
    return [`  ${scalar(own)}:`, `    panel: ${scalar(panel)}`, ...lines.map((line) => `    ${line}`)];
  });
}
