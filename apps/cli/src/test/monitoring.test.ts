import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { manualClock } from '@sluice/fake-panels';
import { parse } from 'yaml';
import { wholeProgram } from '../cli.js';
import { Bench } from './harness.js';

const ROOT = path.resolve(import.meta.dirname, '../../../..');
const read = (file: string): string => readFileSync(path.join(ROOT, file), 'utf8');

interface Metric {
  name: string;
  labels: string[];
}

interface Service {
  image?: string;
  ports: string[];
  volumes: string[];
  secrets?: string[];
}

interface Compose {
  services: Record<'sluice' | 'prometheus' | 'grafana', Service>;
  volumes: Record<string, unknown>;
  secrets: Record<string, { file: string }>;
}

const bench = new Bench(manualClock('2026-11-20T12:00:00Z'));
let metrics: Metric[] = [];
beforeAll(async () => {
  bench.write('sluice.yaml', 'panels: {}\n');
  await bench.giveStore();
  ({ metrics } = (await bench.sluice('metrics --json')).json<{ metrics: Metric[] }>());
});
afterAll(() => {
  bench.close();
});

const promtool = (...words: string[]) => spawnSync('promtool', words, { cwd: ROOT, encoding: 'utf8' });
const lacking = promtool('--version').error === undefined ? '' : ' (skipped: promtool is not installed here)';
const withPromtool = lacking === '' ? it : it.skip;

/** Labels that Prometheus adds. */
const OF_PROMETHEUS = ['instance', 'job'];
const FUNCTIONS = /^(?:sum|time|topk|increase|and|or|unless|by|on|offset|up|label_values)$/;

/** What is wrong with an expression: unknown names, labels that its metrics lack, brackets that do not close. */
function findFaults(expression: string): string[] {
  const faults: string[] = [];
  const plain = expression.replaceAll(/"[^"]*"/g, '""');
  const open: string[] = [];
  for (const char of plain) {
    if ('([{'.includes(char)) open.push({ '(': ')', '[': ']', '{': '}' }[char] ?? '');
    else if (')]}'.includes(char) && open.pop() !== char) faults.push(`bracket ${char}`);
  }
  if (open.length > 0) faults.push(`open ${open.join('')}`);
  const used = metrics.filter(({ name }) => new RegExp(`\\b${name}\\b`).test(plain));
  if (used.length === 0 && !/\bup\b/.test(plain)) faults.push('no metric');
  const known = new Set([...used.flatMap(({ labels }) => labels), ...OF_PROMETHEUS]);
  for (const [, name = '', matchers = ''] of plain.matchAll(/([a-z_]+)\{([^}]*)\}/g)) {
    const own = [...(metrics.find((metric) => metric.name === name)?.labels ?? []), ...OF_PROMETHEUS];
    for (const [, label = ''] of matchers.matchAll(/([a-z_]+)\s*(?:=|!=|=~|!~)\s*""/g))
      if (!own.includes(label)) faults.push(`${name} has no label ${label}`);
  }
  for (const [, group = ''] of plain.matchAll(/\b(?:by|on) \(([^)]*)\)/g))
    for (const label of group.split(/, */)) if (!known.has(label)) faults.push(`no label ${label}`);
  const bare = plain.replaceAll(/\{[^}]*\}|\[[^\]]*\]|\b(?:by|on) \([^)]*\)|\b\d+[smhd]?\b/g, ' ');
  for (const [word] of bare.matchAll(/[a-z_]{2,}/g))
    if (!FUNCTIONS.test(word) && !metrics.some(({ name }) => name === word)) faults.push(`unknown ${word}`);
  return faults;
}

describe('what watches the metrics', () => {
  it('notices an expression that is wrong', () => {
    expect(findFaults('sum by (panle) (sluice_holds) > 2')).toEqual(['no label panle']);
    expect(findFaults('sluice_hold{panel="x"} > 0')).toContain('unknown sluice_hold');
    expect(findFaults('sluice_holds{panl="x"')).not.toEqual([]);
    expect(findFaults('sluice_holds{panl="x"}')).toEqual(['sluice_holds has no label panl']);
  });

  it('names metrics and labels that exist: alert rules', () => {
    const { groups } = parse(read('docs/grafana/alerts.yml')) as {
      groups: { rules: { alert: string; expr: string; annotations: Record<string, string> }[] }[];
    };
    const rules = groups.flatMap((group) => group.rules);
    expect(rules.length).toBeGreaterThan(5);
    for (const { alert, expr, annotations } of rules) {
      expect({ alert, faults: findFaults(expr) }).toEqual({ alert, faults: [] });
      const labels = metrics.flatMap((metric) => metric.labels);
      for (const text of Object.values(annotations))
        for (const [, label = ''] of text.matchAll(/\$labels\.(\w+)/g)) expect(labels).toContain(label);
    }
  });

  withPromtool(`is accepted by Prometheus itself${lacking}`, () => {
    const { status, stderr } = promtool('check', 'rules', '--lint-fatal', 'docs/grafana/alerts.yml');
    expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
    const config = promtool('check', 'config', '--syntax-only', 'docs/grafana/prometheus.yml');
    expect(config).toMatchObject({ status: 0, stderr: '' });
  });

  it('names metrics and labels that exist: the Grafana dashboard', () => {
    const board = JSON.parse(read('docs/grafana/sluice.json')) as {
      uid: string;
      panels: { id: number; title: string; targets: { expr: string; legendFormat: string }[] }[];
    };
    const ids = board.panels.map(({ id }) => id);
    expect([board.uid, new Set(ids).size]).toEqual(['sluice', ids.length]);
    const shown = board.panels.flatMap(({ targets }) => targets);
    for (const { expr, legendFormat } of shown) {
      expect({ expr, faults: findFaults(expr) }).toEqual({ expr, faults: [] });
      const labels = metrics.filter(({ name }) => expr.includes(name)).flatMap((metric) => metric.labels);
      for (const [, label = ''] of legendFormat.matchAll(/\{\{(\w+)\}\}/g)) expect(labels).toContain(label);
    }
    const unused = metrics.filter(({ name }) => !shown.some(({ expr }) => expr.includes(name)));
    expect(unused.map(({ name }) => name)).toEqual(['sluice_run_interval_seconds']);
  });

  it('is described, metric by metric', () => {
    const page = read('docs/monitoring.md');
    const rows = [...page.matchAll(/^\| `(sluice_\w+)` +\| ([\w, ]+?) +\|/gm)].map(([, name, labels]) => [
      name,
      labels?.trim(),
    ]);
    expect(rows).toEqual(metrics.map(({ name, labels }) => [name, labels.join(', ')]));
  });
});

