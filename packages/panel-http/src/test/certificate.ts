import { X509Certificate } from 'node:crypto';
import { generate } from 'selfsigned';

export interface TestCertificate {
  key: string;
  cert: string;
  fingerprint: string;
}

/** A self-signed certificate for the given name or for 127.0.0.1. */
export async function createCertificate(name?: string): Promise<TestCertificate> {
  const { private: key, cert } = await generate([{ name: 'commonName', value: name ?? 'panel' }], {
    keyType: 'ec',
    algorithm: 'sha256',
    extensions: [
      {
        name: 'subjectAltName',
        altNames: [name === undefined ? { type: 7, ip: '127.0.0.1' } : { type: 2, value: name }],
      },
    ],
  });
  return { key, cert, fingerprint: new X509Certificate(cert).fingerprint256 };
}
