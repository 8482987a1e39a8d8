/**
 * The server's own certificate authority and certificate, made afresh at every start and kept in memory only: a client
 * trusts exactly this server, by the CA in its kubeconfig. The certificate library costs about 0.15 s to load, so it is
 * loaded when a server is started and not when statelet is imported.
 *
 * Keys come from the platform's WebCrypto and never from a cluster's seeded random: they protect a server that starts
 * processes.
 */
import type { BasicConstraintsExtension, Extension } from '@peculiar/x509';

export interface ServerCertificate {
  /** Certificate of the authority, PEM: what a client is told to trust. */
  readonly caPem: string;
  /** Certificate of the server, PEM. */
  readonly certPem: string;
  /** Its private key, PKCS #8 PEM. */
  readonly keyPem: string;
}

/** Fixed, so that a certificate is valid whatever a virtual clock says. The keys live as long as the process. */
const VALID_FROM = '2020-01-01T00:00:00Z';
const VALID_UNTIL = '2049-12-31T00:00:00Z';

const ALGORITHM = { name: 'ECDSA', namedCurve: 'P-256', hash: 'SHA-256' };

/** Creates a CA and a certificate for 127.0.0.1, ::1 and localhost that it signed. */
export async function createServerCertificate(): Promise<ServerCertificate> {
  await import('reflect-metadata');
  const x509 = await import('@peculiar/x509');
  const { subtle } = globalThis.crypto;
  const newKeys = () => subtle.generateKey(ALGORITHM, true, ['sign', 'verify']);
  const [caKeys, keys] = await Promise.all([newKeys(), newKeys()]);
  const validity = {
    notBefore: new Date(VALID_FROM),
    notAfter: new Date(VALID_UNTIL),
    signingAlgorithm: ALGORITHM,
  };
  const caName = 'CN=statelet-ca';
  const isAuthority: BasicConstraintsExtension = new x509.BasicConstraintsExtension(true, 0, true);

  const ca = await x509.X509CertificateGenerator.createSelfSigned({
    ...validity,
    name: caName,
    keys: caKeys,
    extensions: [
      isAuthority,
      new x509.KeyUsagesExtension(x509.KeyUsageFlags.keyCertSign | x509.KeyUsageFlags.digitalSignature, true),
      await x509.SubjectKeyIdentifierExtension.create(caKeys.publicKey),
    ],
  });
  const extensions: Extension[] = [
    new x509.BasicConstraintsExtension(false, undefined, true),
    new x509.KeyUsagesExtension(x509.KeyUsageFlags.digitalSignature, true),
    new x509.ExtendedKeyUsageExtension([x509.ExtendedKeyUsage.serverAuth]),
    new x509.SubjectAlternativeNameExtension([
      { type: 'ip', value: '127.0.0.1' },
      { type: 'ip', value: '::1' },
      { type: 'dns', value: 'localhost' },
    ]),
    await x509.AuthorityKeyIdentifierExtension.create(caKeys.publicKey),
  ];
  const certificate = await x509.X509CertificateGenerator.create({
    ...validity,
    subject: 'CN=statelet',
    issuer: caName,
    publicKey: keys.publicKey,
    signingKey: caKeys.privateKey,
    extensions,
  });
  const pkcs8 = await subtle.exportKey('pkcs8', keys.privateKey);
  return {
    caPem: `${ca.toString('pem')}\n`,
    certPem: `${certificate.toString('pem')}\n`,
    keyPem: `${x509.PemConverter.encode(pkcs8, 'PRIVATE KEY')}\n`,
  };
}