describe('the container', () => {
  const compose = parse(read('compose.yaml'), { merge: true }) as Compose;
  const dockerfile = read('Dockerfile');
  const command = JSON.parse(/^CMD (\[.*\])$/m.exec(dockerfile)?.[1] ?? '[]') as string[];
  const port = /^EXPOSE (\d+)$/m.exec(dockerfile)?.[1] ?? '';

  it('starts a server on the port that its check, its publication and Prometheus ask', () => {
    expect(command.slice(0, 2)).toEqual(['serve', '--with-schedule']);
    expect(command).toContain(`0.0.0.0:${port}`);
    const program = wholeProgram('0');
    const known = program.commands.find((each) => each.name() === 'serve')?.options.map(({ long }) => long);
    for (const flag of command.filter((word) => word.startsWith('--') && word !== '--config'))
      expect(known).toContain(flag);
    expect(dockerfile).toContain(`http://127.0.0.1:${port}/healthz`);
    expect(dockerfile).toMatch(/^VOLUME \/data$/m);
    expect(compose.services.sluice.ports).toEqual([`127.0.0.1:${port}:${port}`]);
    const prometheus = parse(read('docs/grafana/prometheus.yml')) as {
      rule_files: string[];
      scrape_configs: {
        job_name: string;
        metrics_path: string;
        authorization: { credentials_file: string };
        static_configs: { targets: string[] }[];
      }[];
    };
    const [scrape] = prometheus.scrape_configs;
    expect(scrape).toMatchObject({ job_name: 'sluice', metrics_path: '/metrics' });
    expect(scrape?.static_configs).toEqual([{ targets: [`sluice:${port}`] }]);
    expect(read('docs/grafana/alerts.yml')).toContain(`up{job="${scrape?.job_name ?? ''}"}`);
    const [secret = ''] = compose.services.prometheus.secrets ?? [];
    expect(scrape?.authorization.credentials_file).toBe(`/run/secrets/${secret}`);
    expect(Object.keys(compose.secrets)).toEqual(['postgres_password', secret, 'alert_webhook', 'grafana_password']);
    const mounted = compose.services.prometheus.volumes.map((volume) => volume.split(':')[1]);
    expect(mounted).toEqual(expect.arrayContaining(prometheus.rule_files));
  });

  it('is built on a supported Node with a full version, restricted, and alerts reach somebody', () => {
    const bases = [...dockerfile.matchAll(/^FROM (\S+)/gm)].map(([, base = '']) => base);
    expect(bases).toHaveLength(2);
    for (const base of bases) expect(base).toMatch(/^node:24\.\d+\.\d+-bookworm(-slim)?$/);
    for (const [name, service] of Object.entries(compose.services))
      expect([name, service]).toEqual([
        name,
        expect.objectContaining({
          read_only: true,
          cap_drop: ['ALL'],
          security_opt: ['no-new-privileges:true'],
          mem_limit: expect.stringMatching(/^\d+[mg]$/),
          tmpfs: expect.arrayContaining(['/tmp']),
        }),
      ]);
    const text = read('compose.yaml');
    expect(text).toContain('GF_SECURITY_ADMIN_PASSWORD__FILE: /run/secrets/grafana_password');
    expect(read('docs/grafana/prometheus.yml')).toContain("targets: ['alertmanager:9093']");
    expect(read('docs/grafana/alertmanager.yml')).toContain('url_file: /run/secrets/alert_webhook');
    expect(read('docs/monitoring.md')).not.toMatch(/admin, admin/);
  });

  it('mounts what exists, pins what it does not build, and is reached from this machine only', () => {
    const datasource = parse(read('docs/grafana/provisioning/datasources/prometheus.yaml')) as {
      datasources: { url: string }[];
    };
    expect(datasource.datasources.map(({ url }) => url)).toEqual(['http://prometheus:9090']);
    const provider = parse(read('docs/grafana/provisioning/dashboards/sluice.yaml')) as {
      providers: { options: { path: string } }[];
    };
    const folder = provider.providers[0]?.options.path ?? '';
    expect(compose.services.grafana.volumes.some((volume) => volume.includes(`:${folder}/`))).toBe(true);
    for (const [, { image = '', ports = [], volumes }] of Object.entries(compose.services)) {
      if (image !== 'sluice') expect(image).toMatch(/:v?\d+\.\d+(\.\d+|-bookworm)$/);
      for (const published of ports) expect(published).toMatch(/^127\.0\.0\.1:/);
      for (const [source = ''] of volumes.map((volume) => volume.split(':'))) {
        if (source === './data') continue;
        if (source.startsWith('./')) expect([source, existsSync(path.join(ROOT, source))]).toEqual([source, true]);
        else expect(Object.keys(compose.volumes)).toContain(source);
      }
    }
  });
});
