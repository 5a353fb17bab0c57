/** An answer as it came over the wire; `cut` when the connection ended without one. */
export type WireAnswer =
  | { readonly cut: true }
  | { readonly cut: false; readonly status: number; readonly type: string; readonly text: string };

/** Sends one request as it is. Redirects are not followed. */
export async function sendRaw(
  url: string,
  method: string,
  authorization: string | null,
  body: string | undefined,
): Promise<WireAnswer> {
  try {
    const response = await fetch(url, {
      method,
      redirect: 'manual',
      headers: authorization === null ? {} : { authorization },
      ...(body === undefined ? {} : { body }),
    });
    const type = response.headers.get('content-type') ?? '';
    return { cut: false, status: response.status, type, text: await response.text() };
  } catch {
    return { cut: true };
  }
}

/** The data of an answer that has to be a success, or the whole body where there is no envelope. Throws otherwise. */
export function toData(path: string, text: string): unknown {
  const parsed = JSON.parse(text) as { code?: number; msg?: string; data?: unknown };
  if (parsed.code === undefined) return parsed;
  if (parsed.code !== 0) throw new Error(`The panel refused ${path}: ${parsed.code} ${parsed.msg ?? ''}`);
  return parsed.data;
}

/** A call to the panel's API that has to succeed. */
export async function callPanel(base: string, path: string, body: unknown, token: string): Promise<unknown> {
  const answer = await sendRaw(`${base}/api/v1/${path}`, 'POST', token === '' ? null : token, JSON.stringify(body));
  if (answer.cut || answer.status !== 200) throw new Error(`The panel gave no answer to ${path}.`);
  return toData(path, answer.text);
}
