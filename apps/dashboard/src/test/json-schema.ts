import * as z from 'zod';

type Json = Record<string, unknown>;
interface OpenApi {
  paths: Record<string, Record<string, { responses: Record<string, { content: Record<string, { schema: Json }> }> }>>;
  components: { schemas: Record<string, Json> };
}

/** Returns a check of answers against an OpenAPI document: it returns what is wrong. */
export function validator(document: OpenApi) {
  const own = JSON.parse(JSON.stringify(document).replaceAll('#/components/schemas/', '#/$defs/')) as OpenApi;
  return (method: string, path: string, status: number, answer: unknown): string[] => {
    const found = Object.keys(own.paths)
      // The most literal first: `/services/export` is not a service.
      .sort((a, b) => a.split('{').length - b.split('{').length)
      .find((known) => new RegExp(`^${known.replace(/\{\w+\}/g, '[^/]+')}$`).test(path));
    const schema =
      own.paths[found ?? '']?.[method.toLowerCase()]?.responses[String(status)]?.content['application/json']?.schema;
    if (schema === undefined) return [`${status} is not in the document`];
    const { error } = z.fromJSONSchema({ ...schema, $defs: own.components.schemas }).safeParse(answer);
    return (error?.issues ?? []).map((issue) => `${issue.path.join('.')}: ${issue.message}`);
  };
}
