import { writeFileSync } from 'node:fs';
import path from 'node:path';
import { formatText } from './format-text.mjs';

const root = path.resolve(import.meta.dirname, '..');
const file = path.join(root, 'docs', 'use-cases.md');

const code = (text) => `\`${text}\``;

const inWords = (names) => `${names.slice(0, -1).map(code).join(', ')} and ${code(names.at(-1))}`;

/** Who may: the scopes of the provider, and what a client's token needs about its own services. */
function toCallers({ provider, customer, reseller, through }) {
  const own = customer.map(({ need, field }) => `client with ${code(need)}${field === undefined ? '' : ` (${field})`}`);
  const by = { server: ['the server'], run: ['as a run'] }[through] ?? [];
  return [...provider.map(code), ...own, ...(reseller ? ['agent'] : []), ...by].join(', ');
}

/** `docs/use-cases.md`, from the list of use cases (`USE_CASES`), the table of endpoints (`ENDPOINTS`) and `METHODS`. */
export async function useCaseDocs({ useCases, endpoints, methods }) {
  const addresses = (name) => Object.keys(endpoints).filter((address) => endpoints[address].useCase === name);
  const rows = Object.entries(useCases).map(([name, { callers, command = [] }]) => {
    const commands = [command].flat().map((words) => code(`sluice ${words}`));
    const cells = [code(name), commands.join('<br>'), addresses(name).map(code).join('<br>'), toCallers(callers)];
    return { group: name.includes('.') ? name.split('.')[0] : '', line: `| ${cells.join(' | ')} |` };
  });
  const groups = [...new Set(rows.map(({ group }) => group))];
  const head = ['| use case | command | HTTP API | who may |', '| --- | --- | --- | --- |'];
  const parts = [
    '# Use cases',
    'Written by `npm run docs:use-cases` from `packages/contract/src/use-cases`. Whatever asks, the same use case answers: the method of the library (`sluice.poll()`, `sluice.holds.add(…)`), the command, and the endpoint below `/api/v1` do the same, with the same checks, documents and errors.',
    'Who may: the [scopes](http-api.md#tokens) of which a token needs one, and what a client may do about its own services, or an agent about itself and the users below it. What only the server asks answers requests and pages. ' +
      `${inWords(Object.keys(useCases).filter((name) => !methods.includes(name)))} are no methods of their own.`,
    ...groups.flatMap((group) => [
      `## ${group === '' ? 'The instance' : code(`sluice.${group}`)}`,
      [...head, ...rows.filter((row) => row.group === group).map(({ line }) => line)].join('\n'),
    ]),
  ];
  return formatText(file, parts.join('\n\n'));
}

if (process.argv[1] === import.meta.filename) {
  const built = (name) => path.join(root, 'packages', 'contract', 'dist', name);
  const { USE_CASES: useCases, METHODS: methods } = await import(built('index.js'));
  const { ENDPOINTS: endpoints } = await import(built('endpoints/index.js'));
  writeFileSync(file, await useCaseDocs({ useCases, endpoints, methods }));
}
