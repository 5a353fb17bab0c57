import type { FakeHiddify } from '@sluice/fake-panels';

/** Has the panel answer as if it had no such user; returns what ends that. */
export function hideUser({ server }: FakeHiddify, hidden: string): () => void {
  const body = '{"message":"User not found"}';
  const headers = { 'content-type': 'application/json' };
  const leaveOut = (json: unknown): unknown => (json as { uuid: string }[]).filter(({ uuid }) => uuid !== hidden);
  const ends = [
    server.inject({
      match: ({ method, path }) => method === 'GET' && path.includes(`/user/${hidden}`),
      fault: { kind: 'body', status: 404, body, headers },
    }),
    server.inject({ endpoint: 'GET /api/v2/admin/user/', fault: { kind: 'mutate', change: leaveOut } }),
  ];
  return () => {
    for (const end of ends) end();
  };
}
