import { expect, it } from '@jest/globals';
import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { parse } from 'yaml';

const root = path.resolve(import.meta.dirname, '../../..');
const folder = path.join(root, '.github', 'workflows');

interface Job {
  permissions?: Record<string, string>;
  strategy?: { matrix: { node: string[] } };
  steps: { uses?: string; run?: string }[];
}
interface Workflow {
  permissions: Record<string, string>;
  jobs: Record<string, Job>;
}
const workflows = readdirSync(folder).map((name): [string, Workflow] => [
  name,
  parse(readFileSync(path.join(folder, name), 'utf8')) as Workflow,
]);
const read = (file: string) => readFileSync(path.join(root, file), 'utf8');

it.each(workflows)('%s may only read unless a job asks for more, and pins its actions', (_name, workflow) => {
  expect(workflow.permissions).toEqual({ contents: 'read' });
  const used = Object.values(workflow.jobs).flatMap(({ steps }) => steps.flatMap(({ uses = [] }) => uses));
  expect(used).not.toEqual([]);
  for (const action of used) expect(action).toMatch(/^[\w-]+\/[\w-]+@[0-9a-f]{40}$/);
});

it('the CI runs .ci/run on the oldest Node that is permitted and on the one of the image', () => {
  const { jobs } = Object.fromEntries(workflows)['ci.yml'] as Workflow;
  const { engines } = JSON.parse(read('package.json')) as { engines: { node: string } };
  const [, image] = /^FROM node:(\d+)/m.exec(read('Dockerfile')) ?? [];
  expect(jobs['test']?.strategy?.matrix.node).toEqual([engines.node.replace('>=', ''), image]);
  expect(jobs['test']?.steps.at(-1)).toEqual({ run: '.ci/run' });
});

it('only the release may state where it was built, and it publishes by the script', () => {
  const asking = workflows.flatMap(([name, { jobs }]) =>
    Object.values(jobs).flatMap((job) => (job.permissions?.['id-token'] === undefined ? [] : [[name, job] as const])),
  );
  expect(asking.map(([name]) => name)).toEqual(['release.yml']);
  expect(asking[0]?.[1].steps.at(-1)?.run).toBe('npm run release -- --publish');
});
