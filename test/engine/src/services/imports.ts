import { astbilling } from '@sluice/astbilling-client/panel';
import { easydcim } from '@sluice/easydcim-client/panel';
import type { ImportReport } from '@sluice/engine';
import { manualClock } from '@sluice/fake-panels';
import { flvx } from '@sluice/flvx-client/panel';
import { hiddify } from '@sluice/hiddify-agent-traffic/panel';
import { EngineBench } from '../bench/engine-bench.js';

const CONFIG = `timeZone: UTC
panels:
  dcim: { kind: easydcim, url: "https://dcim.example.com", token: x }
  dcim2: { kind: easydcim, url: "https://dcim2.example.com", token: x }
  relay: { kind: flvx, url: "https://relay.example.com", username: admin, password: x }
  vpn: { kind: hiddify, url: "https://vpn.example.com/s3cret", apiKey: x }
products:
  ded: { panel: dcim }
  fast: { panel: dcim }
  metered: { panel: dcim, quota: 10TB }
  incoming: { panel: dcim, quota: 10TB, mode: IN }
  quiet: { panel: dcim, enforce: observe }
  ded2: { panel: dcim2 }
  relay: { panel: relay, flvx: { tunnelId: 1 } }
  vpn: { panel: vpn }
`;

/** Opens an engine with a product of each panel, none of which is called. */
export function openImports(): Promise<EngineBench> {
  const kinds = [easydcim, flvx, hiddify, astbilling];
  return EngineBench.open(manualClock('2026-11-20T12:00:00Z'), { kinds }, CONFIG);
}

/** Rows of a table whose lines are separated by commas, as a command reads them from a file. */
export function toRows(head: string, lines: readonly string[]) {
  const keys = head.split(',');
  return lines.map((text, index) => {
    const cells = text.split(',');
    const values = Object.fromEntries(keys.map((key, column) => [key, cells[column] ?? '']));
    return { line: index + 2, values, headerLine: 1 };
  });
}

/** The problems of an import, as `line service: message`. */
export const listProblems = ({ problems }: ImportReport): string[] =>
  problems.map(({ line, service, message }) => `${line} ${service}: ${message}`);
